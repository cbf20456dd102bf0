//! The speed of the catalog on synthetic data: building it, changing it, a page of search, all facets; these on a catalog
//! just built, on one with a repository changed since, and on one with as many changed as it takes before it is built
//! anew.
//!
//! Levels 2 to 4 by default; `CATALOG_LEVELS=5` (or `2,5`) chooses others.

use std::hint::black_box;

use autodex::catalog::{
    AutomationRow, Catalog, CatalogBuilder, FacetQuery, Filter, Order, RepositoryContent, RepositoryRow,
    SearchQuery,
};
use autodex::synth::{Level, Synth};
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};

/// Rows as the database would give them.
struct Rows {
    repositories: Vec<RepositoryRow>,
    automations: Vec<AutomationRow>,
}

fn rows(level: Level) -> Rows {
    let mut rows = Rows {
        repositories: Vec::new(),
        automations: Vec::new(),
    };
    for (id, (repository, automations)) in (1..).zip(Synth::new(level, 42)) {
        rows.repositories.push(RepositoryRow {
            id,
            owner: repository.owner,
            name: repository.name,
            description: repository.description,
            stars: repository.stars,
        });
        for automation in automations {
            let at = i64::try_from(rows.automations.len()).unwrap();
            rows.automations.push(AutomationRow {
                id: at + 1,
                repository: id,
                alias: automation.alias,
                description: automation.description,
                trigger_types: automation.trigger_types,
                action_calls: automation.action_calls,
                blueprint_path: automation.blueprint_path,
                // A scattered order of time.
                indexed_at: at * 7_919 % 1_000_003,
            });
        }
    }
    rows
}

fn build(rows: &Rows) -> Catalog {
    let mut builder = CatalogBuilder::new();
    for row in &rows.repositories {
        builder.repository(row).unwrap();
    }
    for row in &rows.automations {
        builder.automation(row).unwrap();
    }
    builder.build().unwrap()
}

/// Some repositories of the middle, as if each had been indexed anew with a star more.
fn contents(rows: &Rows, count: usize) -> Vec<RepositoryContent> {
    let middle = rows.repositories.len() / 2;
    let mut contents: Vec<_> = rows.repositories[middle..]
        .iter()
        .take(count)
        .map(|row| RepositoryContent {
            repository: RepositoryRow {
                stars: row.stars + 1,
                ..row.clone()
            },
            automations: Vec::new(),
        })
        .collect();
    for row in &rows.automations {
        let at = usize::try_from(row.repository - 1).unwrap();
        if let Some(content) = at.checked_sub(middle).and_then(|at| contents.get_mut(at)) {
            content.automations.push(row.clone());
        }
    }
    contents
}

/// Changed until it is about to want to be built anew.
fn much_changed(catalog: &Catalog, rows: &Rows) -> Catalog {
    let mut changed = catalog.clone();
    for count in (1..).map(|step| step * rows.repositories.len().div_ceil(200)) {
        let next = catalog.changed(contents(rows, count), &[]).unwrap();
        if next.wants_rebuild() {
            return changed;
        }
        changed = next;
    }
    changed
}

fn changes(group: &mut BenchmarkGroup<'_, WallTime>, catalog: &Catalog, rows: &Rows) -> [Catalog; 2] {
    let one = contents(rows, 1);
    let (little, much) = (
        catalog.changed(one.clone(), &[]).unwrap(),
        much_changed(catalog, rows),
    );
    println!(
        "{} automations changed or hidden, and {}",
        little.patched(),
        much.patched()
    );
    group.bench_function("change/one repository", |b| {
        b.iter(|| catalog.changed(one.clone(), &[]).unwrap());
    });
    group.bench_function("change/one repository more", |b| {
        b.iter(|| much.changed(one.clone(), &[]).unwrap());
    });
    [little, much]
}

fn two_filters() -> Filter {
    Filter {
        triggers: vec!["state".into(), "time".into()],
        action_domains: vec!["light".into()],
        ..Filter::default()
    }
}

fn searches(group: &mut BenchmarkGroup<'_, WallTime>, catalog: &Catalog) {
    let none = Filter::default();
    let filters = two_filters();
    let texts = [
        ("one common word", Some("light")),
        ("one rare word", Some("keukenlamp")),
        ("two words", Some("motion light")),
        ("four words", Some("turn on kitchen lamp")),
        ("one letter", Some("e")),
        ("misspelt", Some("temperatrue")),
    ];
    for (name, text) in texts {
        let query = SearchQuery {
            text,
            filter: &none,
            order: Order::Relevance,
            offset: 0,
            limit: 15,
        };
        group.bench_function(format!("search/{name}"), |b| {
            b.iter(|| catalog.search(black_box(&query)));
        });
    }
    let page = SearchQuery {
        text: Some("light"),
        filter: &filters,
        order: Order::Relevance,
        offset: 1_500,
        limit: 15,
    };
    group.bench_function("search/word, two filters, page 101", |b| {
        b.iter(|| catalog.search(black_box(&page)));
    });
    for (name, order) in [("recent", Order::Recent), ("stars", Order::Stars)] {
        let query = SearchQuery {
            text: None,
            filter: &filters,
            order,
            offset: 0,
            limit: 15,
        };
        group.bench_function(format!("search/two filters, {name}"), |b| {
            b.iter(|| catalog.search(black_box(&query)));
        });
    }
}

fn facets(group: &mut BenchmarkGroup<'_, WallTime>, catalog: &Catalog) {
    let none = Filter::default();
    let filters = two_filters();
    let cases: [(&str, Option<&str>, &Filter, Option<&str>); 8] = [
        ("no filter", None, &none, None),
        ("two filters", None, &filters, None),
        ("common word", Some("light"), &none, None),
        ("rare word", Some("keukenlamp"), &none, None),
        ("two words", Some("motion light"), &none, None),
        ("common word, two filters", Some("light"), &filters, None),
        ("one letter", Some("e"), &none, None),
        ("no filter, match", None, &none, Some("li")),
    ];
    for (name, text, filter, matching) in cases {
        let query = FacetQuery {
            text,
            filter,
            top: 20,
            matching,
        };
        group.bench_function(format!("facets/{name}"), |b| {
            b.iter(|| catalog.facets(black_box(&query)));
        });
    }
}

fn catalog(criterion: &mut Criterion) {
    let levels = std::env::var("CATALOG_LEVELS").unwrap_or_else(|_| "2,3,4".to_owned());
    for number in levels
        .split(',')
        .map(|number| number.trim().parse::<u8>().unwrap())
    {
        let rows = rows(Level::try_from(number).unwrap());
        let mut group = criterion.benchmark_group(format!("level {number}"));
        group
            .sample_size(20)
            .bench_function("build", |b| b.iter(|| build(&rows)));
        let catalog = build(&rows);
        let memory = catalog.memory();
        let per = |bytes: usize| bytes / rows.automations.len();
        println!(
            "level {number}: {} bytes of strings, {} others per automation",
            per(memory.strings),
            per(memory.structure)
        );
        let [little, much] = changes(&mut group, &catalog, &rows);
        drop(rows);
        group.finish();
        for (name, catalog) in [
            ("", &catalog),
            (", one changed", &little),
            (", many changed", &much),
        ] {
            let mut group = criterion.benchmark_group(format!("level {number}{name}"));
            group.sample_size(60);
            searches(&mut group, catalog);
            facets(&mut group, catalog);
            group.finish();
        }
    }
}

criterion_group!(benches, catalog);
criterion_main!(benches);
