//! What the contract says of search and facets, example by example.

use autodex::catalog::{
    AutomationRow, BuildError, Catalog, CatalogBuilder, FacetCounts, FacetQuery, Filter, Order,
    RepositoryRow, SearchHits, SearchQuery,
};
use autodex::synth::{Level, Synth};

fn repository(id: i64, owner: &str, stars: u32) -> RepositoryRow {
    let description = Some("Configuration of a villa".to_owned());
    RepositoryRow {
        id,
        owner: owner.to_owned(),
        name: "Home".to_owned(),
        description,
        stars,
    }
}

fn automation(id: i64, repository: i64, alias: &str, trigger: &str, action: &str) -> AutomationRow {
    AutomationRow {
        id,
        repository,
        alias: Some(alias.to_owned()),
        trigger_types: vec![trigger.to_owned()],
        action_calls: vec![action.to_owned()],
        indexed_at: id % 3,
        ..AutomationRow::default()
    }
}

/// Two repositories and five automations.
fn catalog() -> Catalog {
    let mut builder = CatalogBuilder::new();
    builder.repository(&repository(1, "Anna", 5)).unwrap();
    builder.repository(&repository(2, "bram", 9)).unwrap();
    builder.repository(&repository(3, "empty", 0)).unwrap();
    for row in [
        automation(10, 1, "Keukenlamp aan", "state", "light.turn_on"),
        automation(11, 1, "Lamp", "sun", "light.turn_off"),
        automation(12, 2, "Lampen uit", "state", "switch.turn_off"),
        automation(13, 2, "Été: volets", "time", "cover.close_cover"),
        automation(14, 2, "Night", "time", "script.lamp"),
    ] {
        builder.automation(&row).unwrap();
    }
    builder.build().unwrap()
}

fn search(text: &str, order: Order) -> Vec<i64> {
    let filter = Filter::default();
    catalog()
        .search(&SearchQuery {
            text: Some(text),
            filter: &filter,
            order,
            offset: 0,
            limit: 10,
        })
        .ids
}

fn listed(facet: &FacetCounts) -> Vec<(&str, u32, bool)> {
    facet
        .values
        .iter()
        .map(|value| (value.value.as_str(), value.count, value.selected))
        .collect()
}

#[test]
fn whole_word_comes_before_prefix_before_inside_and_the_alias_before_an_action() {
    assert_eq!(search("lamp", Order::Relevance), [11, 12, 10, 14]);
}

#[test]
fn a_word_is_found_inside_a_word_and_across_its_punctuation() {
    assert_eq!(search("ukenl", Order::Relevance), [10]);
    assert_eq!(
        search("turn_o", Order::Relevance),
        [12, 10, 11],
        "stars break the tie"
    );
}

#[test]
fn all_words_must_be_found_in_whichever_field() {
    assert_eq!(search("LAMP turn_off", Order::Relevance), [11, 12]);
    assert_eq!(search("villa lamp state", Order::Relevance), [12, 10]);
}

#[test]
fn accents_and_case_do_not_matter() {
    assert_eq!(search("ete", Order::Relevance), [13]);
    assert_eq!(search("ÉTÉ", Order::Relevance), [13]);
}

#[test]
fn a_word_found_nowhere_stands_for_its_nearest_spellings() {
    assert_eq!(search("vloets", Order::Relevance), [13]);
    assert_eq!(
        search("kuekenlmap", Order::Relevance),
        [10],
        "two edits in a long word"
    );
    assert_eq!(search("kuekenlmpa", Order::Relevance), [] as [i64; 0]);
    assert_eq!(
        search("lichten", Order::Relevance),
        [] as [i64; 0],
        "a whole part is meant, not the inside of one"
    );
    assert_eq!(search("nihgt", Order::Relevance), [14]);
    assert_eq!(
        search("ngith", Order::Relevance),
        [] as [i64; 0],
        "one edit in a short word"
    );
    assert_eq!(
        search("emtpy", Order::Relevance),
        [] as [i64; 0],
        "a repository without automations has no words"
    );
}

#[test]
fn without_a_word_relevance_is_the_latest_first() {
    assert_eq!(search(" … ", Order::Relevance), search("", Order::Recent));
    assert_eq!(search("", Order::Recent), [11, 14, 10, 13, 12]);
    assert_eq!(search("", Order::Stars), [12, 13, 14, 10, 11]);
}

#[test]
fn a_page_past_the_end_is_empty_and_tells_the_total() {
    let filter = Filter::default();
    for (offset, limit) in [(4, 3), (usize::MAX, usize::MAX), (0, 0)] {
        let query = SearchQuery {
            text: Some("lamp"),
            filter: &filter,
            order: Order::Relevance,
            offset,
            limit,
        };
        assert_eq!(
            catalog().search(&query),
            SearchHits {
                total: 4,
                ids: Vec::new()
            }
        );
    }
}

#[test]
fn counts_obey_every_filter_but_their_own() {
    let filter = Filter {
        triggers: vec!["state".to_owned()],
        repositories: vec!["ANNA/home".to_owned()],
        ..Filter::default()
    };
    let facets = catalog().facets(&FacetQuery {
        text: None,
        filter: &filter,
        top: 9,
        matching: None,
    });
    assert_eq!(facets.total, 1);
    assert_eq!(listed(&facets.triggers), [("state", 1, true), ("sun", 1, false)]);
    assert_eq!(
        listed(&facets.repositories),
        [("Anna/Home", 1, true), ("bram/Home", 1, false)]
    );
    assert_eq!(listed(&facets.actions), [("light.turn_on", 1, false)]);
    assert_eq!(facets.repositories.values[0].repository_id, Some(1));
}

