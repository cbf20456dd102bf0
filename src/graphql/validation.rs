//! Validation: a document that is known to be valid is not validated again.

use std::sync::Arc;

use async_graphql::extensions::{ExtensionContext, NextValidation};
use async_graphql::{CacheControl, ServerError, ValidationResult};
use tracing::Instrument;

use super::absent::Absent;
use super::documents::{Documents, Known};

/// What a request is about, in its data.
pub(super) struct Reading {
    pub(super) known: Arc<Known>,
    /// Which of its variables did not come.
    pub(super) absent: Absent,
}

/// Validates the document of a request, unless that was done before.
///
/// # Errors
/// What is wrong with it.
pub(super) async fn validated(
    documents: &Documents,
    ctx: &ExtensionContext<'_>,
    next: NextValidation<'_>,
) -> Result<ValidationResult, Vec<ServerError>> {
    let reading = ctx.data_opt::<Reading>();
    if reading.is_some_and(|it| it.known.is_valid(it.absent)) {
        // Depth and complexity are the guard's, and cache control is our own.
        return Ok(ValidationResult {
            cache_control: CacheControl::default(),
            complexity: 0,
            depth: 0,
        });
    }
    let result = next.run(ctx).instrument(tracing::debug_span!("validate")).await?;
    if let Some(Reading { known, absent }) = reading {
        documents.keep(known, *absent);
    }
    Ok(result)
}
