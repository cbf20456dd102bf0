//! The commands in the documents: each is run by a test or a script, or is marked with the reason why not.

use std::collections::BTreeSet;

use crate::repository::text;

/// The documents looked at.
const DOCUMENTS: [&str; 10] = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/api.md",
    "docs/cache.md",
    "docs/deployment.md",
    "docs/indexing.md",
    "docs/monitoring.md",
    "docs/rate-limits.md",
    "docs/security.md",
    "docs/troubleshooting.md",
];

/// How a command outside the rehearsal is known to work: the document, how the command begins, what runs it, and words of
/// that which do so.
const ELSEWHERE: [(&str, &str, &str, &str); 21] = [
    (
        "README.md",
        "cargo run --release -- demo",
        "tests/cli/demo.rs",
        r#"["demo""#,
    ),
    (
        "README.md",
        "curl -s http://127.0.0.1:8000/graphql",
        "tests/cli/demo.rs",
        "ask(&address, query)",
    ),
    (
        "README.md",
        "autodex index ~/homeassistant",
        "tests/cli/index.rs",
        r#"["index", "home", "--repository""#,
    ),
    (
        "README.md",
        "autodex index --tree",
        "tests/cli/index.rs",
        r#""--tree""#,
    ),
    (
        "README.md",
        "autodex index --github",
        "tests/cli/github.rs",
        r#"["index", "--github"]"#,
    ),
    ("README.md", "autodex serve", "tests/cli/serve.rs", r#"["serve"]"#),
    ("README.md", "./scripts/test", ".ci/run", "./scripts/test"),
    (
        "CONTRIBUTING.md",
        "cargo run -- demo",
        "tests/cli/demo.rs",
        r#"["demo""#,
    ),
    ("CONTRIBUTING.md", "cargo test", "scripts/test", "cargo test"),
    ("CONTRIBUTING.md", "./scripts/test", ".ci/run", "./scripts/test"),
    (
        "docs/api.md",
        "curl -s http://127.0.0.1:8000/graphql",
        "tests/api/transport.rs",
        r#""variables": {"#,
    ),
    (
        "docs/api.md",
        "npx graphql-codegen",
        "tests/clients/codegen.test.mjs",
        "bin('graphql-codegen'), ['--config'",
    ),
    (
        "docs/cache.md",
        "curl -X POST localhost:8000/api/v1/admin/cache/clear",
        "tests/api/cache/clearing.rs",
        "curl_clears_and_looks_too",
    ),
    (
        "docs/indexing.md",
        "autodex index --github --topic",
        "tests/cli/github.rs",
        r#""--github", "--topic""#,
    ),
    (
        "docs/indexing.md",
        "autodex index --github --repository",
        "tests/cli/github.rs",
        r#""--github", "--repository""#,
    ),
    (
        "docs/indexing.md",
        "autodex index --github",
        "tests/cli/github.rs",
        r#"["index", "--github"]"#,
    ),
    (
        "docs/indexing.md",
        "INDEX_INTERVAL=21600 autodex serve",
        "tests/api/index_runs/operators.rs",
        r#""INDEX_INTERVAL""#,
    ),
    (
        "docs/monitoring.md",
        "promtool check config",
        "tests/deploy/monitoring.rs",
        r#"["check", "config""#,
    ),
    (
        "docs/monitoring.md",
        "promtool test rules",
        "tests/deploy/monitoring.rs",
        r#"["test", "rules""#,
    ),
    (
        "docs/rate-limits.md",
        "$ curl -si https://autodex.example",
        "tests/api/rate_limits.rs",
        "a_proxy_is_believed_only_where_it_is_trusted",
    ),
    (
        "docs/troubleshooting.md",
        "curl -s http://127.0.0.1:8000/health",
        "scripts/rehearse",
        "/health",
    ),
];

/// What nothing runs, and why.
const NOT_RUN: [(&str, &str, &str); 3] = [
    (
        "README.md",
        "docker compose up --build",
        "needs a Docker engine: the file is checked by the tool alone",
    ),
    ("CONTRIBUTING.md", "./.ci/run", "runs all that is run"),
    ("docs/security.md", "fuzz/run", "needs cargo-fuzz, and time"),
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

impl Block {
    /// Its commands, each by its first line.
    fn commands(&self) -> impl Iterator<Item = &str> {
        let is_console = self.told.starts_with("console");
        let lines = self.lines.iter().map(String::as_str);
        lines.filter(move |line| {
            if is_console {
                line.starts_with("$ ")
            } else {
                line.starts_with(|first: char| !first.is_whitespace() && !"}#".contains(first))
            }
        })
    }
}

#[test]
fn every_command_is_run_somewhere_or_says_why_not() {
    let (mut used, mut unused) = (BTreeSet::new(), BTreeSet::new());
    for document in DOCUMENTS {
        for block in blocks(&text(document)) {
            // The rehearsal runs those of the deployment guide that ask for it, and no others.
            let rehearsed = block.told == "sh run" && document == "docs/deployment.md";
            let excused =
                block.before.starts_with("<!-- not run by the rehearsal: ") && block.before.len() > 40;
            if rehearsed || excused {
                continue;
            }
            for command in block.commands() {
                // Of several that fit, the first, so that what is said of a longer command is not said of a shorter one.
                let elsewhere = ELSEWHERE
                    .iter()
                    .position(|(of, begins, ..)| *of == document && command.starts_with(begins));
                let nowhere = NOT_RUN
                    .iter()
                    .position(|(of, begins, _)| *of == document && command.starts_with(begins));
                assert!(
                    elsewhere.is_some() || nowhere.is_some(),
                    "{document}: nothing runs `{command}`"
                );
                used.extend(elsewhere);
                unused.extend(nowhere);
            }
        }
    }
    assert_eq!(
        (used.len(), unused.len()),
        (ELSEWHERE.len(), NOT_RUN.len()),
        "every entry of the tables is a command of a document"
    );
    for (document, command, runs, words) in ELSEWHERE {
        // The words may be laid out over several lines.
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            one_line(&text(runs)).contains(words),
            "{document}: {runs} has no `{words}` that would run `{command}`"
        );
    }
}

#[test]
fn a_block_fails_with_any_of_its_commands() {
    let folder = tempfile::tempdir().unwrap();
    let run = |block: &str| {
        let file = folder.path().join("block.sh");
        std::fs::write(&file, block).unwrap();
        let script = format!(
            "set -euo pipefail; fail() {{ echo \"failed: $*\"; exit 1; }}; . '{}'; run_block '{}'; echo \"went on with $SET\"",
            crate::repository::path("scripts/blocks").display(),
            file.display()
        );
        let output = std::process::Command::new("bash")
            .args(["-c", &script])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for bad in [
        "false\ntrue\n",
        "SET=x\n(exit 3)\ntrue\n",
        "false | true\ntrue\n",
        "SET=$(false)\ntrue\n",
    ] {
        let said = run(bad);
        assert!(
            said.starts_with("failed: ") && !said.contains("went on"),
            "{bad}: {said}"
        );
    }
    let good = "SET=x\nfalse || true\nif false; then false; fi\nuntil true; do false; done\n";
    assert_eq!(run(good), "went on with x\n");
}

#[test]
fn the_rehearsal_runs_the_documents_own_blocks() {
    let script = text("scripts/rehearse");
    assert!(script.contains("/^```sh run$/") && script.contains("docs/deployment.md"));
    assert!(script.contains("\n    run_block \"./$block\"\n"));
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
