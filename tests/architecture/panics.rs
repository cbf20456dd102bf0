//! The program does not panic where its input decides: an `expect` is fine where it states an invariant, and is listed.

use std::collections::BTreeMap;

use crate::source::program_files;

/// How many `expect`s a file has, each of them stating why it cannot happen.
const STATED: [(&str, usize); 11] = [
    ("src/cache/generation.rs", 1),
    ("src/cache/key.rs", 2),
    ("src/cache/memory.rs", 1),
    ("src/cache/popular/sketch.rs", 1),
    ("src/config/network.rs", 1),
    ("src/indexer/reader/mask/patterns.rs", 1),
    ("src/persisted/automatic.rs", 1),
    ("src/rate_limit/accounts.rs", 1),
    ("src/rate_limit/client_key.rs", 1),
    ("src/rate_limit/local.rs", 1),
    ("src/redis_conn/pool.rs", 3),
];

fn count(of: impl Fn(&str) -> usize) -> BTreeMap<String, usize> {
    program_files()
        .into_iter()
        .map(|file| (file.path.clone(), file.program().map(|(_, line)| of(line)).sum()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[test]
fn nothing_is_unwrapped() {
    let found = count(|line| line.matches(".unwrap()").count() + line.matches(".unwrap_err()").count());
    assert_eq!(found, BTreeMap::new());
}

#[test]
fn every_expect_states_an_invariant_and_is_listed() {
    let listed = STATED.map(|(path, count)| (path.to_owned(), count)).into();
    assert_eq!(count(|line| line.matches(".expect(").count()), listed);
}

#[test]
fn nothing_is_left_to_do_or_given_up() {
    let found = count(|line| {
        ["todo!(", "unimplemented!(", "panic!(", "dbg!("]
            .iter()
            .map(|it| line.matches(it).count())
            .sum()
    });
    assert_eq!(found, BTreeMap::new());
}
