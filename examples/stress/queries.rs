//! The requests: GraphQL documents as a client of the site sends them, and their bytes on the wire.

use std::net::SocketAddr;

use anyhow::ensure;
use serde_json::{Value, json};

use crate::client::{Connection, Request};

const CARD: &str = "fragment Card on Automation {
  id alias description triggerTypes actionCalls actionDomains blueprintPath sourceFilePath startLine endLine githubUrl
  repository { fullName description url stars }
}";
const PAGE: &str = "fragment Page on SearchPage { total page perPage pageCount results { ...Card } }";
const COUNTS: &str = "fragment Counts on Facets {
  total
  repositories { ...Values } blueprints { ...Values } triggers { ...Values } actionDomains { ...Values } actions { ...Values }
}
fragment Values on Facet { totalValues values { value count selected } }";
const SIZE: &str = "fragment Size on Stats {
  totalRepositories totalAutomations totalBlueprints totalTriggers totalActions lastIndexedAt updatedAt dataVersion
}";

/// What the documents ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Search, facets and stats: what the site asks when it opens.
    Home,
    /// A page of results.
    Search,
    /// The facets.
    Facets,
    /// The figures.
    Stats,
}

impl Shape {
    /// The document, with every root field under `alias` if there is one.
    pub(crate) fn document(self, alias: Option<&str>) -> String {
        let name =
            |field: &str| alias.map_or_else(|| field.to_owned(), |alias| format!("{alias}_{field}: {field}"));
        let search = || {
            format!(
                "  {}(text: $text, filter: $filter, orderBy: $order, page: $page) {{ ...Page }}\n",
                name("search")
            )
        };
        let facets = || {
            format!(
                "  {}(text: $text, filter: $filter, top: $top) {{ ...Counts }}\n",
                name("facets")
            )
        };
        let stats = || format!("  {} {{ ...Size }}\n", name("stats"));
        let of_search =
            "$text: String, $filter: AutomationFilter, $order: AutomationOrder! = RELEVANCE, $page: Int! = 1";
        match self {
            Self::Home => format!(
                "query Home({of_search}, $top: Int! = 10) {{\n{}{}{}}}\n{PAGE}\n{CARD}\n{COUNTS}\n{SIZE}",
                search(),
                facets(),
                stats()
            ),
            Self::Search => format!("query Search({of_search}) {{\n{}}}\n{PAGE}\n{CARD}", search()),
            Self::Facets => format!(
                "query Facets($text: String, $filter: AutomationFilter, $top: Int! = 10) {{\n{}}}\n{COUNTS}",
                facets()
            ),
            Self::Stats => format!("query Stats {{\n{}}}\n{SIZE}", stats()),
        }
    }

    /// The request with these variables.
    pub(crate) fn request(self, variables: &Value) -> Request {
        post(&self.document(None), variables)
    }
}

/// The bytes of a POST.
pub(crate) fn post(document: &str, variables: &Value) -> Request {
    let body = json!({"query": document, "variables": variables}).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat().into()
}

/// Sends a request once and gives back the body of its answer.
///
/// # Errors
/// The answer is no good: it is shown.
pub(crate) async fn answer(address: SocketAddr, request: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut connection = Connection::open(address).await?;
    let reply = connection.ask(request).await?;
    let body = connection.body();
    let beginning = String::from_utf8_lossy(&body[..body.len().min(500)]);
    ensure!(reply.is_good, "{} to a request: {beginning}", reply.status);
    Ok(body.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_whole_http_message() {
        let request = Shape::Home.request(&json!({"text": "lämp"}));
        let text = std::str::from_utf8(&request).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("Content-Length: {}", body.len())),
            "{head}"
        );
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["variables"]["text"], "lämp");
    }

    #[test]
    fn an_alias_names_every_root_field_and_changes_nothing_else() {
        let document = Shape::Home.document(Some("a7"));
        for field in ["a7_search: search(", "a7_facets: facets(", "a7_stats: stats {"] {
            assert!(document.contains(field), "{field} is missing in:\n{document}");
        }
        assert_eq!(
            document
                .replace("a7_search: ", "")
                .replace("a7_facets: ", "")
                .replace("a7_stats: ", ""),
            Shape::Home.document(None)
        );
    }
}
