//! `cacheStats`, for operators, and the same figures for Prometheus.

use serde_json::{Value, json};

use super::{TOKEN, asked, start};
use crate::support::answer;

#[tokio::test]
async fn hits_and_misses_are_counted_by_kind() {
    let app = start(&[]).await;
    for _ in 0..4 {
        asked(&app, "{ stats { dataVersion } }").await;
    }
    let query = "{ cacheStats { generation memory { entries bytes maxBytes } redis { state keys }
        scopes { scope user { memoryHits misses hitRate } warming { misses } } } }";
    let stats = answer(app.post().bearer_auth(TOKEN).json(&json!({"query": query}))).await;
    let stats = &stats.data()["cacheStats"];
    assert_eq!(stats["generation"], "s0.f0.t0.v2");
    assert_eq!(stats["redis"], json!({"state": "disabled", "keys": null}));
    assert_eq!(stats["memory"]["maxBytes"], 64 << 20);
    assert!(stats["memory"]["entries"].as_u64() >= Some(2) && stats["memory"]["bytes"].as_u64() > Some(0));
    let of = |name: &str| {
        let scopes = stats["scopes"].as_array().unwrap();
        scopes
            .iter()
            .find(|scope| scope["scope"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        of("response")["user"],
        json!({"memoryHits": 3, "misses": 1, "hitRate": 0.75})
    );
    assert_eq!(
        of("stats")["user"],
        json!({"memoryHits": 0, "misses": 1, "hitRate": 0.0})
    );
    assert_eq!(
        of("facets"),
        json!({
            "scope": "facets",
            "user": {"memoryHits": 0, "misses": 0, "hitRate": null},
            "warming": {"misses": 0},
        })
    );

    let stats = app
        .client
        .get(format!("{}/api/v1/admin/cache/stats", app.url))
        .bearer_auth(TOKEN);
    let stats: Value = stats.send().await.unwrap().json().await.unwrap();
    assert_eq!(stats["scopes"][3]["user"]["memoryHits"], 3);

    let metrics = app.get("/metrics").await.text().await.unwrap();
    let line = "autodex_cache_answers_total{scope=\"response\",traffic=\"user\",outcome=\"hit_memory\"} 3\n";
    assert!(metrics.contains(line), "{metrics}");
}

#[tokio::test]
async fn every_hit_that_is_verified_is_the_same_as_a_fresh_answer() {
    let app = start(&[("CACHE_VERIFY", "1.0")]).await;
    for _ in 0..3 {
        for query in [
            "{ search(text: \"lamp\") { total results { alias } } }",
            "{ facets { total } }",
        ] {
            asked(&app, query).await;
        }
    }
    let query = "{ cacheStats { scopes { scope user { verified mismatches } } } }";
    let stats = answer(app.post().bearer_auth(TOKEN).json(&json!({"query": query}))).await;
    let responses = &stats.data()["cacheStats"]["scopes"][3];
    assert_eq!(
        responses["user"],
        json!({"verified": 4, "mismatches": 0}),
        "{:#}",
        stats.body
    );
}
