//! The editor's files. (That it works in a browser is in `tests/clients`.)

use serde_json::Value;

use crate::support::{TestApp, TestDatabase};

#[tokio::test]
async fn the_page_asks_this_server_for_all_it_needs() {
    let app = TestApp::with(&[]).await;
    let page = app.get("/graphiql").await;
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let html = page.text().await.unwrap();
    assert!(
        !html.contains("http://") && !html.contains("https://") && !html.contains("//"),
        "{html}"
    );
    for (path, media) in [
        ("graphiql/editor.js", "text/javascript; charset=utf-8"),
        ("graphiql/editor.css", "text/css; charset=utf-8"),
        ("graphiql/LICENSES.txt", "text/plain; charset=utf-8"),
    ] {
        assert!(html.contains(path) || path.ends_with("txt"));
        let file = app.get(&format!("/{path}")).await;
        assert_eq!(file.status(), 200);
        assert_eq!(file.headers()["content-type"], media);
        let etag = file.headers()["etag"].clone();
        let url = format!("{}/{path}", app.url);
        let again = app
            .client
            .get(url)
            .header("if-none-match", etag)
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), 304);
    }
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let app = TestApp::start_with(TestDatabase::sqlite(), &[("GRAPHIQL_ENABLED", "false")]).await;
    for path in ["/graphiql", "/graphiql/editor.js", "/"] {
        assert_eq!(app.get(path).await.status(), 404, "{path}");
    }
}

#[test]
fn the_licences_of_all_that_is_bundled_are_kept() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/graphiql");
    let licenses = std::fs::read_to_string(format!("{root}/dist/LICENSES.txt")).unwrap();
    let lock: Value =
        serde_json::from_str(&std::fs::read_to_string(format!("{root}/package-lock.json")).unwrap()).unwrap();
    for name in ["graphiql", "@graphiql/react", "graphql", "react", "react-dom"] {
        let version = &lock["packages"][format!("node_modules/{name}")]["version"];
        let entry = format!("\n{name} {}\nLicence: MIT\n", version.as_str().unwrap());
        assert!(licenses.contains(&entry), "{entry}");
    }
}
