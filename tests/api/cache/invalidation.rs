//! What a change of the index makes forgotten: all it may have changed, and nothing else. Hits and misses are counted, and
//! every answer is held against that of a server without a cache.

use autodex::indexer;
use autodex::model::{Automation, Repository};
use serde_json::json;

use super::{PLAIN, TOKEN, asked};
use crate::support::{TestApp, TestDatabase, answer, automation, lamps, on_both_databases, repository, sync};

/// About one repository and nothing else.
const ANN: [&str; 4] = [
    "{ repository(owner: \"ann\", name: \"home\") { fullName stars automationCount automations { total results { id alias } } } }",
    "{ search(filter: {repositories: [\"Ann/Home\"]}) { total results { alias startLine repository { stars } } } }",
    "{ search(filter: {repositories: [\"ann/home\"], triggers: [\"time\"]}, orderBy: STARS) { total results { id indexedAt } } }",
    "{ facets(filter: {repositories: [\"ann/home\"]}) { total triggers { values { value count } } } }",
];
const JAN: [&str; 4] = [
    "{ repository(owner: \"JAN\", name: \"huis\") { fullName stars automationCount automations { total results { id alias } } } }",
    "{ search(filter: {repositories: [\"jan/huis\"]}) { total results { alias startLine repository { fullName stars } } } }",
    "{ search(filter: {repositories: [\"ann/home\", \"jan/huis\"]}, orderBy: STARS) { total results { alias repository { stars } } } }",
    "{ facets(filter: {repositories: [\"ann/home\", \"jan/huis\"]}) { total actions { totalValues values { value count } } } }",
];
/// About all there is: so is a word, which is misspelt only if nobody has it, and so is a count of repositories.
const ALL: [&str; 10] = [
    "{ search { total results { alias } } }",
    "{ search(orderBy: STARS, perPage: 2) { results { alias repository { stars } } } }",
    "{ search(text: \"keukenlamp\") { total results { alias } } }",
    "{ search(text: \"keukenlmap\", filter: {repositories: [\"ann/home\"]}) { total } }",
    "{ facets { total repositories { totalValues values { value count repository { stars } } } triggers { values { value count } } } }",
    "{ facets(filter: {repositories: [\"ann/home\"]}) { total repositories { values { value count selected } } } }",
    "{ facets(text: \"lamp\", filter: {repositories: [\"ann/home\"]}) { total } }",
    "{ stats { totalRepositories totalAutomations totalTriggers totalActions dataVersion updatedAt lastIndexedAt } }",
    "{ automation(id: 1) { alias repository { stars } } }",
    "{ repository(owner: \"ann\", name: \"home\") { stars } stats { dataVersion } }",
];

fn jan() -> (Repository, Vec<Automation>) {
    let more = (1..9).map(|number| automation(&format!("Lamp {number}"), "sun", "light.turn_on"));
    let mut automations = vec![automation("Keukenlamp aan", "state", "light.turn_on")];
    automations.extend(more);
    (repository("jan/huis", 7), automations)
}

fn homes() -> Vec<(Repository, Vec<Automation>)> {
    vec![
        (
            repository("ann/home", 3),
            vec![automation("Wake up", "time", "media_player.play_media")],
        ),
        jan(),
        (repository("eva/casa", 5), lamps(2)),
        (repository("bob/flat", 1), lamps(1)),
        (repository("kim/loft", 0), Vec::new()),
    ]
}

/// A server that has been asked everything, and one without a cache.
struct Rig {
    app: TestApp,
    plain: TestApp,
}

impl Rig {
    async fn start(database: TestDatabase) -> Self {
        let database = database.filled(&homes()).await;
        let off = [
            ("CACHE_SEARCH_ENABLED", "false"),
            ("CACHE_FACETS_ENABLED", "false"),
            ("CACHE_STATS_ENABLED", "false"),
        ];
        let plain = TestApp::start_with(database.twin(), &off).await;
        let app = TestApp::start_with(database, &PLAIN).await;
        let rig = Self { app, plain };
        rig.fill().await;
        rig
    }

    async fn fill(&self) {
        self.app.until_current().await;
        for query in everything() {
            asked(&self.app, query).await;
            assert_eq!(asked(&self.app, query).await, "HIT", "{query}");
        }
    }

    /// What a repository holds from now on.
    async fn write(&self, (repository, automations): &(Repository, Vec<Automation>)) {
        sync(&self.app.database, repository, automations).await;
    }

    /// Memory hits and misses of whole answers, for users.
    async fn counts(&self) -> (u64, u64) {
        let query = "{ cacheStats { scopes { scope user { memoryHits misses } } } }";
        let stats = answer(self.app.post().bearer_auth(TOKEN).json(&json!({"query": query}))).await;
        let of_responses = &stats.data()["cacheStats"]["scopes"][3];
        assert_eq!(of_responses["scope"], "response");
        let count = |name: &str| of_responses["user"][name].as_u64().unwrap();
        (count("memoryHits"), count("misses"))
    }

    /// Once the change is taken up, these are still kept, and all others are gone; and all are right.
    async fn expect_kept(&self, kept: &[&str]) {
        self.app.until_current().await;
        self.plain.until_current().await;
        let before = self.counts().await;
        for query in everything() {
            let is_hit = asked(&self.app, query).await == "HIT";
            assert_eq!(is_hit, kept.contains(&query), "{query}");
        }
        let after = self.counts().await;
        let gone = everything().count() - kept.len();
        assert_eq!(
            (after.0 - before.0, after.1 - before.1),
            (kept.len() as u64, gone as u64),
            "hits and misses"
        );
        for query in everything() {
            assert_eq!(
                self.app.text(query).await,
                self.plain.text(query).await,
                "{query}"
            );
        }
    }
}

