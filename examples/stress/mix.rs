//! The mix: distinct queries such as visitors ask, in a fixed random order that is their rank.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::client::Request;
use crate::queries::Shape;
use crate::vocabulary::Vocabulary;

/// How many distinct queries there are.
pub(crate) const DISTINCT: usize = 5_000;
/// How many are drawn before a vocabulary counts as too small for so many.
const MAX_DRAWS: usize = 100 * DISTINCT;

/// `DISTINCT` requests, fewer only where the vocabulary yields no more. The page everybody opens is the first, the figures
/// alone the second; the rest have their ranks by chance.
pub(crate) fn distinct(vocabulary: &Vocabulary, seed: u64) -> Vec<Request> {
    let mut chance = Chance::new(seed, 0);
    let mut requests = vec![Shape::Home.request(&json!({})), Shape::Stats.request(&json!({}))];
    let mut known: HashSet<Request> = requests.iter().cloned().collect();
    for _ in 0..MAX_DRAWS {
        if requests.len() == DISTINCT {
            break;
        }
        let request = draw(vocabulary, &mut chance);
        if known.insert(request.clone()) {
            requests.push(request);
        }
    }
    requests
}

/// Half ask for everything, three in ten for a page, the rest for facets.
fn draw(vocabulary: &Vocabulary, chance: &mut Chance) -> Request {
    let shape = match chance.below(10) {
        0..5 => Shape::Home,
        5..8 => Shape::Search,
        _ => Shape::Facets,
    };
    let mut variables = Map::new();
    if chance.percent(75) {
        variables.insert("text".to_owned(), text(vocabulary, chance).into());
    }
    if chance.percent(40) {
        variables.insert("filter".to_owned(), filter(vocabulary, chance));
    }
    if shape != Shape::Facets && chance.percent(20) {
        variables.insert("page".to_owned(), (2 + chance.below(3)).into());
    }
    if shape != Shape::Facets && chance.percent(15) {
        variables.insert("order".to_owned(), "STARS".into());
    }
    shape.request(&variables.into())
}

/// One word, or two.
fn text(vocabulary: &Vocabulary, chance: &mut Chance) -> String {
    let count = if chance.percent(25) { 2 } else { 1 };
    let words = (0..count).filter_map(|_| chance.early(&vocabulary.words).cloned());
    words.collect::<Vec<_>>().join(" ")
}

/// One or two dimensions, each with one or two values.
fn filter(vocabulary: &Vocabulary, chance: &mut Chance) -> Value {
    let mut dimensions = [
        ("triggers", &vocabulary.triggers),
        ("actionDomains", &vocabulary.action_domains),
        ("actions", &vocabulary.actions),
        ("blueprints", &vocabulary.blueprints),
        ("repositories", &vocabulary.repositories),
    ];
    chance.shuffle(&mut dimensions);
    let count = if chance.percent(30) { 2 } else { 1 };
    let mut filter = Map::new();
    for (dimension, values) in dimensions.into_iter().take(count) {
        let count = if chance.percent(30) { 2 } else { 1 };
        let chosen: Vec<Value> = (0..count)
            .filter_map(|_| chance.early(values))
            .map(|value| value.as_str().into())
            .collect();
        filter.insert(dimension.to_owned(), chosen.into());
    }
    filter.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let names = |prefix: &str| (0..200).map(|at| format!("{prefix}{at}")).collect();
        Vocabulary {
            words: names("word"),
            triggers: names("trigger"),
            ..Vocabulary::default()
        }
    }

    #[test]
    fn the_mix_is_fixed_by_its_seed_and_has_no_query_twice() {
        let (one, again, other) = (
            distinct(&vocabulary(), 1),
            distinct(&vocabulary(), 1),
            distinct(&vocabulary(), 2),
        );
        assert_eq!(one.len(), DISTINCT);
        assert_eq!(one.iter().collect::<HashSet<_>>().len(), DISTINCT);
        assert_eq!(one, again);
        assert_ne!(one, other);
    }
}
