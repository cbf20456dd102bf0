//! Runs operations: reads their documents, executes them against one snapshot or finds the answer in the cache, and gives
//! it its final form.
//!
//! Invariant: nothing walks a document that did not pass the guard, and whatever happens within an operation, a deadline
//! that passes or a panic, ends that operation alone.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{EmptySubscription, Request, Response, Schema, ServerError, Variables};

use super::absent;
use super::access::Access;
use super::answer::{Answer, coded, failed, limited, rejected};
use super::caching::{CacheExtension, Caching, Landed, Parts, Ticket};
use super::class::OperationClass;
use super::contained::{Broken, contained};
use super::control::CacheControl;
use super::documents::{DocumentUse, Documents, Known, error_of};
use super::error::ErrorCode;
use super::fault::Fault;
use super::finish;
use super::guard;
use super::index_control::IndexControl;
use super::inputs::InputTypes;
use super::loaders::Loaders;
use super::mutation::Mutation;
use super::operation_name::{named, no_such_operation};
use super::outcome::Outcome;
use super::query::Query;
use super::validation::Reading;
use crate::cache::{BypassReason, Kind, RequestDigest, ResponsePlan, Traffic};
use crate::catalog::Snapshot;
use crate::config::GraphqlConfig;
use crate::db::Database;
use crate::rate_limit::{Decision, Meter};

/// How deep async-graphql may go itself: deeper than the guard ever lets a document be.
const MAX_DEPTH: usize = 128;

/// The schema with all it needs to answer. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    schema: Schema<Query, Mutation, EmptySubscription>,
    database: Database,
    caching: Arc<Caching>,
    control: CacheControl,
    documents: Arc<Documents>,
    inputs: Arc<InputTypes>,
    timeout: Duration,
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
    /// Who pays for what it costs beyond one request; `None` = nobody.
    pub meter: Option<Meter>,
}

