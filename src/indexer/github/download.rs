//! Downloading a repository's archive and reading it as it comes: what arrives goes through a short queue to a thread
//! that unpacks and reads.
//!
//! Invariant: the archive is never held as a whole; an attempt that breaks off leaves nothing behind.

use std::io::{self, Read};

use bytes::Bytes;
use reqwest::Response;
use tokio::sync::mpsc;

use super::answer::{Body, plain};
use super::archive::{ArchiveError, Bounds, unpack};
use super::client::{Github, Question};
use super::described::Found;
use super::error::GithubError;
use super::look::unusable;
use crate::indexer::aside;
use crate::indexer::reader::{self, Limits, Reading};

/// Pieces of an archive that wait to be unpacked; each is some 16 KB.
const WAITING: usize = 32;
/// How often an archive that breaks off is downloaded at most.
const TRIES: u32 = 3;

/// A repository's archive, read.
#[derive(Debug)]
pub(super) struct Download {
    pub(super) reading: Reading,
    /// The commit the archive was made from, if it says.
    pub(super) commit: Option<String>,
    /// Bytes downloaded.
    pub(super) bytes: u64,
}

impl Github {
    /// Downloads and reads the archive of a commit or branch; `None` where there is none.
    pub(super) async fn download(
        &self,
        found: &Found,
        at: &str,
        bounds: &Bounds,
        time: std::time::Duration,
    ) -> Result<Option<Download>, GithubError> {
        let repository = &found.repository;
        let path = ["repos", &repository.owner, &repository.name, "tarball"];
        let question = Question {
            body: Body::Left,
            ..Question::new(path.into_iter().chain(at.split('/')))
        };
        let mut tries = 0;
        loop {
            let answer = self.ask(&question).await?;
            match answer.status.as_u16() {
                200 => {}
                404 | 409 | 410 | 422 | 451 => return Ok(None),
                _ => return Err(unusable(&answer)),
            }
            let reading = tokio::time::timeout(time, read(answer.response, bounds.clone()));
            let broken = tokio::select! {
                () = self.stop.cancelled() => return Err(GithubError::Stopped),
                ended = reading => match ended {
                    Ok(Ok(download)) => return Ok(Some(download)),
                    Ok(Err(GithubError::Archive(ArchiveError::Broken(error)))) => error.to_string(),
                    Ok(Err(error)) => return Err(error),
                    Err(_) => format!("not there after {} seconds", time.as_secs()),
                },
            };
            tries += 1;
            if tries >= TRIES {
                return Err(ArchiveError::Broken(io::Error::other(broken)).into());
            }
            tracing::debug!(repository = %found.name(), broken, "an archive broke off");
            self.pause(tries, None).await?;
        }
    }
}

async fn read(mut response: Response, bounds: Bounds) -> Result<Download, GithubError> {
    let (pieces, queue) = mpsc::channel(WAITING);
    let unpacked = aside("reading", move || {
        let arriving = Arriving {
            queue,
            piece: Bytes::new(),
        };
        let unpacked = unpack(arriving, &bounds)?;
        let reading = reader::read_configuration(&unpacked.tree, &Limits::default());
        Ok::<_, ArchiveError>((reading, unpacked.commit))
    });
    let mut bytes = 0;
    let feed = async {
        loop {
            let piece = match response.chunk().await {
                Ok(Some(piece)) => Ok(piece),
                Ok(None) => break,
                Err(error) => Err(io::Error::other(plain(error))),
            };
            bytes += piece.as_ref().map_or(0, |piece| piece.len() as u64);
            let is_over = piece.is_err();
            // Nobody takes it any more: what is unpacked was too much, and the thread says so.
            if pieces.send(piece).await.is_err() || is_over {
                break;
            }
        }
        drop(pieces);
    };
    let ((), unpacked) = tokio::join!(feed, unpacked);
    let (reading, commit) = unpacked.ok_or(GithubError::Broken)??;
    Ok(Download {
        reading,
        commit,
        bytes,
    })
}

/// The pieces as one stream, for a thread that may block.
struct Arriving {
    queue: mpsc::Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.queue.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let length = self.piece.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.piece.split_to(length));
        Ok(length)
    }
}
