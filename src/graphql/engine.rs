//! Runs operations: parses, executes against one snapshot or finds the answer in the cache, and gives it its final form.

use std::sync::Arc;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{EmptySubscription, Name, Request, Response, Schema, ServerError, Variables};
use bytes::Bytes;

use super::absent;
use super::access::Access;
use super::caching::{CacheExtension, Caching, Finished, Landed, Parts, Ticket};
use super::control::CacheControl;
use super::error::{ErrorCode, set_code};
use super::finish;
use super::guard::{self, Refused};
use super::loaders::Loaders;
use super::mutation::Mutation;
use super::query::Query;
use crate::cache::{BypassReason, CacheOutcome, Cached, Kind, RequestDigest, ResponsePlan, Traffic};
use crate::catalog::Snapshot;
use crate::config::GraphqlConfig;
use crate::db::Database;

/// The deepest selection taken: the deepest that means anything is about 8, and GraphiQL's own introspection needs 15.
const MAX_DEPTH: usize = 20;

/// The schema with all it needs to answer. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    schema: Schema<Query, Mutation, EmptySubscription>,
    database: Database,
    caching: Arc<Caching>,
    control: CacheControl,
    introspection_enabled: bool,
}

/// What a client asks.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// The document.
    pub query: String,
    /// Which of its operations to run.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Variables,
}

/// Under what circumstances.
#[derive(Clone)]
pub struct Circumstances {
    /// The data to answer from.
    pub snapshot: Arc<Snapshot>,
    /// Whether the client is an operator.
    pub access: Access,
    /// On whose behalf.
    pub traffic: Traffic,
    /// The id of the request.
    pub request_id: String,
    /// Whether a hit is to be compared with a fresh answer; `None` = by chance.
    pub check: Option<bool>,
    /// The request as it came, for a plan to be remembered under.
    pub request: Option<RequestDigest>,
}

/// What a client is told, and what the log, the headers and the status code go by.
#[derive(Debug)]
pub struct Answer {
    /// The JSON.
    pub body: Bytes,
    /// Its entity tag, if it may be cached.
    pub etag: Option<Bytes>,
    /// How it went.
    pub outcome: Outcome,
    /// How it was come by.
    pub cache: CacheOutcome,
    /// Whether some of its values came out of the cache, though it did not as a whole.
    pub partly_cached: bool,
    /// Whether it lacks a row that the snapshot names and the database no longer has.
    pub behind: bool,
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
    /// Builds the schema over a database and a cache.
    pub fn new(
        config: &GraphqlConfig,
        database: Database,
        caching: Arc<Caching>,
        control: CacheControl,
    ) -> Self {
        let mut schema = Schema::build(Query, Mutation, EmptySubscription)
            .limit_depth(MAX_DEPTH)
            .extension(CacheExtension)
            .data(Arc::clone(&caching))
            .data(control.clone());
        if !config.introspection_enabled {
            schema = schema.disable_introspection();
        }
        Self {
            schema: schema.finish(),
            database,
            caching,
            control,
            introspection_enabled: config.introspection_enabled,
        }
    }

    /// The cache.
    pub fn caching(&self) -> &Arc<Caching> {
        &self.caching
    }

    /// The cache in an operator's hands, and what it looks at.
    pub(super) const fn control(&self) -> &CacheControl {
        &self.control
    }

    /// Runs an operation, from the snapshot given and no other.
    pub(super) async fn run_once(&self, operation: Operation, at: Circumstances) -> Answer {
        let mut document = match async_graphql::parser::parse_query(&operation.query) {
            Ok(document) => document,
            Err(error) => return rejected(error.into(), ErrorCode::ParseFailed),
        };
        let chosen = operation.operation_name.as_deref();
        if let Err((error, code)) = self.check(&document, chosen) {
            return rejected(ServerError::new(error, None), code);
        }
        if let Err(error) = absent::leave_out(&mut document, &operation.variables) {
            return rejected(ServerError::new(error, None), ErrorCode::BadUserInput);
        }
        let name = named(&document, chosen);
        let root = Arc::new(finish::Root::of(&document, chosen));
        let plan = self.caching.plan(&document, &operation);
        let running = Running {
            plan,
            root,
            name,
            document,
            operation,
            at,
        };
        self.execute(running).await
    }

    /// What is refused before anything is looked up.
    fn check(&self, document: &ExecutableDocument, name: Option<&str>) -> Result<(), (String, ErrorCode)> {
        let Some(operation) = finish::chosen(document, name) else {
            return Err((no_such_operation(document, name), ErrorCode::BadUserInput));
        };
        guard::check(document, &operation.node).map_err(|refused| (refused.to_string(), Refused::CODE))?;
        if !self.introspection_enabled && finish::asks_for_schema(document, &operation.node) {
            let message = "introspection is switched off on this server; its schema is at /schema.graphql";
            return Err((message.to_owned(), ErrorCode::ValidationFailed));
        }
        Ok(())
    }

