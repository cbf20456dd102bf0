//! nginx's configuration.

use std::path::Path;
use std::process::Command;

use crate::repository::text;
use crate::tools::approved;

/// Lays the files out in a folder as they lie in /etc/nginx, with these further ones, and asks nginx.
fn checked(folder: &Path, further: &[(&str, String)]) -> String {
    let place = folder.display().to_string();
    let moved = |text: String| text.replace("/etc/nginx/autodex", &place);
    std::fs::write(folder.join("upstream.conf"), text("deploy/nginx/upstream.conf")).unwrap();
    std::fs::write(
        folder.join("autodex.conf"),
        moved(text("deploy/nginx/autodex.conf")),
    )
    .unwrap();
    for (name, text) in further {
        std::fs::write(folder.join(name), moved(text.clone())).unwrap();
    }
    let whole = format!(
        "pid {place}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n    access_log off;\n    include {place}/autodex.conf;\n}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), whole).unwrap();
    let mut command = Command::new("nginx");
    command
        .args(["-T", "-q", "-p", &place, "-c"])
        .arg(folder.join("nginx.conf"));
    approved(&mut command)
}

#[test]
#[ignore = "needs nginx: run ./scripts/test"]
fn nginx_takes_it_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let taken = checked(folder.path(), &[]);
    assert!(taken.contains("server 10.77.0.12:8000"), "{taken}");
}

#[test]
#[ignore = "needs nginx and openssl: run ./scripts/test"]
fn nginx_takes_it_with_https() {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (
        folder.path().join("privkey.pem"),
        folder.path().join("fullchain.pem"),
    );
    approved(
        Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=autodex.example",
                "-keyout",
            ])
            .arg(key)
            .arg("-out")
            .arg(certificate),
    );
    let taken = checked(
        folder.path(),
        &[("server-tls.conf", text("deploy/nginx/tls.conf"))],
    );
    assert!(taken.contains("listen 443 ssl"), "{taken}");
}

#[test]
fn it_takes_as_large_a_body_as_the_server() {
    let sample = text(".env.sample");
    let bytes = sample
        .lines()
        .find_map(|line| line.strip_prefix("MAX_BODY_BYTES="));
    assert_eq!(bytes, Some("262144"));
    assert!(text("deploy/nginx/autodex.conf").contains("client_max_body_size 256k;"));
}
