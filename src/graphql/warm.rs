//! Warming: the server asks itself what users are about to ask, so that they need not wait for it.

use std::time::{Duration, Instant};

use async_graphql::Variables;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::access::Access;
use super::engine::{Circumstances, Engine, Operation};
use crate::cache::Traffic;
use crate::cache::popular::PopularOperation;
use crate::catalog::Snapshot;

/// What every front page shows.
const ALWAYS: [&str; 3] = [
    "{ stats { totalRepositories totalAutomations totalBlueprints totalTriggers totalActions lastIndexedAt updatedAt dataVersion } }",
    "{ facets { total repositories { totalValues values { value count selected } } blueprints { totalValues values { value count selected } } triggers { totalValues values { value count selected } } actionDomains { totalValues values { value count selected } } actions { totalValues values { value count selected } } } }",
    "{ search { total page perPage pageCount results { id alias } } }",
];
/// How long one warming may take in all.
const TIME: Duration = Duration::from_secs(10);

/// What is needed to ask an operation again.
#[derive(Serialize, Deserialize)]
struct Asked {
    query: String,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Variables,
}

/// How a warming went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warmed {
    /// Operations asked.
    pub operations: usize,
    /// Whether time ran out before all were.
    pub cut_short: bool,
}

/// An operation as it is noted for warming.
pub(super) fn noted(operation: &Operation) -> Bytes {
    let asked = Asked {
        query: operation.query.clone(),
        operation_name: operation.operation_name.clone(),
        variables: operation.variables.clone(),
    };
    serde_json::to_vec(&asked).unwrap_or_default().into()
}

/// Asks what every front page shows, and the operations given, one after another: warming must not stand in users' way.
pub async fn warm(
    engine: &Engine,
    snapshot: &std::sync::Arc<Snapshot>,
    popular: &[PopularOperation],
) -> Warmed {
    let started = Instant::now();
    let always = ALWAYS.map(|query| Operation {
        query: query.to_owned(),
        ..Operation::default()
    });
    let popular = popular.iter().filter_map(|noted| read(&noted.operation));
    let mut operations = 0;
    for operation in always.into_iter().chain(popular) {
        if started.elapsed() > TIME {
            return Warmed {
                operations,
                cut_short: true,
            };
        }
        let at = Circumstances {
            snapshot: snapshot.clone(),
            access: Access::Denied,
            traffic: Traffic::Warming,
            request_id: "warming".to_owned(),
            check: None,
            request: None,
            meter: None,
        };
        engine.run(operation, at).await;
        operations += 1;
        tokio::task::yield_now().await;
    }
    Warmed {
        operations,
        cut_short: false,
    }
}

/// An operation as it was noted, perhaps by another release, perhaps by somebody else altogether.
fn read(noted: &[u8]) -> Option<Operation> {
    let Asked {
        query,
        operation_name,
        variables,
    } = serde_json::from_slice(noted).ok()?;
    Some(Operation {
        query,
        operation_name,
        variables,
    })
}
