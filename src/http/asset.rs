//! Answers that never change while the process lives: the schema's text, the editor's files. Each is hashed and
//! compressed once.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::cache_headers;
use super::encoding;
use crate::graphql::Finished;

/// An answer with its compressed forms.
pub(super) struct Asset {
    bytes: Finished,
    content_type: HeaderValue,
}

impl Asset {
    pub(super) fn new(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            bytes: Finished::new(body.into(), None),
            content_type: HeaderValue::from_static(content_type),
        }
    }

    /// For a request with these headers. It may be kept, but must be asked for again: another release has another one.
    pub(super) fn respond(&self, headers: &HeaderMap) -> Response {
        let coding = encoding::of(headers);
        let form = coding.and_then(|coding| Some((coding, self.bytes.form(coding)?)));
        let (body, etag) = match &form {
            Some((_, form)) => (&form.body, &form.etag),
            None => (&self.bytes.body, &self.bytes.etag),
        };
        let is_held = cache_headers::already_held(headers, &self.bytes.etag);
        let mut response = if is_held {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Body::from(body.clone()).into_response()
        };
        let headers = response.headers_mut();
        if let Ok(etag) = HeaderValue::from_maybe_shared(etag.clone()) {
            headers.insert(header::ETAG, etag);
        }
        if let (Some((coding, _)), false) = (&form, is_held) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}