fn everything() -> impl Iterator<Item = &'static str> {
    ANN.into_iter().chain(JAN).chain(ALL)
}

on_both_databases! {
    async fn nothing_changed_and_everything_is_kept(database: TestDatabase) {
        let rig = Rig::start(database).await;
        for home in homes() {
            rig.write(&home).await;
        }
        let all: Vec<&str> = everything().collect();
        rig.expect_kept(&all).await;
    }

    async fn one_automation_of_many_is_another(database: TestDatabase) {
        let rig = Rig::start(database).await;
        let (repository, mut automations) = jan();
        automations[4] = automation("Lamp 4", "time", "light.turn_off");
        rig.write(&(repository, automations)).await;
        rig.expect_kept(&ANN).await;
    }

    async fn an_automation_only_moved_to_other_lines(database: TestDatabase) {
        let rig = Rig::start(database).await;
        let (repository, mut automations) = jan();
        automations[0].start_line = Some(40);
        rig.write(&(repository, automations)).await;
        rig.expect_kept(&ANN).await;
    }

    async fn a_repository_has_another_star(database: TestDatabase) {
        let rig = Rig::start(database).await;
        rig.write(&(repository("jan/huis", 1), jan().1)).await;
        rig.expect_kept(&ANN).await;
    }

    async fn a_repository_is_spelt_and_described_otherwise(database: TestDatabase) {
        let rig = Rig::start(database).await;
        let described = Repository { description: Some("Zonwering".into()), ..repository("Jan/Huis", 7) };
        rig.write(&(described, jan().1)).await;
        rig.expect_kept(&ANN).await;
    }

    async fn a_repository_has_its_last_automation_taken_away(database: TestDatabase) {
        let rig = Rig::start(database).await;
        rig.write(&(repository("jan/huis", 7), Vec::new())).await;
        rig.expect_kept(&ANN).await;
        rig.write(&jan()).await;
        rig.expect_kept(&ANN).await;
    }

    async fn a_repository_comes(database: TestDatabase) {
        let rig = Rig::start(database).await;
        rig.write(&(repository("new/home", 9), lamps(1))).await;
        rig.expect_kept(&[]).await;
    }

    async fn a_repository_goes(database: TestDatabase) {
        let rig = Rig::start(database).await;
        let mut writer = rig.app.database.write().await.unwrap();
        assert!(writer.remove(&"jan/huis".parse().unwrap()).await.unwrap());
        writer.commit().await.unwrap();
        rig.expect_kept(&[]).await;
        let answer = rig.app.query(JAN[0]).await;
        assert!(answer.data()["repository"].is_null(), "{answer:?}");
        assert_eq!(rig.app.query(JAN[1]).await.data()["search"]["total"], 0);
        assert_eq!(rig.app.query(JAN[2]).await.data()["search"]["total"], 1);
    }

    async fn a_run_over_many_repositories_of_which_one_changed(database: TestDatabase) {
        let rig = Rig::start(database).await;
        let tree = Tree::new();
        assert_eq!(tree.index(&rig.app).await.added, 20);
        rig.fill().await;
        let before = rig.app.database.state().await.unwrap().data_version;

        assert_eq!(tree.index(&rig.app).await.added, 0);
        assert_eq!(rig.app.database.state().await.unwrap().data_version, before, "an idle run is none");
        tree.write("owner/home7", "Another");
        let summary = tree.index(&rig.app).await;
        assert_eq!((summary.repositories, summary.added + summary.updated), (20, 1));
        assert_eq!(rig.app.database.state().await.unwrap().data_version, before + 1);
        let kept: Vec<&str> = ANN.into_iter().chain(JAN).collect();
        rig.expect_kept(&kept).await;
    }

    async fn so_much_has_changed_that_the_catalog_is_built_anew(database: TestDatabase) {
        let rig = Rig::start(database).await;
        rig.write(&(repository("eva/casa", 5), lamps(1_100))).await;
        rig.app.until_current().await;
        rig.app.until("the catalog is built anew", async || patched(&rig.app).await == 0).await;
        let kept: Vec<&str> = ANN.into_iter().chain(JAN).collect();
        rig.expect_kept(&kept).await;

        rig.write(&(repository("jan/huis", 1), jan().1)).await;
        rig.app.until_current().await;
        assert_eq!(patched(&rig.app).await, 18, "nine automations, once hidden and once beside the rest");
        rig.expect_kept(&ANN).await;
    }
}

/// How many automations the catalog keeps apart, or hides, because they changed since it was built.
async fn patched(app: &TestApp) -> u64 {
    let metrics = app.get("/metrics").await.text().await.unwrap();
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("autodex_catalog_patched_automations "));
    line.unwrap().parse().unwrap()
}

/// Twenty configurations in folders.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for number in 0..20 {
            tree.write(&format!("owner/home{number}"), "One");
        }
        tree
    }

    /// The only automation of a configuration.
    fn write(&self, name: &str, alias: &str) {
        let folder = self.0.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let yaml = format!(
            "- alias: {alias}\n  trigger:\n    - platform: sun\n  action:\n    - service: light.turn_on\n"
        );
        std::fs::write(folder.join("automations.yaml"), yaml).unwrap();
    }

    async fn index(&self, app: &TestApp) -> indexer::Summary {
        let candidates = indexer::tree(self.0.path()).unwrap();
        let summary = indexer::run(&app.database, candidates, |_| {}).await;
        assert_eq!(summary.failed, 0);
        summary
    }
}
