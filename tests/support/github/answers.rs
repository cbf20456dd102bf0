//! The handlers: who asks is checked, charged, and answered.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Shared;
use super::repo::Repo;
use super::search;
use super::world::{Asked, World};

/// What a handler answers before it is charged: a status, an entity tag, headers and a body.
struct Plain {
    status: u16,
    etag: Option<String>,
    location: Option<String>,
    body: Vec<u8>,
}

impl Plain {
    fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            etag: None,
            location: None,
            body: body.to_string().into_bytes(),
        }
    }

    fn refusal(status: u16, message: &str) -> Self {
        Self::json(status, &json!({"message": message}))
    }
}

/// Answers a question to the API.
async fn answer(
    shared: Shared,
    uri: &Uri,
    headers: &HeaderMap,
    resource: &'static str,
    question: impl FnOnce(&World, bool) -> Plain,
) -> Response {
    let if_none_match = text(headers, header::IF_NONE_MATCH);
    let path = uri.to_string();
    let (response, fault) = {
        let mut world = shared.lock();
        let fault = world.fault_of(&path);
        let mut plain = match world.access(headers) {
            Ok(sees_private) => question(&world, sees_private),
            Err(()) => Plain::refusal(401, "Bad credentials"),
        };
        let is_known = plain.etag.is_some() && plain.etag == if_none_match;
        if is_known {
            (plain.status, plain.body) = (304, Vec::new());
        }
        let (limits, is_spent) = world.charge(resource, is_known || fault.is_some());
        if is_spent {
            plain = Plain::refusal(403, "API rate limit exceeded for 127.0.0.1.");
        }
        let mut response = (StatusCode::from_u16(plain.status).unwrap(), plain.body).into_response();
        for (name, value) in limits {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        for (name, value) in [(header::ETAG, plain.etag), (header::LOCATION, plain.location)] {
            if let Some(value) = value {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
        }
        (response, fault)
    };
    let response = match fault {
        Some(fault) => fault.befall(response).await,
        None => response,
    };
    note(&shared, path, "api", headers, &response);
    response
}

fn note(shared: &Shared, path: String, host: &'static str, headers: &HeaderMap, response: &Response) {
    shared.lock().asked.push(Asked {
        path,
        host,
        authorization: text(headers, header::AUTHORIZATION),
        if_none_match: text(headers, header::IF_NONE_MATCH),
        status: response.status().as_u16(),
    });
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().unwrap().to_owned())
}

pub(super) async fn search(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    answer(
        shared,
        &uri,
        &headers,
        "search",
        |world, sees_private| match search::search(world, &query, sees_private) {
            Ok(found) => Plain::json(200, &found),
            Err((status, message)) => Plain::refusal(status, message),
        },
    )
    .await
}

pub(super) async fn by_name(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    Path((owner, name)): Path<(String, String)>,
) -> Response {
    answer(
        shared,
        &uri,
        &headers,
        "core",
        |world, sees_private| match world.find(&owner, &name) {
            Some((repo, true)) => Plain {
                location: Some(format!("/api/v3/repositories/{}", repo.id)),
                ..Plain::refusal(301, "Moved Permanently")
            },
            found => look(found.map(|(repo, _)| repo), sees_private),
        },
    )
    .await
}

pub(super) async fn by_id(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Response {
    answer(shared, &uri, &headers, "core", |world, sees_private| {
        look(world.repos.get(&id), sees_private)
    })
    .await
}

fn look(repo: Option<&Repo>, sees_private: bool) -> Plain {
    let Some(repo) = repo.filter(|repo| sees_private || !repo.is_private) else {
        return Plain::refusal(404, "Not Found");
    };
    let body = repo.json();
    let mut hasher = DefaultHasher::new();
    body.to_string().hash(&mut hasher);
    Plain {
        etag: Some(format!("W/\"{:016x}\"", hasher.finish())),
        ..Plain::json(200, &body)
    }
}

pub(super) async fn commit(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    Path((owner, name, branch)): Path<(String, String, String)>,
) -> Response {
    answer(shared, &uri, &headers, "core", |world, _| {
        let Some((repo, _)) = world.find(&owner, &name) else {
            return Plain::refusal(404, "Not Found");
        };
        match repo.commit() {
            None => Plain::refusal(409, "Git Repository is empty."),
            Some(_) if branch != repo.branch => Plain::refusal(422, "No commit found for SHA"),
            Some(commit) => Plain {
                status: 200,
                etag: Some(format!("\"{commit}\"")),
                location: None,
                body: commit.into_bytes(),
            },
        }
    })
    .await
}

pub(super) async fn tarball(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    Path((owner, name, at)): Path<(String, String, String)>,
) -> Response {
    answer(shared, &uri, &headers, "core", |world, _| {
        let Some((repo, _)) = world.find(&owner, &name) else {
            return Plain::refusal(404, "Not Found");
        };
        match repo.commit() {
            Some(commit) if at == repo.branch || at == commit => Plain {
                location: Some(format!(
                    "{}/{}/{}/{commit}?token=once",
                    world.archives, repo.owner, repo.name
                )),
                ..Plain::refusal(302, "Found")
            },
            _ => Plain::refusal(404, "Not Found"),
        }
    })
    .await
}

pub(super) async fn archive(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    Path((owner, name, commit)): Path<(String, String, String)>,
) -> Response {
    let path = format!("/archive{uri}");
    let (bytes, fault) = {
        let mut world = shared.lock();
        let fault = world.fault_of(&path);
        let archive = world
            .find(&owner, &name)
            .and_then(|(repo, _)| repo.archive.clone());
        (
            archive.map(|it| it.bytes(&format!("{owner}-{name}-{}", &commit[..7]), &commit)),
            fault,
        )
    };
    let response = match bytes {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/x-gzip")], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    };
    let response = match fault {
        Some(fault) => fault.befall(response).await,
        None => response,
    };
    note(&shared, path, "archives", &headers, &response);
    response
}

pub(super) async fn not_found(State(shared): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let response = StatusCode::NOT_FOUND.into_response();
    note(&shared, uri.to_string(), "elsewhere", &headers, &response);
    response
}
