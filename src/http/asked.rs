//! Reading requests (GraphQL over HTTP, "Request"): from bytes or a query string to what is asked.

use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::failure::Failure;
use super::json_depth;

/// Operations taken in one request.
const MAX_BATCH: usize = 10;

/// One operation, or several that are answered side by side.
pub(super) enum Asked {
    One(Wanted),
    Many(Vec<Wanted>),
}

impl Asked {
    /// How many operations it asks for.
    pub(super) const fn operations(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(operations) => operations.len(),
        }
    }
}

/// An operation as a request names it: by its document, by the id of a document, or by both.
pub(super) struct Wanted {
    pub(super) document: Option<String>,
    /// The id of a persisted query.
    pub(super) id: Option<String>,
    pub(super) operation_name: Option<String>,
    pub(super) variables: async_graphql::Variables,
}

/// A request as JSON holds it. What it holds beside is left alone: it is kept for the future.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonRequest {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<async_graphql::Variables>,
    extensions: Option<Extensions>,
}

/// What clients add; of all that, this server knows one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extensions {
    persisted_query: Option<PersistedQuery>,
}

/// Apollo's protocol of automatic persisted queries.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersistedQuery {
    version: u32,
    sha256_hash: String,
}

/// A request as a URL holds it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryString {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// Checks that a body is called JSON, and in UTF-8 if it says in what.
///
/// # Errors
/// It is called something else, or nothing.
pub(super) fn check_media_type(headers: &HeaderMap) -> Result<(), Failure> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .map_or("", |value| value.to_str().unwrap_or("?"));
    let (essence, parameters) = given.split_once(';').unwrap_or((given, ""));
    if essence.trim().eq_ignore_ascii_case("application/json") && is_utf8(parameters) {
        return Ok(());
    }
    Err(Failure::MediaType {
        given: given.to_owned(),
    })
}

fn is_utf8(parameters: &str) -> bool {
    let mut pairs = parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='));
    pairs.all(|(name, value)| {
        let value = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset")
            || value.eq_ignore_ascii_case("utf-8")
            || value.eq_ignore_ascii_case("utf8")
    })
}

/// What a body asks; its JSON may nest so deep.
///
/// # Errors
/// It is no JSON of the right shape, has no query, or asks too much at once.
pub(super) fn in_body(body: &[u8], max_depth: u64) -> Result<Asked, Failure> {
    json_depth::check(body, max_depth)?;
    let malformed = |error: serde_json::Error| Failure::Malformed(error.to_string());
    if body.trim_ascii_start().first() != Some(&b'[') {
        return Ok(Asked::One(wanted(
            serde_json::from_slice(body).map_err(malformed)?,
        )?));
    }
    // Counted before they are read.
    let raw: Vec<&RawValue> = serde_json::from_slice(body).map_err(malformed)?;
    if raw.is_empty() || raw.len() > MAX_BATCH {
        let found = raw.len();
        return Err(Failure::Malformed(format!(
            "a batch of {found} requests; expected 1 to {MAX_BATCH}"
        )));
    }
    let read = |raw: &RawValue| wanted(serde_json::from_str(raw.get()).map_err(malformed)?);
    Ok(Asked::Many(raw.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// What a query string asks; its JSON may nest so deep.
///
/// # Errors
/// It cannot be read, or has no query.
pub(super) fn in_query_string(query: &str, max_depth: u64) -> Result<Wanted, Failure> {
    let parameters: QueryString =
        serde_urlencoded::from_str(query).map_err(|error| Failure::Malformed(error.to_string()))?;
    wanted(JsonRequest {
        query: parameters.query,
        operation_name: parameters.operation_name,
        variables: json("variables", max_depth, parameters.variables.as_deref())?,
        extensions: json("extensions", max_depth, parameters.extensions.as_deref())?,
    })
}

/// A parameter that is JSON within the query string; one that is empty is as good as not there.
fn json<'a, T: Deserialize<'a>>(
    name: &str,
    max_depth: u64,
    text: Option<&'a str>,
) -> Result<Option<T>, Failure> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    json_depth::check(text.as_bytes(), max_depth)?;
    serde_json::from_str(text).map_err(|error| Failure::Malformed(format!("{name}: {error}")))
}

fn wanted(request: JsonRequest) -> Result<Wanted, Failure> {
    let persisted = request
        .extensions
        .and_then(|extensions| extensions.persisted_query);
    if let Some(PersistedQuery { version, .. }) = &persisted
        && *version != 1
    {
        return Err(Failure::Malformed(format!(
            "extensions.persistedQuery.version is {version}; expected 1"
        )));
    }
    // Clients that send an id alone send an empty query along at times.
    let document = request
        .query
        .filter(|query| persisted.is_none() || !query.is_empty());
    if document.is_none() && persisted.is_none() {
        return Err(Failure::NoQuery);
    }
    Ok(Wanted {
        document,
        id: persisted.map(|persisted| persisted.sha256_hash),
        operation_name: request.operation_name.filter(|name| !name.is_empty()),
        variables: request.variables.unwrap_or_default(),
    })
}
