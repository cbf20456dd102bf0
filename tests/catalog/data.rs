//! Random rows and queries out of few letters, words and values, so that they meet often.

use autodex::catalog::{AutomationRow, Catalog, CatalogBuilder, Filter, Order, RepositoryRow};
use proptest::prelude::*;
use proptest::sample::select;

const WORDS: &[&str] = &[
    "a",
    "b",
    "ab",
    "ba",
    "aba",
    "ABAB",
    "lamp",
    "Lampe",
    "keukenlamp",
    "lamp.keuken",
    "lmap",
    "lampen",
    "kitchen",
    "kichten",
    "kitchenlamp",
    "Kitchen_Lamp",
    "turn",
    "turn_on",
    "light.turn_on",
    "light.turn_off",
    "light.trun_on",
    "été",
    "ete",
    "ETE",
    "Straße",
    "strasse",
    "straat",
    "💡",
    "💡lamp",
    "lamp💡",
    "(ab)",
    "...",
    "–",
    "motion-activated",
    "motion_activated",
    "temperature",
    "temperatuur",
    "temprature",
    "Tempreatuur",
    "a.b-c_d.a",
    "x.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.lampen",
    "φως",
    "ΦΩΣ",
    "Øre",
    "%",
    "\0",
    "a\0b",
    "1234",
    "1235",
    "12",
    "uno.dos.tres.cuatro.cinco",
    "dos.tres.cuatro.cnico",
    "uno.dos.tres.cuatro.cnico",
    "tres.cautro",
    "x.a.b.c.d.e.f.g.h.i.j.k.l.m.zonwering.gordijn",
    "x.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.gordijn",
    "zonwernig",
    "gordjin",
    "gordjni",
    "verandah",
    "veradnha",
];
const ACTIONS: &[&str] = &[
    "light.turn_on",
    "light.turn_off",
    "Light.turn_on",
    "light",
    "switch.turn_on",
    "notify.lamp",
    "script.ab",
    "script.été",
    "",
    ".x",
    "a.b.c",
    "scene.💡 lamp",
    "lamp.keuken",
];
const TRIGGERS: &[&str] = &[
    "state",
    "time",
    "sun",
    "State",
    "zone.enter",
    "",
    "numeric_state",
    "lamp\nlampe",
];
const BLUEPRINTS: &[&str] = &[
    "ab/motion_light.yaml",
    "ab/motion-light.yaml",
    "Lamp.yaml",
    "",
    "x/y z.yaml",
    "sta",
];
pub(crate) const OWNERS: &[&str] = &["ab", "Ab", "anna", "lampen"];
pub(crate) const NAMES: &[&str] = &["home", "Home", "ha-config", "a.b"];

/// All rows of a random catalog, in the order they are given to the builder.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    pub(crate) repositories: Vec<RepositoryRow>,
    pub(crate) automations: Vec<AutomationRow>,
}

/// A random question; which parts are used depends on what is asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) text: Option<String>,
    pub(crate) filter: Filter,
    pub(crate) order: Order,
    pub(crate) offset: usize,
    pub(crate) limit: usize,
    pub(crate) top: usize,
    pub(crate) matching: Option<String>,
}

