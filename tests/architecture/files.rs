//! How files are kept.

use crate::source::{SourceFile, files_under};

/// The longest file, in lines, its tests included.
const MAX_LINES: usize = 400;
/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helper", "helpers", "common", "misc"];

fn all() -> Vec<SourceFile> {
    let folders = ["src", "migrations/src", "tests", "benches"];
    folders.into_iter().flat_map(files_under).collect()
}

#[test]
fn no_file_is_too_long() {
    let mut long: Vec<(usize, String)> = all()
        .into_iter()
        .map(|file| (file.text.lines().count(), file.path))
        .filter(|(lines, _)| *lines > MAX_LINES)
        .collect();
    long.sort();
    assert_eq!(long, Vec::new(), "files with more than {MAX_LINES} lines");
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<String> = all()
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.path)
        .collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn every_name_says_what_is_inside() {
    for file in all() {
        for part in file.path.split('/') {
            let name = part.strip_suffix(".rs").unwrap_or(part);
            assert!(!EMPTY_NAMES.contains(&name), "{}", file.path);
        }
        for line in file.text.lines().filter_map(|line| line.split_once("mod ")) {
            let name = line.1.trim_end_matches([';', ' ', '{']);
            assert!(!EMPTY_NAMES.contains(&name), "mod {name} in {}", file.path);
        }
    }
}