#[test]
fn a_chosen_value_stays_in_the_list() {
    let filter = Filter {
        triggers: ["zone", "sun"].map(str::to_owned).to_vec(),
        ..Filter::default()
    };
    let query = FacetQuery {
        text: Some("volets"),
        filter: &filter,
        top: 0,
        matching: None,
    };
    let triggers = catalog().facets(&query).triggers;
    assert_eq!(listed(&triggers), [("sun", 0, true), ("zone", 0, true)]);
    assert_eq!(triggers.total_values, 3, "the value that top cut off is counted");
    let query = FacetQuery {
        matching: Some(" Ti "),
        ..query
    };
    let triggers = catalog().facets(&query).triggers;
    assert_eq!(
        (listed(&triggers), triggers.total_values),
        (Vec::new(), 1),
        "a match leaves out chosen values too"
    );
}

#[test]
fn repositories_are_found_by_name_and_their_automations_by_id() {
    let catalog = catalog();
    assert_eq!(catalog.repository_id("ANNA", "home"), Some(1));
    assert_eq!(catalog.repository_id("anna", "house"), None);
    assert_eq!(
        (catalog.automation_count(3), catalog.automation_count(4)),
        (Some(0), None)
    );
    assert_eq!(
        catalog.repository_automations(2, 1, 5),
        Some(SearchHits {
            total: 3,
            ids: vec![13, 14]
        })
    );
}

#[test]
fn an_empty_catalog_answers_everything_with_nothing() {
    let (catalog, filter) = (
        Catalog::default(),
        Filter {
            actions: vec!["a".to_owned()],
            ..Filter::default()
        },
    );
    for (text, filter) in [
        (None, &Filter::default()),
        (Some("lamp"), &Filter::default()),
        (Some("lamp"), &filter),
    ] {
        let query = SearchQuery {
            text,
            filter,
            order: Order::Relevance,
            offset: 0,
            limit: 9,
        };
        assert_eq!(catalog.search(&query), SearchHits::default());
        assert_eq!(
            catalog
                .facets(&FacetQuery {
                    text,
                    filter,
                    top: 5,
                    matching: Some("a")
                })
                .total,
            0
        );
    }
    assert_eq!(CatalogBuilder::new().build().unwrap().totals(), catalog.totals());
}

#[test]
fn rows_that_contradict_each_other_are_refused_and_named() {
    let mut builder = CatalogBuilder::new();
    builder.repository(&repository(1, "anna", 0)).unwrap();
    assert_eq!(
        builder.repository(&repository(1, "bram", 0)),
        Err(BuildError::DuplicateRepository { id: 1 })
    );
    let orphan = builder.automation(&automation(7, 2, "", "", ""));
    assert_eq!(
        orphan,
        Err(BuildError::UnknownRepository {
            automation: 7,
            repository: 2
        })
    );
    for _ in 0..2 {
        builder.automation(&automation(8, 1, "", "", "")).unwrap();
    }
    assert_eq!(
        builder.build().unwrap_err(),
        BuildError::DuplicateAutomation { id: 8 }
    );
}

#[test]
fn any_text_has_an_answer() {
    let (catalog, filter) = (catalog(), Filter::default());
    let long = [
        "x".repeat(256),
        "a ".repeat(128),
        "\u{fdfa}".repeat(256),
        "a-".repeat(128),
        "🏠".repeat(64),
    ];
    let odd = [
        "%",
        "\0",
        "\u{301}",
        "'; DROP TABLE",
        "\\",
        "\u{10ffff}",
        "\n\n",
        "a\u{200d}b",
    ]
    .map(str::to_owned);
    for text in long.iter().chain(&odd) {
        let query = SearchQuery {
            text: Some(text),
            filter: &filter,
            order: Order::Relevance,
            offset: 0,
            limit: 9,
        };
        let total = catalog.search(&query).total;
        assert_eq!(
            catalog
                .facets(&FacetQuery {
                    text: Some(text),
                    filter: &filter,
                    top: 9,
                    matching: Some(text)
                })
                .total,
            total
        );
    }
}

#[test]
fn an_automation_takes_at_most_two_hundred_bytes_beside_strings() {
    let level = Level::try_from(2).unwrap();
    let mut builder = CatalogBuilder::new();
    let mut next = 1;
    for (id, (row, automations)) in (1..).zip(Synth::new(level, 1)) {
        let (owner, name, description, stars) = (row.owner, row.name, row.description, row.stars);
        builder
            .repository(&RepositoryRow {
                id,
                owner,
                name,
                description,
                stars,
            })
            .unwrap();
        for automation in automations {
            let row = AutomationRow {
                id: next,
                repository: id,
                alias: automation.alias,
                description: automation.description,
                trigger_types: automation.trigger_types,
                action_calls: automation.action_calls,
                blueprint_path: automation.blueprint_path,
                indexed_at: 0,
            };
            builder.automation(&row).unwrap();
            next += 1;
        }
    }
    let memory = builder.build().unwrap().memory();
    assert!(memory.structure < 200 * level.automations(), "{memory:?}");
}
