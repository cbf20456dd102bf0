//! The repositories: a synthetic level as archives, packed before anything is measured.

use std::sync::Arc;

use autodex::model::Automation;
use autodex::synth::{Level, Synth};

use crate::github::{Archive, Repo, World};

/// Every repository of a level, its automations in one file.
pub(crate) fn repos(level: Level) -> Vec<Repo> {
    let repo = |(repository, automations): (autodex::model::Repository, Vec<Automation>)| {
        let mut repo = Repo::new(&format!("{}/{}", repository.owner, repository.name));
        repo.stars = repository.stars;
        repo.description = repository.description;
        repo.branch = repository.default_branch;
        let text: String = automations.into_iter().filter_map(|it| it.source).collect();
        repo.archive = Some(Arc::new(packed(&repo, &text)));
        repo
    };
    let mut repos: Vec<Repo> = Synth::new(level, 42).map(repo).collect();
    for (number, repo) in (0..).zip(&mut repos) {
        repo.created_at += number * 3_600;
    }
    repos
}

/// Changes one automation of each, and packs them anew.
pub(crate) fn push_to_all(world: &mut World) {
    for repo in world.repos.values_mut() {
        let text = "- alias: One more than before\n  triggers:\n  - trigger: sun\n    event: sunset\n  actions:\n  - action: light.turn_on\n";
        let Some(archive) = &repo.archive else { continue };
        let archive = archive.and_another("more.yaml", text);
        repo.pushes += 1;
        repo.archive = Some(Arc::new(archive));
    }
}

/// Packed once: the fake packs anew for each request what is not.
fn packed(repo: &Repo, text: &str) -> Archive {
    Archive::default()
        .file("automations.yaml", text.as_bytes())
        .packed(&repo.name)
}
