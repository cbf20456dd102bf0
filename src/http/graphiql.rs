//! `/graphiql`: the editor developers write queries in. All of it is within the program, so that it works where there is
//! no internet, and its policy (CSP) lets it speak with this server alone.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use super::asset::Asset;

/// What the page may do: run the script and style beside it, ask this server, and no more. Elements get styles from the
/// script by themselves, which is no inline style to a browser; the drawings within the style sheet are `data:`.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../assets/graphiql/", $name)).as_slice()
    };
}

static PAGE: LazyLock<Asset> = LazyLock::new(|| Asset::new("text/html; charset=utf-8", file!("page.html")));
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/javascript; charset=utf-8", file!("dist/editor.js")));
static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/css; charset=utf-8", file!("dist/editor.css")));
static LICENSES: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/plain; charset=utf-8", file!("dist/LICENSES.txt")));

/// The page.
pub(super) async fn page(headers: HeaderMap) -> Response {
    let mut response = PAGE.respond(&headers);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

pub(super) async fn script(headers: HeaderMap) -> Response {
    SCRIPT.respond(&headers)
}

pub(super) async fn style(headers: HeaderMap) -> Response {
    STYLE.respond(&headers)
}

/// The licences of what is in them.
pub(super) async fn licenses(headers: HeaderMap) -> Response {
    LICENSES.respond(&headers)
}
