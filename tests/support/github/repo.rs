//! A repository of the fake, and where its files come from.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::archive::Archive;

/// A repository.
#[derive(Clone, Debug)]
pub(crate) struct Repo {
    /// 0 = given when it is added.
    pub(crate) id: i64,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) stars: u32,
    pub(crate) branch: String,
    pub(crate) topics: Vec<String>,
    pub(crate) is_private: bool,
    pub(crate) is_archived: bool,
    /// Seconds since 1970.
    pub(crate) created_at: i64,
    /// Counts pushes; 0 = nothing was ever pushed.
    pub(crate) pushes: u32,
    /// Names it had before, which lead to it.
    pub(crate) former_names: Vec<String>,
    /// What is in it; `None` = no commit at all.
    pub(crate) archive: Option<Arc<Archive>>,
}

impl Repo {
    /// One that opted in, with one file in it.
    pub(crate) fn new(full_name: &str) -> Self {
        let (owner, name) = full_name.split_once('/').unwrap();
        let mut repo = Self {
            id: 0,
            owner: owner.to_owned(),
            name: name.to_owned(),
            description: None,
            stars: 1,
            branch: "main".to_owned(),
            topics: vec!["hadiscover".to_owned()],
            is_private: false,
            is_archived: false,
            created_at: 1_500_000_000,
            pushes: 0,
            former_names: Vec::new(),
            archive: None,
        };
        repo.push(&[("automations.yaml", &lamp(full_name))]);
        repo
    }

    /// `owner/name`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// Pushes a commit with these files in place of what was there.
    pub(crate) fn push(&mut self, files: &[(&str, &str)]) {
        let mut archive = Archive::default();
        for (path, text) in files {
            archive = archive.file(path, text.as_bytes());
        }
        self.push_archive(archive);
    }

    /// Pushes a commit whose archive is this.
    pub(crate) fn push_archive(&mut self, archive: Archive) {
        self.pushes += 1;
        self.archive = Some(Arc::new(archive));
    }

    /// Pushes to a branch that is not the default one.
    pub(crate) fn push_elsewhere(&mut self) {
        self.pushes += 1;
    }

    /// Takes everything out of it, the commits too.
    pub(crate) fn empty(&mut self) {
        self.pushes += 1;
        self.archive = None;
    }

    /// Gives it another name; the old one leads to it.
    pub(crate) fn rename(&mut self, full_name: &str) {
        self.former_names.push(self.full_name().to_lowercase());
        let (owner, name) = full_name.split_once('/').unwrap();
        (self.owner, self.name) = (owner.to_owned(), name.to_owned());
    }

    /// Its newest commit: the same content, the same commit.
    pub(crate) fn commit(&self) -> Option<String> {
        let archive = self.archive.as_ref()?;
        let digest = blake3::hash(&archive.tar("", ""));
        Some(digest.to_hex().as_str()[..40].to_owned())
    }

    pub(crate) fn pushed_at(&self) -> Option<String> {
        let at = chrono::DateTime::from_timestamp(self.created_at + i64::from(self.pushes) * 60, 0).unwrap();
        (self.pushes > 0).then(|| at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    }

    /// As the API tells it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "full_name": self.full_name(), "owner": {"login": self.owner},
            "private": self.is_private, "visibility": if self.is_private { "private" } else { "public" },
            "html_url": format!("https://github.com/{}", self.full_name()), "description": self.description,
            "stargazers_count": self.stars, "default_branch": self.branch, "topics": self.topics,
            "archived": self.is_archived, "disabled": false, "fork": false, "pushed_at": self.pushed_at(),
            "size": self.archive.as_ref().map_or(0, |_| 1),
        })
    }
}

/// An automation of which there is one to a repository.
pub(crate) fn lamp(name: &str) -> String {
    format!(
        "- alias: Lamp of {name}\n  triggers:\n    - trigger: sun\n      event: sunset\n  actions:\n    - action: light.turn_on\n"
    )
}

/// The sample homes as repositories.
pub(crate) fn homes() -> Vec<Repo> {
    tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/homes"))
}

/// Where the corpus of real configurations is, and its repositories; `None`, and said so, where it is not.
pub(crate) fn corpus() -> Option<(PathBuf, Vec<Repo>)> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("CORPUS_DIR").map_or_else(beside, PathBuf::from);
    if !corpus.join("truth.jsonl").exists() {
        println!(
            "skipped: there is no corpus at {} (CORPUS_DIR names another place)",
            corpus.display()
        );
        return None;
    }
    let repos = corpus.join("repos");
    Some((repos.clone(), tree(&repos)))
}

/// The repositories of a tree of `<owner>/<name>/` folders.
fn tree(root: &Path) -> Vec<Repo> {
    let mut repos = Vec::new();
    for owner in folders(root) {
        for folder in folders(&owner) {
            repos.push(of_folder(&folder));
        }
    }
    repos
}

fn of_folder(folder: &Path) -> Repo {
    let meta: Value = serde_json::from_slice(&fs::read(folder.join("META.json")).unwrap()).unwrap();
    let text = |key: &str| meta[key].as_str().map(str::to_owned);
    let mut archive = Archive::default();
    for path in files(folder, "") {
        if path != "META.json" {
            archive = archive.file(&path, &fs::read(folder.join(&path)).unwrap());
        }
    }
    for (path, target) in meta["symlinks"].as_object().into_iter().flatten() {
        archive = archive.link(path, target.as_str().unwrap());
    }
    let name = |path: Option<&Path>| path.unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    let (owner, name) = (name(folder.parent()), name(Some(folder)));
    let owner = text("owner").unwrap_or(owner);
    let mut repo = Repo::new(&format!("{owner}/{}", text("name").unwrap_or(name)));
    repo.description = text("description");
    repo.branch = text("default_branch").unwrap_or_else(|| "main".to_owned());
    repo.stars = meta["stars"].as_u64().unwrap_or(0).try_into().unwrap();
    repo.archive = Some(Arc::new(archive));
    repo
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

fn files(root: &Path, below: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(root, &path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
