//! Real configurations of real people, read and compared with what they hold.
//!
//! The corpus is not part of this repository: it lies in `../shared/corpus`, or where `CORPUS_DIR` says. Where it is not,
//! the test says so and is skipped; the sample homes in `examples/homes` are read everywhere.

mod compare;

use std::path::{Path, PathBuf};

#[test]
fn the_corpus_is_read_as_its_truth_says() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("CORPUS_DIR").map_or_else(beside, PathBuf::from);
    if !corpus.join("truth.jsonl").exists() {
        println!(
            "skipped: there is no corpus at {} (CORPUS_DIR names another place)",
            corpus.display()
        );
        return;
    }
    let report = compare::compare(&corpus).expect("the corpus can be read");
    println!("{report}");
    assert_eq!(report.unexplained(), 0, "{report}");
}
