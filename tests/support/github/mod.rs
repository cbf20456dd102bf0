//! A GitHub of the tests' own: the few questions of its REST API that an index run asks, answered on the loopback
//! interface as GitHub's reference says, with its paging, entity tags, redirects and rate limits, and with whatever goes
//! wrong on demand. Archives come from a host of their own, as they do there.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

mod answers;
mod archive;
mod faults;
mod repo;
mod search;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) use archive::{Archive, gzip, header};
pub(crate) use faults::Fault;
pub(crate) use repo::{Repo, corpus, homes, lamp};
pub(crate) use world::{Asked, World};

/// The server; dropped, it is gone.
pub(crate) struct FakeGithub {
    /// What `GITHUB_API_URL` is to be.
    pub(crate) url: String,
    world: Shared,
    tasks: [JoinHandle<()>; 2],
}

/// What all its handlers share.
#[derive(Clone)]
struct Shared(Arc<Mutex<World>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FakeGithub {
    /// Starts one with these repositories.
    pub(crate) async fn start(repos: impl IntoIterator<Item = Repo>) -> Self {
        let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let archives = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut world = World::new(format!("http://{}", archives.local_addr().unwrap()));
        repos.into_iter().for_each(|repo| world.add(repo));
        let world = Shared(Arc::new(Mutex::new(world)));
        let url = format!("http://{}/api/v3", api.local_addr().unwrap());
        let api_routes = Router::new()
            .route("/api/v3/search/repositories", get(answers::search))
            .route("/api/v3/repos/{owner}/{name}", get(answers::by_name))
            .route("/api/v3/repositories/{id}", get(answers::by_id))
            .route(
                "/api/v3/repos/{owner}/{name}/commits/{*branch}",
                get(answers::commit),
            )
            .route(
                "/api/v3/repos/{owner}/{name}/tarball/{*at}",
                get(answers::tarball),
            )
            .fallback(answers::not_found);
        let downloads = Router::new()
            .route("/{owner}/{name}/{commit}", get(answers::archive))
            .fallback(answers::not_found);
        let tasks = [
            serve(api, api_routes.with_state(world.clone())),
            serve(archives, downloads.with_state(world.clone())),
        ];
        Self { url, world, tasks }
    }

    /// What there is, to be looked at and changed.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock()
    }

    /// What was asked since the last time this was asked for.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.world().asked)
    }

    /// The paths among them that hold this text.
    pub(crate) fn asked_for(&self, part: &str) -> usize {
        let asked = &self.world().asked;
        asked.iter().filter(|it| it.path.contains(part)).count()
    }
}

impl Drop for FakeGithub {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn serve(listener: TcpListener, routes: Router) -> JoinHandle<()> {
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() })
}
