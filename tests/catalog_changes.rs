//! A catalog that changes answers as one built anew does, and as a plain scan over the same rows does.

#[path = "catalog/data.rs"]
mod data;
#[path = "catalog/naive.rs"]
mod naive;
#[path = "catalog/plain_text.rs"]
mod plain_text;
#[path = "catalog/steps.rs"]
mod steps;

use autodex::catalog::{Catalog, FacetQuery, SearchQuery};
use data::{Data, Question, data, question};
use naive::Naive;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use steps::{Step, World, step};

/// Asks the changed catalog, one built anew, and the scan, in every way.
fn compare(catalog: &Catalog, data: &Data, questions: &[Question]) -> Result<(), TestCaseError> {
    let (fresh, naive) = (data.catalog(), Naive::new(&data.repositories, &data.automations));
    prop_assert_eq!(catalog.totals(), naive.totals());
    for question in questions {
        let (text, filter) = (question.text.as_deref(), &question.filter);
        let search = SearchQuery {
            text,
            filter,
            order: question.order,
            offset: question.offset,
            limit: question.limit,
        };
        let found = catalog.search(&search);
        prop_assert_eq!(&found, &fresh.search(&search), "{:?}", search);
        prop_assert_eq!(&found, &naive.search(&search), "{:?}", search);
        let facets = FacetQuery {
            text,
            filter,
            top: question.top,
            matching: question.matching.as_deref(),
        };
        let counted = catalog.facets(&facets);
        prop_assert_eq!(&counted, &fresh.facets(&facets), "{:?}", facets);
        prop_assert_eq!(&counted, &naive.facets(&facets), "{:?}", facets);
    }
    same_repositories(catalog, &fresh, &naive, data)
}

/// Every repository there is or was is found, or not found, as in a catalog built anew.
fn same_repositories(
    catalog: &Catalog,
    fresh: &Catalog,
    naive: &Naive<'_>,
    data: &Data,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(catalog.totals(), fresh.totals());
    for owner in data::OWNERS {
        for name in data::NAMES {
            prop_assert_eq!(
                catalog.repository_id(owner, name),
                fresh.repository_id(owner, name)
            );
        }
    }
    let ids = data.repositories.iter().map(|row| row.id);
    for id in ids.chain(steps::IDS) {
        prop_assert_eq!(catalog.automation_count(id), fresh.automation_count(id));
        for (offset, limit) in [(0, usize::MAX), (1, 2), (usize::MAX, 3)] {
            let found = catalog.repository_automations(id, offset, limit);
            prop_assert_eq!(&found, &fresh.repository_automations(id, offset, limit));
            prop_assert_eq!(found, naive.repository_automations(id, offset, limit));
        }
    }
    Ok(())
}

/// Takes the steps one after another, comparing after each.
fn follow(data: Data, steps: &[(Step, Vec<Question>)]) -> Result<(), TestCaseError> {
    let mut world = World::new(data);
    for (step, questions) in steps {
        world.take(step);
        compare(&world.catalog, &world.data, questions)?;
    }
    Ok(())
}

/// The same cases in every run. `CATALOG_CASES` multiplies them.
fn follow_seeded(cases: u32, automations: usize, steps: usize) {
    let factor = std::env::var("CATALOG_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let config = ProptestConfig {
        cases: cases * factor,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let taken = (step(), prop::collection::vec(question(), 1..4));
    let cases = (data(automations), prop::collection::vec(taken, 1..=steps));
    runner.run(&cases, |(data, steps)| follow(data, &steps)).unwrap();
}

#[test]
fn thousands_of_small_catalogs_answer_after_each_change_as_one_built_anew() {
    follow_seeded(1_200, 20, 6);
}

#[test]
fn catalogs_of_many_words_of_bits_answer_after_each_change_as_one_built_anew() {
    follow_seeded(40, 400, 5);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_catalog_answers_after_each_change_as_one_built_anew(
        data in data(60),
        steps in prop::collection::vec((step(), prop::collection::vec(question(), 1..3)), 1..5),
    ) {
        follow(data, &steps)?;
    }
}