impl Data {
    pub(crate) fn catalog(&self) -> Catalog {
        let mut builder = CatalogBuilder::new();
        self.repositories
            .iter()
            .for_each(|row| builder.repository(row).unwrap());
        self.automations
            .iter()
            .for_each(|row| builder.automation(row).unwrap());
        builder.build().unwrap()
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![6 => select(WORDS).prop_map(String::from), 2 => "[ab]{1,4}", 1 => "[ab._-]{1,9}", 1 => "[ablmp]{4,9}"]
}

fn text(words: usize) -> impl Strategy<Value = String> {
    let separator = select(&[" ", " ", " ", ", ", "\u{a0}", "\n", ""][..]);
    prop::collection::vec((word(), separator), 0..words).prop_map(|words| {
        words
            .into_iter()
            .map(|(word, separator)| word + separator)
            .collect()
    })
}

fn value(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(of).prop_map(String::from)
}

fn values(of: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(value(of), 0..=most)
}

pub(crate) fn repository() -> impl Strategy<Value = RepositoryRow> {
    (value(OWNERS), value(NAMES), prop::option::of(text(4)), 0_u32..3).prop_map(
        |(owner, name, description, stars)| RepositoryRow {
            id: 0,
            owner,
            name,
            description,
            stars,
        },
    )
}

pub(crate) fn automation() -> impl Strategy<Value = AutomationRow> {
    let texts = (
        prop::option::weighted(0.8, text(4)),
        prop::option::weighted(0.5, text(6)),
    );
    let own = (
        values(TRIGGERS, 2),
        values(ACTIONS, 3),
        prop::option::weighted(0.3, value(BLUEPRINTS)),
    );
    (texts, own, 0_i64..4).prop_map(
        |((alias, description), (trigger_types, action_calls, blueprint_path), indexed_at)| AutomationRow {
            alias,
            description,
            trigger_types,
            action_calls,
            blueprint_path,
            indexed_at,
            ..AutomationRow::default()
        },
    )
}

/// Up to `automations` automations; ids are distinct and in no order.
pub(crate) fn data(automations: usize) -> impl Strategy<Value = Data> {
    let repositories = prop::collection::vec(repository(), 1..9);
    let automations = prop::collection::vec((automation(), any::<prop::sample::Index>()), 0..=automations);
    let ids = any::<i64>();
    (repositories, automations, ids).prop_map(|(mut repositories, automations, first)| {
        for (row, at) in repositories.iter_mut().zip(0_i64..) {
            row.id = (at * 3 + 5) % 29 - 7;
        }
        let numbered = automations
            .into_iter()
            .zip(0_i64..)
            .map(|((mut row, owner), at)| {
                // Odd multipliers reach every number: no id comes twice.
                row.id = first.wrapping_add(at.wrapping_mul(0x5851_f42d_4c95_7f2d));
                row.repository = owner.get(&repositories).id;
                row
            });
        let automations = numbered.collect();
        Data {
            repositories,
            automations,
        }
    })
}

fn repository_name() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => (value(OWNERS), value(NAMES)).prop_map(|(owner, name)| format!("{owner}/{name}")),
        1 => select(&["AB/HOME", "ab", "", "nobody/Home", "Nobody/home"][..]).prop_map(String::from),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let lists = |of, unknown: &'static [&'static str]| {
        let value = prop_oneof![9 => value(of), 1 => value(unknown)];
        prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(value, 1..4)]
    };
    let repositories =
        prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(repository_name(), 1..4)];
    let domains: &[&str] = &["light", "Light", "switch", "script", "", "a", "lamp"];
    let unknown: &[&str] = &["unknown", "lamp.unknown"];
    (
        repositories,
        lists(BLUEPRINTS, unknown),
        lists(TRIGGERS, unknown),
        lists(domains, unknown),
        lists(ACTIONS, unknown),
    )
        .prop_map(
            |(repositories, blueprints, triggers, action_domains, actions)| Filter {
                repositories,
                blueprints,
                triggers,
                action_domains,
                actions,
            },
        )
}

pub(crate) fn question() -> impl Strategy<Value = Question> {
    let filter = prop_oneof![1 => Just(Filter::default()), 2 => filter()];
    let text = prop_oneof![2 => Just(None), 3 => word().prop_map(Some), 3 => text(4).prop_map(Some), 1 => "\\PC{0,9}".prop_map(Some)];
    let order = select(&[Order::Relevance, Order::Relevance, Order::Stars, Order::Recent][..]);
    let limit = prop_oneof![8 => 0_usize..9, 1 => Just(usize::MAX)];
    let offset = prop_oneof![4 => Just(0), 4 => 0_usize..40, 1 => 0_usize..2_000, 1 => Just(usize::MAX)];
    let matching =
        prop_oneof![3 => Just(None), 1 => word().prop_map(Some), 2 => "[ aet./]{0,3}".prop_map(Some)];
    (text, filter, order, offset, limit, 0_usize..7, matching).prop_map(
        |(text, filter, order, offset, limit, top, matching)| Question {
            text,
            filter,
            order,
            offset,
            limit,
            top,
            matching,
        },
    )
}
