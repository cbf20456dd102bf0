//! The guard in front of everything that walks a document: refuses what is too long, too deep or too much.
//!
//! It goes in three steps, each of which makes the next one safe. [`text`] looks at the characters, before the parser,
//! which is recursive, sees them. [`written_out`] measures what the document comes to with its fragments written out,
//! without writing them out. [`cost`] estimates how many values the answer will have. Each costs no more than the
//! document's length.

mod cost;
mod refused;
mod text;
mod written_out;

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};

pub use refused::{Limit, Refused};

use crate::config::GraphqlLimits;

/// What a document comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Its tokens.
    pub tokens: u64,
    /// Levels, each fragment being one.
    pub depth: u64,
    /// Fields and uses of fragments, written out.
    pub fields: u64,
}

/// Checks a text before it is parsed, and tells its tokens.
///
/// # Errors
/// It is too long, has too many tokens, or nests too deep for the parser.
pub(super) fn check_text(text: &str, limits: &GraphqlLimits) -> Result<u64, Refused> {
    let length = text.len() as u64;
    refused::bound(Limit::Bytes, length, limits.bytes)?;
    let seen = text::scan(text, limits.tokens, limits.depth);
    refused::bound(Limit::Tokens, seen.tokens, limits.tokens)?;
    refused::bound(Limit::Depth, seen.depth, limits.depth)?;
    Ok(seen.tokens)
}

/// Checks all of a document, parsed from a text that passed.
///
/// # Errors
/// It is too deep or too much, or has a fragment that holds itself.
pub(super) fn check_document(
    document: &ExecutableDocument,
    tokens: u64,
    limits: &GraphqlLimits,
) -> Result<Measured, Refused> {
    let whole = written_out::measure(document, limits)?;
    Ok(Measured {
        tokens,
        depth: whole.depth,
        fields: whole.fields,
    })
}

/// Checks how many values the answer of one of its operations may come to, and tells how many: the complexity.
///
/// # Errors
/// They are too many.
pub(super) fn check_cost(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &GraphqlLimits,
) -> Result<u64, Refused> {
    let complexity = cost::of(document, operation, variables);
    refused::bound(Limit::Complexity, complexity, limits.complexity)?;
    Ok(complexity)
}

/// What a text comes to as a document, if it is one that passes.
///
/// # Errors
/// Why it does not pass; or, within, why it cannot be parsed.
pub fn measure(
    text: &str,
    limits: &GraphqlLimits,
) -> Result<Result<Measured, async_graphql::parser::Error>, Refused> {
    let tokens = check_text(text, limits)?;
    match async_graphql::parser::parse_query(text) {
        Ok(document) => check_document(&document, tokens, limits).map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

#[cfg(test)]
mod properties;
