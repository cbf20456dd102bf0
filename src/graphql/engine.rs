//! Runs operations: parses, executes against one snapshot, and gives the answer its final form.

use std::sync::Arc;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{EmptyMutation, EmptySubscription, Request, Response, Schema, ServerError, Variables};

use super::error::{ErrorCode, set_code};
use super::finish;
use super::loaders::Loaders;
use super::query::Query;
use crate::catalog::Snapshot;
use crate::config::GraphqlConfig;
use crate::db::Database;

/// The deepest selection taken: the deepest that means anything is about 8, and GraphiQL's own introspection needs 15.
const MAX_DEPTH: usize = 20;

/// The schema with all it needs to answer.
#[derive(Clone)]
pub struct Engine {
    schema: Schema<Query, EmptyMutation, EmptySubscription>,
    database: Database,
}

/// What a client asks.
#[derive(Debug, Default)]
pub struct Operation {
    /// The document.
    pub query: String,
    /// Which of its operations to run.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Variables,
}

/// What it is told, and what the log and the status code go by.
#[derive(Debug)]
pub struct Answer {
    /// `data`, `errors`.
    pub response: Response,
    /// How it went.
    pub outcome: Outcome,
    /// The operation's name, if it has one.
    pub operation_name: Option<String>,
}

/// How an operation went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it was answered.
    Ok,
    /// Some of it was answered.
    Partial,
    /// It never ran: the request was wrong.
    Rejected,
}

impl Outcome {
    /// Its name in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Rejected => "rejected",
        }
    }
}

impl Engine {
    /// Builds the schema over a database.
    pub fn new(config: &GraphqlConfig, database: Database) -> Self {
        let mut schema = Schema::build(Query, EmptyMutation, EmptySubscription).limit_depth(MAX_DEPTH);
        if !config.introspection_enabled {
            schema = schema.disable_introspection();
        }
        Self {
            schema: schema.finish(),
            database,
        }
    }

    /// Runs an operation against a snapshot.
    pub async fn run(&self, operation: Operation, snapshot: Arc<Snapshot>, request_id: &str) -> Answer {
        let document = match async_graphql::parser::parse_query(&operation.query) {
            Ok(document) => document,
            Err(error) => return rejected(error.into(), ErrorCode::ParseFailed),
        };
        let order = finish::root_keys(&document, operation.operation_name.as_deref());
        let operation_name = named(&document, operation.operation_name.as_deref());
        let mut request = Request::new(operation.query).variables(operation.variables);
        request.operation_name = operation.operation_name;
        request.set_parsed_query(document);
        let request = request
            .data(snapshot)
            .data(Loaders::new(&self.database, request_id.to_owned()));
        let mut response = self.schema.execute(request).await;
        let outcome = finish::finish(&mut response, &order);
        Answer {
            response,
            outcome,
            operation_name,
        }
    }

    /// Whether a document's chosen operation changes anything; `None` where it cannot be told.
    pub fn is_mutation(operation: &Operation) -> Option<bool> {
        let document = async_graphql::parser::parse_query(&operation.query).ok()?;
        let chosen = finish::chosen(&document, operation.operation_name.as_deref())?;
        Some(chosen.node.ty != OperationType::Query)
    }
}

fn rejected(mut error: ServerError, code: ErrorCode) -> Answer {
    set_code(&mut error, code);
    Answer {
        response: Response::from_errors(vec![error]),
        outcome: Outcome::Rejected,
        operation_name: None,
    }
}

/// The name under which the operation is logged: the one that was asked for, or the only one's own.
fn named(document: &ExecutableDocument, asked: Option<&str>) -> Option<String> {
    match (&document.operations, asked) {
        (_, Some(asked)) => Some(asked.to_owned()),
        (DocumentOperations::Single(_), None) => None,
        (DocumentOperations::Multiple(operations), None) => operations
            .keys()
            .next()
            .filter(|_| operations.len() == 1)
            .map(ToString::to_string),
    }
}

/// The schema in the schema definition language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription).finish();
    let mut text = schema.sdl().replace('\t', "  ").trim().to_owned();
    text.push('\n');
    text
}
