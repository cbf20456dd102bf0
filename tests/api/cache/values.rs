//! The values answers are made of: shared by requests that mean the same, whatever they ask to see of it.

use super::{asked, start};

#[tokio::test]
async fn turning_the_page_uses_the_facets_and_stats_again() {
    let app = start(&[]).await;
    let page = |number: u32| {
        format!(
            "{{ search(text: \"lamp\", page: {number}, perPage: 1) {{ total }}
                facets(text: \"lamp\") {{ total }} stats {{ dataVersion }} }}"
        )
    };
    assert_eq!(asked(&app, &page(1)).await, "MISS");
    assert_eq!(asked(&app, &page(2)).await, "PARTIAL");
}

#[tokio::test]
async fn another_selection_another_alias_and_another_spelling_use_the_value_again() {
    let app = start(&[]).await;
    let first = "{ search(text: \"Keukenlamp  AAN\", filter: {triggers: [\"state\", \"sun\"]}) { total } }";
    assert_eq!(asked(&app, first).await, "MISS");
    for again in [
        "{ found: search(text: \"keukenlamp aan\", filter: {triggers: [\"sun\", \"state\", \"sun\"]}) { pageCount } }",
        "{ search(text: \" kéukenlamp aan \", filter: {triggers: [\"state\", \"sun\"], actions: []}, page: 1) { perPage } }",
    ] {
        assert_eq!(asked(&app, again).await, "PARTIAL", "{again}");
    }
}

#[tokio::test]
async fn facets_do_not_depend_on_the_page_or_the_order() {
    let app = start(&[]).await;
    let ask = |search: &str| format!("{{ {search} {{ total }} facets(top: 3) {{ total }} }}");
    assert_eq!(asked(&app, &ask("search(orderBy: STARS)")).await, "MISS");
    assert_eq!(
        asked(&app, &ask("search(orderBy: RECENT, page: 2)")).await,
        "PARTIAL"
    );
}

#[tokio::test]
async fn a_kind_that_is_switched_off_is_computed_each_time_and_leaves_the_others_alone() {
    let app = start(&[("CACHE_FACETS_ENABLED", "false"), ("CACHE_TTL_STATS", "0")]).await;
    for query in [
        "{ facets { total } }",
        "{ stats { dataVersion } }",
        "{ search { total } stats { dataVersion } }",
    ] {
        for _ in 0..2 {
            assert_eq!(asked(&app, query).await, "BYPASS");
        }
    }
    assert_eq!(asked(&app, "{ search { total } }").await, "PARTIAL");
    assert_eq!(asked(&app, "{ search { total } }").await, "HIT");
}