impl Engine {
    /// Builds the schema over a database and a cache.
    pub fn new(
        config: &GraphqlConfig,
        database: Database,
        caching: Arc<Caching>,
        control: CacheControl,
        index: IndexControl,
    ) -> Self {
        let documents = Arc::new(Documents::new(&config.limits));
        let mut schema = Schema::build(Query, Mutation, EmptySubscription)
            .limit_recursive_depth(MAX_DEPTH)
            .extension(CacheExtension(Arc::clone(&documents)))
            .data(Arc::clone(&caching))
            .data(control.clone())
            .data(index);
        if !config.introspection_enabled {
            schema = schema.disable_introspection();
        }
        if let Some(field) = config.panics_in {
            schema = schema.extension(Fault(field));
        }
        Self {
            schema: schema.finish(),
            database,
            caching,
            control,
            documents,
            inputs: Arc::new(InputTypes::of(&sdl())),
            timeout: config.timeout,
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

    /// What is kept of the documents seen.
    pub fn documents(&self) -> DocumentUse {
        self.documents.in_use()
    }

    /// Runs an operation, for as long as it may take.
    pub async fn run(&self, operation: Operation, at: Circumstances) -> Answer {
        let request_id = at.request_id.clone();
        match contained(self.timeout, self.run_level(operation, at)).await {
            Ok(answer) => answer,
            Err(broken) => self.broken(&broken, &request_id),
        }
    }

    /// Runs an operation, from the snapshot given and no other.
    pub(super) async fn run_once(&self, mut operation: Operation, at: Circumstances) -> Answer {
        let known = match self.documents.read(&operation.query) {
            Ok(known) => known,
            Err(error) => return rejected(error),
        };
        let complexity = match self.check(&known.document, &operation) {
            Ok(complexity) => complexity,
            Err(error) => return rejected(error),
        };
        let charged = match &at.meter {
            Some(meter) => meter.charge(complexity).await,
            None => Ok(None),
        };
        let charge = match charged {
            Ok(quota) => quota.map(Decision::Allow),
            Err(unpaid) => return limited(unpaid),
        };
        let chosen = finish::chosen(&known.document, operation.operation_name.as_deref());
        if let Some(chosen) = chosen {
            absent::fill_in_defaults(&chosen.node, &mut operation.variables);
        }
        let mut document = known.document.clone();
        let absent = match absent::leave_out(&mut document, &operation.variables) {
            Ok(absent) => absent,
            Err(error) => return rejected(coded(error, ErrorCode::BadUserInput)),
        };
        let chosen = operation.operation_name.as_deref();
        let plan = self.caching.plan(&document, &operation);
        let class = OperationClass::of(plan.as_ref(), finish::chosen(&document, chosen));
        let running = Running {
            plan,
            root: Arc::new(finish::Root::of(&document, chosen)),
            name: named(&document, chosen),
            reading: Reading { known, absent },
            document,
            operation,
            at,
        };
        Answer {
            complexity,
            class,
            charge,
            ..self.execute(running).await
        }
    }

    /// What is refused before anything is looked up; else the complexity.
    fn check(&self, document: &ExecutableDocument, asked: &Operation) -> Result<u64, ServerError> {
        let name = asked.operation_name.as_deref();
        let Some(operation) = finish::chosen(document, name) else {
            return Err(coded(no_such_operation(document, name), ErrorCode::BadUserInput));
        };
        if !self.introspection_enabled && finish::asks_for_schema(document, &operation.node) {
            let message = "introspection is switched off on this server; its schema is at /schema.graphql";
            return Err(coded(message, ErrorCode::ValidationFailed));
        }
        let (operation, variables) = (&operation.node, &asked.variables);
        let fits = self.inputs.check(operation, variables);
        fits.map_err(|error| coded(error, ErrorCode::BadUserInput))?;
        let limits = self.documents.limits();
        guard::check_cost(document, operation, variables, limits).map_err(|refused| error_of(&refused))
    }

    /// The answer to an operation that did not come to its end.
    fn broken(&self, broken: &Broken, request_id: &str) -> Answer {
        let (outcome, code, message) = match broken {
            Broken::TimedOut => {
                let milliseconds = self.timeout.as_millis();
                tracing::warn!(
                    request_id,
                    milliseconds,
                    "an operation took too long and was stopped"
                );
                let message = format!(
                    "the operation took longer than the {milliseconds} ms it may take, and was stopped"
                );
                (Outcome::TimedOut, ErrorCode::Timeout, message)
            }
            Broken::Panicked(panic) => {
                tracing::error!(request_id, panic, "an operation panicked");
                let message =
                    format!("an internal error: give the request id {request_id} when you report it");
                (Outcome::Broken, ErrorCode::Internal, message)
            }
        };
        let mut error = coded(message, code);
        error
            .extensions
            .get_or_insert_default()
            .set("requestId", request_id);
        failed(error, outcome)
    }

    async fn execute(&self, running: Running) -> Answer {
        let Running {
            plan,
            root,
            name,
            reading,
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
            let check = at.check.unwrap_or_else(|| self.caching.cache().verify_due());
            Arc::new(Ticket::new(key, at.traffic, check, Arc::clone(&root)))
        });
        if let Some(ticket) = &ticket {
            request = request.data(Arc::clone(ticket));
        }
        let request = request
            .data(reading)
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
    pub fn is_mutation(&self, operation: &Operation) -> Option<bool> {
        let known: Arc<Known> = self.documents.read(&operation.query).ok()?;
        let chosen = finish::chosen(&known.document, operation.operation_name.as_deref())?;
        Some(chosen.node.ty != OperationType::Query)
    }
}

/// An operation that was parsed, on its way.
struct Running {
    plan: Option<ResponsePlan>,
    root: Arc<finish::Root>,
    name: Option<String>,
    reading: Reading,
    /// The document without the arguments whose variables did not come.
    document: ExecutableDocument,
    operation: Operation,
    at: Circumstances,
}

/// The schema in the schema definition language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    let schema = Schema::build(Query, Mutation, EmptySubscription).finish();
    let mut text = schema.sdl().replace('\t', "  ").trim().to_owned();
    text.push('\n');
    text
}
