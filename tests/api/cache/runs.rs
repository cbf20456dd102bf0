//! What an index run over GitHub makes forgotten, from `startIndexRun` to the answers: what it may have changed, and nothing
//! else.

use serde_json::{Value, json};

use super::{PLAIN, TOKEN, asked};
use crate::support::github::{FakeGithub, Repo};
use crate::support::{TestApp, TestDatabase, answer, on_both_databases};

const ANN: &str = "{ search(filter: {repositories: [\"ann/home\"]}) { total results { alias } } }";
const EVA: &str =
    "{ repository(owner: \"eva\", name: \"home\") { fullName automations { results { alias } } } }";
const JAN: &str = "{ search(filter: {repositories: [\"jan/home\"]}) { total results { alias } } }";
const ALL: &str = "{ search { total results { alias repository { fullName } } } }";
const FACETS: &str = "{ facets { total repositories { values { value count } } } }";
const STATS: &str = "{ stats { totalRepositories totalAutomations dataVersion } }";
const EVERYTHING: [&str; 6] = [ANN, EVA, JAN, ALL, FACETS, STATS];

/// Starts a run over all and waits until what it did is answered from.
pub(super) async fn index(app: &TestApp) {
    let start = json!({"query": "mutation { startIndexRun { id } }"});
    answer(app.post().bearer_auth(TOKEN).json(&start)).await.data();
    let last = async || {
        let runs = app.query("{ indexRuns(last: 1) { status } }").await;
        runs.data()["indexRuns"][0]["status"].clone()
    };
    app.until("the run ends", async || last().await != "RUNNING")
        .await;
    assert_eq!(last().await, "COMPLETED");
    app.until_current().await;
}

/// A server that indexed six homes and was asked everything.
struct Rig {
    app: TestApp,
    github: FakeGithub,
}

impl Rig {
    async fn start(database: TestDatabase) -> Self {
        let names = [
            "ann/home", "bob/home", "eva/home", "jan/home", "kim/home", "tom/home",
        ];
        let github = FakeGithub::start(names.map(Repo::new)).await;
        let variables = [&PLAIN[..], &[("GITHUB_API_URL", github.url.as_str())]].concat();
        let rig = Self {
            app: TestApp::start_with(database, &variables).await,
            github,
        };
        index(&rig.app).await;
        for query in EVERYTHING {
            asked(&rig.app, query).await;
            assert_eq!(asked(&rig.app, query).await, "HIT", "{query}");
        }
        rig
    }

    /// After another run these are still kept, and all others are gone.
    async fn expect_kept(&self, kept: &[&str]) {
        index(&self.app).await;
        for query in EVERYTHING {
            let is_hit = asked(&self.app, query).await == "HIT";
            assert_eq!(is_hit, kept.contains(&query), "{query}");
        }
    }

    /// What is counted, and that it is counted of the newest data.
    async fn stats(&self) -> Value {
        let stats = self.app.query(STATS).await.data()["stats"].clone();
        let version = self.app.database.state().await.unwrap().data_version;
        assert_eq!(stats["dataVersion"], version);
        json!([stats["totalRepositories"], stats["totalAutomations"]])
    }
}

on_both_databases! {
    async fn a_run_that_finds_nothing_new_forgets_nothing(database: TestDatabase) {
        let rig = Rig::start(database).await;
        rig.expect_kept(&EVERYTHING).await;
        rig.expect_kept(&EVERYTHING).await;
    }

    async fn a_push_forgets_what_is_not_about_other_repositories_alone(database: TestDatabase) {
        let rig = Rig::start(database).await;
        let two = "- alias: One\n  trigger: []\n  action: []\n- alias: Two\n  trigger: []\n  action: []\n";
        rig.github.world().repo("jan/home").push(&[("automations.yaml", two)]);
        rig.expect_kept(&[ANN, EVA]).await;
        assert_eq!(rig.app.query(JAN).await.data()["search"]["total"], 2);
        assert_eq!(rig.stats().await, json!([6, 7]));
        rig.expect_kept(&EVERYTHING).await;
    }

    async fn another_name_forgets_everything(database: TestDatabase) {
        let rig = Rig::start(database).await;
        rig.github.world().repo("jan/home").rename("jan/house");
        rig.expect_kept(&[]).await;
        assert_eq!(rig.app.query(JAN).await.data()["search"]["total"], 0);
        assert_eq!(rig.stats().await, json!([6, 6]));
    }

    async fn a_repository_that_opted_out_forgets_everything(database: TestDatabase) {
        let rig = Rig::start(database).await;
        rig.github.world().repo("jan/home").topics.clear();
        rig.expect_kept(&[]).await;
        assert_eq!(rig.app.query(JAN).await.data()["search"]["total"], 0);
        assert_eq!(rig.stats().await, json!([5, 5]));
    }

    async fn a_new_repository_forgets_everything(database: TestDatabase) {
        let rig = Rig::start(database).await;
        rig.github.world().add(Repo::new("new/home"));
        rig.expect_kept(&[]).await;
        assert_eq!(rig.app.query(ALL).await.data()["search"]["total"], 7);
        assert_eq!(rig.stats().await, json!([7, 7]));
    }
}
