//! The catalog answers as a plain scan over the same rows does.

#[path = "catalog/data.rs"]
mod data;
#[path = "catalog/naive.rs"]
mod naive;
#[path = "catalog/plain_text.rs"]
mod plain_text;

use autodex::catalog::{FacetQuery, SearchQuery};
use data::{Data, Question, data, question};
use naive::Naive;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// Asks both, in every way.
fn compare(data: &Data, questions: &[Question]) -> Result<(), TestCaseError> {
    let catalog = data.catalog();
    let naive = Naive::new(&data.repositories, &data.automations);
    prop_assert_eq!(catalog.totals(), naive.totals());
    for question in questions {
        let Question {
            text,
            filter,
            order,
            offset,
            limit,
            top,
            matching,
        } = question;
        let (text, matching) = (text.as_deref(), matching.as_deref());
        let search = SearchQuery {
            text,
            filter,
            order: *order,
            offset: *offset,
            limit: *limit,
        };
        prop_assert_eq!(catalog.search(&search), naive.search(&search), "{:?}", search);
        let facets = FacetQuery {
            text,
            filter,
            top: *top,
            matching,
        };
        prop_assert_eq!(catalog.facets(&facets), naive.facets(&facets), "{:?}", facets);
        for repository in [data.repositories[0].id, 99] {
            let expected = naive.repository_automations(repository, *offset, *limit);
            prop_assert_eq!(
                catalog.automation_count(repository),
                expected.as_ref().map(|hits| hits.total)
            );
            prop_assert_eq!(
                catalog.repository_automations(repository, *offset, *limit),
                expected
            );
        }
    }
    Ok(())
}

/// The same cases in every run. `CATALOG_CASES` multiplies them.
fn compare_seeded(cases: u32, automations: usize, questions: usize) {
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
    let cases = (data(automations), prop::collection::vec(question(), questions));
    runner
        .run(&cases, |(data, questions)| compare(&data, &questions))
        .unwrap();
}

#[test]
fn thousands_of_small_catalogs_answer_as_a_scan_does() {
    compare_seeded(2_000, 25, 4);
}

#[test]
fn catalogs_of_many_words_of_bits_answer_as_a_scan_does() {
    compare_seeded(60, 400, 6);
}

#[test]
fn a_large_catalog_answers_as_a_scan_does() {
    compare_seeded(6, 3_000, 12);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_catalog_answers_as_a_scan_does(data in data(60), questions in prop::collection::vec(question(), 1..4)) {
        compare(&data, &questions)?;
    }
}
