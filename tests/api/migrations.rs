//! Bringing the schema up to date: any number of times, by any number of processes.

use autodex::app::App;
use autodex::config::{Config, Environment};
use autodex::db::Database;
use futures_util::future::join_all;

use crate::support::{TestDatabase, lamps, on_both_databases, repository, sync};

on_both_databases! {
    async fn what_is_up_to_date_stays_as_it_is(database: TestDatabase) {
        let opened = database.open().await;
        sync(&opened, &repository("a/b", 1), &lamps(2)).await;
        let state = opened.state().await.unwrap();
        opened.migrate().await.unwrap();
        opened.migrate().await.unwrap();
        assert_eq!(opened.state().await.unwrap(), state);
    }

    async fn several_processes_may_start_on_a_new_database_at_once(database: TestDatabase) {
        let opened = join_all((0..6).map(|_| Database::connect(&database.url))).await;
        let opened: Vec<Database> = opened.into_iter().map(Result::unwrap).collect();
        let migrated = join_all(opened.iter().map(Database::migrate)).await;
        let failures: Vec<String> = migrated
            .into_iter()
            .filter_map(|result| Some(result.err()?.to_string()))
            .collect();
        assert_eq!(failures, Vec::<String>::new());
        assert_eq!(opened[0].state().await.unwrap().data_version, 0);
    }

    async fn without_auto_migrate_a_new_database_stops_the_start_and_says_what_to_do(database: TestDatabase) {
        let variables = [("DATABASE_URL", database.url.as_str()), ("AUTO_MIGRATE", "false")];
        let config = Config::read(&Environment::of(variables)).unwrap();
        let message = match App::build(config).await {
            Ok(_) => "it started".to_owned(),
            Err(error) => error.to_string(),
        };
        assert!(message.contains("autodex migrate"), "{message}");
    }
}
