//! nginx's configuration.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

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

/// A server whose every answer has this status line and these headers.
fn stub(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut line = String::new();
            while stream.read_line(&mut line).is_ok_and(|length| length > 2) {
                line.clear();
            }
            let whole = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            // Whoever has gone meanwhile is no reason to end.
            drop(stream.get_mut().write_all(whole.as_bytes()));
        }
    });
    address
}

/// nginx at work in front of two servers. Killed when dropped.
struct Proxy {
    nginx: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Proxy {
    fn before(servers: [SocketAddr; 2]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().display().to_string();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        let [one, two] = servers.map(|server| server.to_string());
        let upstream = text("deploy/nginx/upstream.conf");
        write(
            "upstream.conf",
            upstream
                .replace("10.77.0.11:8000", &one)
                .replace("10.77.0.12:8000", &two),
        );
        let site = text("deploy/nginx/autodex.conf");
        write(
            "autodex.conf",
            site.replace("/etc/nginx/autodex", &place)
                .replace("listen 80;", &format!("listen {address};")),
        );
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|of| format!("    {of}_temp_path {place}/{of};\n"))
            .concat();
        // One process, so that killing it leaves none.
        write(
            "nginx.conf",
            format!(
                "daemon off;\nmaster_process off;\npid {place}/nginx.pid;\nerror_log {place}/error.log;\nevents {{}}\n\
                 http {{\n    access_log off;\n{temporary}    include {place}/autodex.conf;\n}}\n"
            ),
        );
        let mut command = Command::new("nginx");
        command
            .args(["-p", &place, "-c"])
            .arg(folder.path().join("nginx.conf"));
        let proxy = Self {
            nginx: command.spawn().unwrap(),
            address,
            _folder: folder,
        };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "nginx does not listen"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        proxy
    }

    /// An answer, in small letters.
    fn ask(&self) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .write_all(b"POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.to_lowercase()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.nginx.kill());
        drop(self.nginx.wait());
    }
}

#[test]
#[ignore = "needs nginx: run ./scripts/test"]
fn when_all_servers_turn_requests_away_visitors_get_their_own_answer_each_time() {
    let shedding = "503 Service Unavailable\r\nRetry-After: 1";
    let proxy = Proxy::before([stub(shedding), stub(shedding)]);
    for turn in 0..30 {
        let answer = proxy.ask();
        assert!(
            answer.starts_with("http/1.1 503 ") && answer.contains("\r\nretry-after: 1\r\n"),
            "request {turn}: {answer}"
        );
    }
}

#[test]
#[ignore = "needs nginx: run ./scripts/test"]
fn a_server_that_turns_requests_away_or_is_gone_costs_none_while_the_other_is_there() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for other in [stub("503 Service Unavailable\r\nRetry-After: 1"), gone] {
        let proxy = Proxy::before([stub("200 OK"), other]);
        for turn in 0..30 {
            let answer = proxy.ask();
            assert!(answer.starts_with("http/1.1 200 "), "request {turn}: {answer}");
        }
    }
}
