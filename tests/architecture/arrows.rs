//! Arrows between modules point down, and never sideways among those of one layer.

use crate::source::{SourceFile, files_under, program_files};

/// The layers, from the top. `model`, the domain's plain data, is what the layer-2 modules share instead of one another.
const LAYERS: [(u8, &[&str]); 7] = [
    (6, &["main", "cli"]),
    (5, &["app"]),
    (4, &["http"]),
    (3, &["graphql"]),
    (
        2,
        &[
            "cache",
            "catalog",
            "indexer",
            "persisted",
            "rate_limit",
            "transfer",
            "synth",
        ],
    ),
    (1, &["db", "redis_conn"]),
    (0, &["config", "telemetry", "model"]),
];
/// At the bottom, where plain settings and nouns may use each other; and at the top, where `main` calls `cli`.
const SIDEWAYS: [(&str, &str); 2] = [("main", "cli"), ("telemetry", "config")];

fn layer(module: &str) -> u8 {
    let found = LAYERS.iter().find(|(_, modules)| modules.contains(&module));
    found
        .unwrap_or_else(|| panic!("{module} is in no layer: give it a place in this table"))
        .0
}

/// The modules that a file names as `crate::module` or `autodex::module`, in a `use` or in the middle of a line.
fn used(file: &SourceFile) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let lines: Vec<(usize, &str)> = file.program().collect();
    for (i, (number, line)) in lines.iter().enumerate() {
        for prefix in ["crate::", "autodex::"] {
            for (at, _) in line.match_indices(prefix) {
                let rest = &line[at + prefix.len()..];
                if rest.starts_with('{') {
                    found.extend(
                        group(&lines[i..], at + prefix.len())
                            .into_iter()
                            .map(|it| (*number, it)),
                    );
                } else {
                    found.push((*number, identifier(rest)));
                }
            }
        }
    }
    found.retain(|(_, module)| !module.is_empty());
    found
}

/// The first names of a group `{a::b, c::{d, e}}`, which may go over several lines.
fn group(lines: &[(usize, &str)], from: usize) -> Vec<String> {
    let mut text = lines[0].1[from..].to_owned();
    for (_, line) in &lines[1..] {
        if text.contains(';') {
            break;
        }
        text.push_str(line);
    }
    let (mut depth, mut names, mut start) = (0, Vec::new(), 1);
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (c == ',' && depth == 1) || (c == '}' && depth == 0) {
            names.push(identifier(text[start..i].trim()));
            start = i + 1;
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn every_arrow_points_down() {
    let mut wrong = Vec::new();
    for file in program_files().iter().filter(|file| file.module() != "lib") {
        let from = file.module();
        for (line, to) in used(file) {
            let is_fine = to == from || layer(&to) < layer(from) || SIDEWAYS.contains(&(from, to.as_str()));
            if !is_fine {
                wrong.push(format!("{}: {from} uses {to}", file.at(line)));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_table_names_every_module_and_no_other() {
    let library = files_under("src")
        .into_iter()
        .find(|file| file.path == "src/lib.rs")
        .unwrap();
    let mut declared: Vec<&str> = library
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    declared.push("main");
    let mut listed: Vec<&str> = LAYERS
        .iter()
        .flat_map(|(_, modules)| modules.iter().copied())
        .collect();
    declared.sort_unstable();
    listed.sort_unstable();
    assert_eq!(declared, listed);
}

#[test]
fn a_migration_knows_nothing_of_the_program() {
    for file in files_under("migrations/src") {
        assert!(!file.text.contains("autodex::"), "{}", file.path);
    }
    let root = env!("CARGO_MANIFEST_DIR");
    let manifest = std::fs::read_to_string(format!("{root}/migrations/Cargo.toml")).unwrap();
    let is_dependency = |line: &str| line.trim_start().starts_with("autodex") || line.contains("path =");
    assert!(!manifest.lines().any(is_dependency), "{manifest}");
}

#[test]
fn arrows_are_seen_in_every_form() {
    let file = SourceFile {
        path: "src/catalog/x.rs".into(),
        text: "use crate::db::Database;\nuse crate::{config::A,\n    model::{B, C}, app};\nlet x = crate::http::y(); \
               // crate::cli\nlet u = \"http://crate\"; let z = autodex::graphql::sdl();\n#[cfg(test)]\nuse crate::synth;\n"
            .into(),
    };
    let modules: Vec<String> = used(&file).into_iter().map(|(_, module)| module).collect();
    assert_eq!(modules, ["db", "config", "model", "app", "http", "graphql"]);
}
