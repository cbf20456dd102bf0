//! The search: qualifiers, paging, and the bound on what it shows.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::repo::Repo;
use super::world::World;

/// Answers a search; `Err` = the status and message of a refusal.
pub(super) fn search(
    world: &World,
    query: &HashMap<String, String>,
    sees_private: bool,
) -> Result<Value, (u16, &'static str)> {
    let text = query.get("q").map(String::as_str).unwrap_or_default();
    let number = |name: &str, default: usize| query.get(name).map_or(default, |it| it.parse().unwrap());
    let (page, per_page) = (number("page", 1), number("per_page", 30).min(100));
    if page * per_page > world.shown.next_multiple_of(per_page) {
        return Err((422, "Only the first 1000 search results are available"));
    }
    let matching: Vec<&Repo> = world
        .repos
        .values()
        .filter(|repo| sees_private || !repo.is_private)
        .filter(|repo| text.split(' ').all(|qualifier| matches(repo, qualifier)))
        .collect();
    let items: Vec<Value> = matching
        .iter()
        .take(world.shown)
        .filter(|repo| !world.hidden.contains(&repo.id))
        .skip((page - 1) * per_page)
        .take(per_page)
        .map(|repo| repo.json())
        .collect();
    Ok(json!({"total_count": matching.len(), "incomplete_results": false, "items": items}))
}

fn matches(repo: &Repo, qualifier: &str) -> bool {
    match qualifier.split_once(':').unwrap() {
        ("topic", topic) => repo.topics.iter().any(|it| it == topic),
        ("is", "public") => !repo.is_private,
        ("fork", "true") => true,
        ("created", span) => {
            let (from, to) = span.split_once("..").unwrap();
            let time = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp();
            (time(from)..=time(to)).contains(&repo.created_at)
        }
        _ => panic!("a qualifier that is not known here: {qualifier}"),
    }
}