    async fn execute(&self, running: Running) -> Answer {
        let Running {
            plan,
            root,
            name,
            document,
            operation,
            at,
        } = running;
        let parts = Arc::<Parts>::default();
        let mut request = Request::new(operation.query).variables(operation.variables);
        request.operation_name = operation.operation_name;
        request.set_parsed_query(document);
        let ticket = plan.as_ref().map(|plan| {
            let key = self.caching.key(plan, &at.snapshot);
            {
                let check = at.check.unwrap_or_else(|| self.caching.cache().verify_due());
                Arc::new(Ticket::new(key, at.traffic, check, Arc::clone(&root)))
            }
        });
        if let Some(ticket) = &ticket {
            request = request.data(Arc::clone(ticket));
        }
        let request = request
            .data(at.snapshot)
            .data(at.access)
            .data(at.traffic)
            .data(Loaders::new(&self.database, at.request_id, Arc::clone(&parts)))
            .data(Arc::clone(&parts));
        let response = self.schema.execute(request).await;
        let mut answer = match ticket.and_then(|ticket| ticket.landed()) {
            Some(landed) => self.landed(landed, at.request.zip(plan), at.traffic),
            None => self.uncached(response, &root, at.traffic),
        };
        answer.partly_cached = parts.any_hit() && !answer.cache.is_hit();
        answer.behind |= parts.is_behind();
        answer.operation_name = name;
        answer
    }

    /// The answer that came through the cache. Its plan is remembered: the next time it is not even parsed.
    fn landed(
        &self,
        landed: Landed,
        plan: Option<(RequestDigest, ResponsePlan)>,
        traffic: Traffic,
    ) -> Answer {
        match landed {
            Ok(cached) => {
                if let Some((request, plan)) = plan {
                    self.caching.remember(request, plan);
                }
                Answer::from(cached)
            }
            Err(unfinished) => {
                let cache = self
                    .caching
                    .cache()
                    .bypass(Kind::Response, traffic, BypassReason::Errors);
                Answer {
                    behind: unfinished.behind,
                    ..Answer::plain(unfinished.body.clone(), unfinished.outcome, cache)
                }
            }
        }
    }

    fn uncached(&self, mut response: Response, root: &finish::Root, traffic: Traffic) -> Answer {
        let outcome = finish::finish(&mut response, root);
        let reason = if outcome == Outcome::Ok {
            BypassReason::Uncacheable
        } else {
            BypassReason::Errors
        };
        let cache = self.caching.cache().bypass(Kind::Response, traffic, reason);
        Answer::plain(finish::body(&response, outcome), outcome, cache)
    }

    /// Whether a text is a document at all; what is wrong with it otherwise.
    ///
    /// # Errors
    /// It cannot be parsed.
    pub fn check_syntax(text: &str) -> Result<(), String> {
        let parsed = async_graphql::parser::parse_query(text);
        parsed.map(drop).map_err(|error| error.to_string())
    }

    /// Whether a document's chosen operation changes anything; `None` where it cannot be told.
    pub fn is_mutation(operation: &Operation) -> Option<bool> {
        let document = async_graphql::parser::parse_query(&operation.query).ok()?;
        let chosen = finish::chosen(&document, operation.operation_name.as_deref())?;
        Some(chosen.node.ty != OperationType::Query)
    }
}

/// An operation that was parsed, on its way.
struct Running {
    plan: Option<ResponsePlan>,
    root: Arc<finish::Root>,
    name: Option<String>,
    document: ExecutableDocument,
    operation: Operation,
    at: Circumstances,
}

impl Answer {
    /// The answer to what is not run at all.
    pub fn refused(message: String, code: ErrorCode) -> Self {
        rejected(ServerError::new(message, None), code)
    }

    fn plain(body: Bytes, outcome: Outcome, cache: CacheOutcome) -> Self {
        Self {
            body,
            etag: None,
            outcome,
            cache,
            partly_cached: false,
            behind: false,
            operation_name: None,
        }
    }
}

impl From<Cached<Finished>> for Answer {
    fn from(cached: Cached<Finished>) -> Self {
        Self {
            etag: Some(cached.value.etag.clone()),
            ..Self::plain(cached.value.body.clone(), Outcome::Ok, cached.outcome)
        }
    }
}

/// Names what was asked for and what there is.
fn no_such_operation(document: &ExecutableDocument, name: Option<&str>) -> String {
    let mut names: Vec<&str> = match &document.operations {
        DocumentOperations::Single(_) => Vec::new(),
        DocumentOperations::Multiple(operations) => operations.keys().map(Name::as_str).collect(),
    };
    names.sort_unstable();
    let there_are = if names.is_empty() {
        "one without a name".to_owned()
    } else {
        names.join(", ")
    };
    match name {
        Some(name) => format!("operationName is {name:?}; the document has {there_are}"),
        None => format!("operationName is missing; the document has {there_are}"),
    }
}

fn rejected(mut error: ServerError, code: ErrorCode) -> Answer {
    set_code(&mut error, code);
    let body = finish::body(&Response::from_errors(vec![error]), Outcome::Rejected);
    Answer::plain(
        body,
        Outcome::Rejected,
        CacheOutcome::Bypass(BypassReason::Errors),
    )
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
    let schema = Schema::build(Query, Mutation, EmptySubscription).finish();
    let mut text = schema.sdl().replace('\t', "  ").trim().to_owned();
    text.push('\n');
    text
}
