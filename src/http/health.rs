//! `/health` and `/ready`: for people, probes and load balancers.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::state::{Services, Shared};

/// How long a probe waits for the database.
const PATIENCE: Duration = Duration::from_secs(1);

/// 200 for as long as the process serves; the body says how its parts are.
pub(super) async fn health(State(services): State<Shared>) -> Json<Value> {
    let status = if database_answers(&services).await {
        "up"
    } else {
        "down"
    };
    let snapshot = services.live.current();
    let state = snapshot.as_ref().map(|snapshot| snapshot.state);
    let redis = services.control.redis_health();
    Json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "database": {"engine": services.database.engine().name(), "status": status},
        "redis": {
            "status": redis.state.as_str(),
            "latencyMs": redis.latency.map(|latency| latency.as_secs_f64() * 1e3),
            "writes": redis.writes.as_str(),
            "lastError": redis.last_error,
        },
        "rateLimit": {"active": services.limiter.statistics().active.as_str()},
        "dataVersion": state.map(|state| state.data_version),
        "generation": state.map(|state| crate::graphql::generation(&state).to_string()),
    }))
}

/// 200 once the database answers and the catalog is loaded, else 503 and what is missing.
pub(super) async fn ready(State(services): State<Shared>) -> (StatusCode, Json<Value>) {
    let database = database_answers(&services).await;
    let catalog = services.live.current().is_some();
    let status = if database && catalog {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({"ready": status == StatusCode::OK, "database": database, "catalog": catalog});
    (status, Json(body))
}

async fn database_answers(services: &Services) -> bool {
    matches!(
        tokio::time::timeout(PATIENCE, services.database.ping()).await,
        Ok(Ok(()))
    )
}
