//! The data: a synthetic level, written once into a temporary SQLite file.

use std::path::{Path, PathBuf};

use autodex::db::{Database, IncomingAutomation, Writer};
use autodex::model::{Automation, Repository};
use autodex::synth::{Level, Synth};

use crate::vocabulary::{Counting, Vocabulary};

/// Automations written in one transaction.
const BATCH: usize = 5_000;

/// A level in a file.
#[derive(Debug)]
pub(crate) struct DataSet {
    /// The file.
    pub(crate) path: PathBuf,
    /// What the data speaks of.
    pub(crate) vocabulary: Vocabulary,
}

impl DataSet {
    /// Makes a level and writes it to a new file in `folder`.
    ///
    /// # Errors
    /// The database cannot be written.
    pub(crate) async fn make(level: Level, seed: u64, folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("stress.db");
        let database = Database::connect(&url(&path)).await?;
        database.migrate().await?;
        let mut counting = Counting::default();
        let mut writer = database.write().await?;
        let mut batched = 0;
        for (repository, automations) in Synth::new(level, seed) {
            counting.add(&repository, &automations);
            batched += automations.len();
            write(&mut writer, &repository, automations).await?;
            if batched >= BATCH {
                writer.commit().await?;
                writer = database.write().await?;
                batched = 0;
            }
        }
        writer.commit().await?;
        database.close().await?;
        Ok(Self {
            path,
            vocabulary: counting.finish(),
        })
    }

    /// The database's address, as the server's variable takes it.
    pub(crate) fn url(&self) -> String {
        url(&self.path)
    }
}

fn url(path: &Path) -> String {
    format!("sqlite://{}?mode=rwc", path.display())
}

async fn write(
    writer: &mut Writer,
    repository: &Repository,
    automations: Vec<Automation>,
) -> anyhow::Result<()> {
    let incoming = |automation| IncomingAutomation {
        automation,
        id: None,
        indexed_at: None,
    };
    let automations = automations.into_iter().map(incoming).collect();
    writer.sync(repository, automations).await?;
    Ok(())
}
