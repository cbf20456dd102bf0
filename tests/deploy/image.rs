//! The Dockerfile: what can be told from its text. `scripts/image-without-docker` runs its steps.

use crate::repository::{path, text};

/// The instructions, each on one line, comments left out.
fn instructions() -> Vec<String> {
    let joined = text("Dockerfile").replace("\\\n", " ");
    let lines = joined.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

/// What stands after a word at the beginning of instructions.
fn all(word: &str) -> Vec<String> {
    let instructions = instructions();
    let rests = instructions
        .iter()
        .filter_map(|line| line.strip_prefix(&format!("{word} ")));
    rests.map(String::from).collect()
}

#[test]
fn it_builds_with_the_toolchain_and_the_profile_of_the_repository() {
    let toolchain = text("rust-toolchain.toml");
    let channel = toolchain
        .lines()
        .find_map(|line| line.strip_prefix("channel = \""))
        .unwrap()
        .trim_end_matches('"');
    assert_eq!(all("FROM")[0], format!("rust:{channel}-slim-bookworm AS build"));
    assert!(all("ENV").contains(&format!("RUSTUP_TOOLCHAIN={channel}")));
    assert!(all("ARG").contains(&"PROFILE=dist".to_owned()));
    assert!(text("Cargo.toml").contains("[profile.dist]"));
    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(all("LABEL")[0].contains(&version));
}

#[test]
fn what_it_copies_is_there_and_let_through() {
    let let_through = text(".dockerignore");
    let allowed: Vec<&str> = let_through
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    assert!(let_through.lines().any(|line| line == "*"));
    for copy in all("COPY").iter().filter(|copy| !copy.starts_with("--from")) {
        let words: Vec<&str> = copy.split(' ').collect();
        for source in &words[..words.len() - 1] {
            assert!(path(source).exists(), "{source}");
            assert!(
                allowed
                    .iter()
                    .any(|allowed| source.starts_with(allowed) || allowed.starts_with(source)),
                "{source} is not let through by .dockerignore"
            );
        }
    }
    for secret in [".env", "secrets", "data", "."] {
        assert!(!allowed.contains(&secret), "{secret}");
    }
}

#[test]
fn dependencies_are_built_before_the_source_is_there() {
    let instructions = instructions();
    let at = |text: &str| {
        let found = instructions.iter().position(|line| line.contains(text));
        found.unwrap_or_else(|| panic!("{text:?} is not in the Dockerfile"))
    };
    assert!(at("COPY Cargo.toml Cargo.lock") < at("auditable build"));
    assert!(at("auditable build") < at("COPY src src"));
}

#[test]
fn it_runs_as_nobody_in_particular_and_is_asked_how_it_is() {
    let instructions = instructions();
    let last = instructions
        .iter()
        .rposition(|line| line.starts_with("FROM "))
        .unwrap();
    let image = &instructions[last..];
    assert_eq!(image[0], "FROM scratch");
    assert!(image.contains(&"USER 65532:65532".to_owned()));
    assert!(
        image
            .iter()
            .any(|line| line.starts_with("HEALTHCHECK ") && line.ends_with("[\"/autodex\", \"health\"]"))
    );
    assert!(image.contains(&"ENTRYPOINT [\"/autodex\"]".to_owned()));
}
