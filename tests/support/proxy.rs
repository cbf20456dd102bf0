//! A TCP proxy that misbehaves on demand: the network between a server and the code under test.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    /// It works.
    Fine,
    /// Answers come late by this much.
    Slow(Duration),
    /// Connections stay up and nothing comes through.
    BlackHole,
    /// Connections are cut, and new ones cut at once.
    Cut,
}

/// The proxy; dropped, it is gone with all its connections.
pub(crate) struct Proxy {
    port: u16,
    network: watch::Sender<Network>,
    accepted: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts one before this port.
    pub(crate) async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("an address").port();
        let (network, state) = watch::channel(Network::Fine);
        let accepted = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(accept(listener, port, state, accepted.clone()));
        Self {
            port: own,
            network,
            accepted,
            task,
        }
    }

    /// Its URL, as that of a Redis.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Changes what the network does, for connections that are up as well.
    pub(crate) fn set(&self, network: Network) {
        self.network.send_replace(network);
    }

    /// How many connections were made so far.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    port: u16,
    state: watch::Receiver<Network>,
    accepted: Arc<AtomicUsize>,
) {
    // Dropped with this task, it ends the connections.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        accepted.fetch_add(1, Ordering::SeqCst);
        if *state.borrow() == Network::Cut {
            continue;
        }
        if let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await {
            connections.spawn(connect(client, server, state.clone()));
        }
    }
}

async fn connect(client: TcpStream, server: TcpStream, state: watch::Receiver<Network>) {
    client.set_nodelay(true).expect("a socket");
    server.set_nodelay(true).expect("a socket");
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mut cut = state.clone();
    // One end gone is both ends gone.
    tokio::select! {
        () = pass(from_client, to_server, state.clone(), false) => {}
        () = pass(from_server, to_client, state, true) => {}
        _ = cut.wait_for(|network| *network == Network::Cut) => {}
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<Network>,
    answers: bool,
) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        // Copied out: the borrow must not live across the await.
        let now = *state.borrow();
        if answers && let Network::Slow(by) = now {
            tokio::time::sleep(by).await;
        }
        if state
            .wait_for(|network| *network != Network::BlackHole)
            .await
            .is_err()
        {
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
