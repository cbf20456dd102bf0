//! The commands in the documents: each is run by a test or a script, or is marked with the reason why not.

use std::collections::BTreeSet;

use crate::repository::text;

/// The documents looked at.
const DOCUMENTS: [&str; 7] = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/cache.md",
    "docs/deployment.md",
    "docs/monitoring.md",
    "docs/troubleshooting.md",
    "docs/rate-limits.md",
];

/// How a block outside the rehearsal is known to work: the document, the beginning of the block's first line, what runs it.
const ELSEWHERE: [(&str, &str, &str); 10] = [
    ("README.md", "cargo run --release -- demo", "tests/cli/demo.rs"),
    (
        "README.md",
        "curl -s http://127.0.0.1:8000/graphql",
        "tests/cli/demo.rs",
    ),
    ("README.md", "autodex index ~/homeassistant", "tests/cli/index.rs"),
    (
        "README.md",
        "docker compose up --build",
        "tests/deploy/compose.rs",
    ),
    ("README.md", "./scripts/test", ".ci/run"),
    ("CONTRIBUTING.md", "cargo run -- demo", "tests/cli/demo.rs"),
    (
        "docs/cache.md",
        "curl -X POST localhost:8000/api/v1/admin/cache/clear",
        "tests/api/cache/clearing.rs",
    ),
    (
        "docs/monitoring.md",
        "promtool check config",
        "tests/deploy/monitoring.rs",
    ),
    (
        "docs/troubleshooting.md",
        "curl -s http://127.0.0.1:8000/health",
        "scripts/rehearse",
    ),
    (
        "docs/rate-limits.md",
        "$ curl -si https://autodex.example",
        "tests/api/rate_limits.rs",
    ),
];

/// A block of commands: its language with what follows it, its lines, and the line before it.
struct Block {
    told: String,
    lines: Vec<String>,
    before: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let (mut blocks, mut open, mut before) = (Vec::new(), None::<Block>, String::new());
    for line in document.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(told)) => {
                open = Some(Block {
                    told: told.to_owned(),
                    lines: Vec::new(),
                    before: std::mem::take(&mut before),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.lines.push(line.to_owned()),
            (None, None) => line.clone_into(&mut before),
        }
    }
    blocks.retain(|block| block.told.starts_with("sh") || block.told.starts_with("console"));
    blocks
}

#[test]
fn every_block_of_commands_is_run_somewhere_or_says_why_not() {
    let mut used = BTreeSet::new();
    for document in DOCUMENTS {
        for block in blocks(&text(document)) {
            let first = &block.lines[0];
            // The rehearsal runs those of the deployment guide that ask for it, and no others.
            let rehearsed = block.told == "sh run" && document == "docs/deployment.md";
            let excused =
                block.before.starts_with("<!-- not run by the rehearsal: ") && block.before.len() > 40;
            let elsewhere = ELSEWHERE
                .iter()
                .position(|(of, begins, _)| *of == document && first.starts_with(begins));
            used.extend(elsewhere);
            assert!(
                rehearsed || excused || elsewhere.is_some(),
                "{document}: nothing runs `{first}`"
            );
        }
    }
    assert_eq!(
        used.len(),
        ELSEWHERE.len(),
        "every entry of the table is a block of a document"
    );
    for (.., runs) in ELSEWHERE {
        assert!(!text(runs).is_empty(), "{runs}");
    }
}

#[test]
fn the_rehearsal_runs_the_documents_own_blocks() {
    let script = text("scripts/rehearse");
    assert!(script.contains("/^```sh run$/") && script.contains("docs/deployment.md"));
    let run = blocks(&text("docs/deployment.md"))
        .iter()
        .filter(|block| block.told == "sh run")
        .count();
    assert_eq!(run, 8);
}

#[test]
fn every_link_within_the_documents_leads_somewhere() {
    let mut broken = Vec::new();
    for document in DOCUMENTS {
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        let whole = text(document);
        for link in whole
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if link.starts_with("http") || link.starts_with('#') {
                continue;
            }
            let file = link.split('#').next().unwrap();
            if !crate::repository::path(folder).join(file).exists() {
                broken.push(format!("{document}: {link}"));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}
