//! What repository a folder is a clone of, by git's own word.

use std::path::Path;
use std::process::Command;

use crate::model::{Repository, RepositoryName};

/// The repository a folder is the root of; `None` where there is no git, no remote, or one that names no owner.
pub(super) fn repository(folder: &Path) -> Option<Repository> {
    let top = git(folder, &["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != folder.canonicalize().ok()? {
        // A folder somewhere in a repository is not that repository.
        return None;
    }
    let remote = parse(&git(folder, &["remote", "get-url", "origin"])?)?;
    let branch = git(folder, &["symbolic-ref", "--short", "HEAD"]);
    Some(Repository {
        url: format!("https://{}/{}", remote.host, remote.name),
        owner: remote.name.owner,
        name: remote.name.name,
        description: None,
        stars: 0,
        default_branch: branch.unwrap_or_else(|| "main".to_owned()),
    })
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

#[derive(Debug, PartialEq, Eq)]
struct Remote {
    host: String,
    name: RepositoryName,
}

/// Reads `https://host/owner/name.git`, `ssh://git@host/owner/name` and `git@host:owner/name`. Whatever credentials the
/// address holds are left behind.
fn parse(address: &str) -> Option<Remote> {
    let (authority, path) = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        None => address.split_once(':')?,
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let path = path.trim_matches('/').trim_end_matches(".git");
    let host = host.split(':').next().unwrap_or_default().to_owned();
    Some(Remote {
        host,
        name: path.parse().ok()?,
    })
    .filter(|remote| !remote.host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_address_is_read_without_its_credentials() {
        for address in [
            "https://github.com/frenck/home",
            "https://github.com/frenck/home.git",
            "https://user:token@github.com/frenck/home.git/",
            "ssh://git@github.com:22/frenck/home.git",
            "git@github.com:frenck/home.git",
        ] {
            let name = RepositoryName {
                owner: "frenck".into(),
                name: "home".into(),
            };
            assert_eq!(
                parse(address),
                Some(Remote {
                    host: "github.com".into(),
                    name
                }),
                "{address}"
            );
        }
    }

    #[test]
    fn what_names_no_owner_is_no_repository() {
        for address in [
            "/srv/git/home.git",
            "https://example.org/home",
            "../home",
            "file:///srv/home",
            "",
        ] {
            assert_eq!(parse(address), None, "{address}");
        }
    }
}
