//! Requests that are wrong, too much, or meant to hurt; and what breaks on this side.

mod bad_bodies;
mod bad_requests;
mod containment;
mod limits;
mod shedding;
mod variables;

use serde_json::Value;

use crate::support::Answer;

/// Code of the only error of an operation that never ran.
#[track_caller]
fn refused(answer: &Answer) -> &str {
    assert_eq!(answer.body.get("data"), None, "{:#}", answer.body);
    answer.error().0
}

/// The only error.
#[track_caller]
fn only_error(answer: &Answer) -> &Value {
    answer.error();
    &answer.body["errors"][0]
}
