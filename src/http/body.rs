//! The body of a request, whichever path it is for.

use axum::body::{Body, Bytes, HttpBody};

use super::failure::Failure;
use crate::config::HttpConfig;

/// The body, if it is not larger than allowed and comes in time.
pub(super) async fn whole(body: Body, config: &HttpConfig) -> Result<Bytes, Failure> {
    let (limit, patience) = (config.max_body_bytes, config.body_timeout);
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > limit {
        return Err(Failure::BodyTooLarge { limit });
    }
    // A body that is here already costs no timer: it is set when the reading has to wait.
    let read = tokio::time::timeout(patience, axum::body::to_bytes(body, limit)).await;
    let read = read.map_err(|_| Failure::BodyTooSlow { patience })?;
    read.map_err(|error| {
        let cause = std::error::Error::source(&error);
        if cause.is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>) {
            Failure::BodyTooLarge { limit }
        } else {
            Failure::Malformed("its body did not come whole".to_owned())
        }
    })
}
