//! The guard as a whole: what passes, and which limit stops what.

use super::*;
use crate::graphql::guard::{check_cost, check_text, measure as measured};

fn limits() -> GraphqlLimits {
    GraphqlLimits::default()
}

fn checked(query: &str) -> Result<(), Refused> {
    measured(query, &limits()).map(|parsed| assert!(parsed.is_ok(), "{query} is not GraphQL"))
}

/// Which limit a query goes over, and with what value.
#[track_caller]
fn over(query: &str) -> (Limit, u64) {
    match checked(query) {
        Err(Refused::Over { limit, value, .. }) => (limit, value),
        other => panic!("{other:?}"),
    }
}

/// A chain of fragments, each of which spreads the next so many times.
fn chain(length: usize, spreads: usize) -> String {
    let mut links = Vec::new();
    for i in 0..length {
        let next = format!("...f{} ", i + 1).repeat(spreads);
        links.push(format!("fragment f{i} on Query {{ {next} }}"));
    }
    format!(
        "{{ ...f0 }} {} fragment f{length} on Query {{ stats {{ dataVersion }} }}",
        links.join(" ")
    )
}

#[test]
fn what_people_ask_passes() {
    assert_eq!(
        checked("{ search { results { repository { automations { results { alias } } } } } }"),
        Ok(())
    );
    assert_eq!(checked(&chain(20, 1)), Ok(()));
}

#[test]
fn what_a_document_comes_to_is_told() {
    let query = "{ ...F ...F a: stats @skip(if: false) { dataVersion } } fragment F on Query { stats { dataVersion } }";
    let measured = measured(query, &limits()).unwrap().unwrap();
    assert_eq!((measured.fields, measured.depth), (2 * 3 + 2, 3));
}

#[test]
fn a_bomb_is_refused_in_its_chained_and_in_its_wide_form() {
    assert_eq!(over(&chain(20, 2)), (Limit::RootFields, 2_u64.pow(20)));
    assert_eq!(over(&chain(9, 9)), (Limit::RootFields, 9_u64.pow(9)));
    assert_eq!(over(&chain(28, 20)), (Limit::RootFields, u64::MAX));
    assert_eq!(over(&chain(90, 2)).0, Limit::Depth);
    // Below the top: the spreads of each link, the last one's two fields as often as it is spread, and the field above.
    let deeper = chain(20, 2).replacen("{ ...f0 }", "{ stats { ...f0 } }", 1);
    assert_eq!(over(&deeper), (Limit::Fields, 2_u64.pow(22)));
    assert_eq!(
        over(&chain(5_000, 2)),
        (Limit::Bytes, chain(5_000, 2).len() as u64)
    );
    let wide = format!("{{ {} }}", "...f ".repeat(1_500)) + " fragment f on Query { __typename }";
    assert_eq!(over(&wide).0, Limit::RootFields);
    let wide =
        format!("{{ stats {{ {} }} }}", "...f ".repeat(1_500)) + " fragment f on Stats { dataVersion }";
    assert_eq!(over(&wide), (Limit::Fields, 3_001));
}

#[test]
fn a_bomb_in_an_operation_that_is_not_run_or_in_a_fragment_that_is_not_used_is_refused_too() {
    let bomb = chain(20, 2);
    let unused = bomb.replacen("{ ...f0 }", "{ __typename }", 1);
    assert_eq!(over(&unused).0, Limit::Fields);
    let not_run = bomb.replacen("{ ...f0 }", "query A { __typename } query B { ...f0 }", 1);
    assert_eq!(over(&not_run).0, Limit::RootFields);
}

#[test]
fn measuring_goes_through_each_fragment_once_whatever_it_comes_to() {
    let work = |query: &str| {
        let document = async_graphql::parser::parse_query(query).unwrap();
        let mut measuring = Measuring {
            fragments: &document.fragments,
            max_depth: 1_000,
            measured: HashMap::new(),
            visited: 0,
        };
        for (_, operation) in document.operations.iter() {
            measuring.operation(&operation.node).unwrap();
        }
        measuring.visited
    };
    // One for the operation, two a link, two for the last fragment.
    for length in [10, 100, 200] {
        assert_eq!(work(&chain(length, 2)), 1 + 2 * length as u64 + 2);
    }
    assert_eq!(work(&chain(20, 50)), 1 + 50 * 20 + 2);
}

#[test]
fn what_has_no_end_is_named() {
    let endless = |query| match checked(query) {
        Err(Refused::Endless { fragment }) => fragment,
        other => panic!("{other:?}"),
    };
    assert_eq!(endless("{ ...F } fragment F on Query { ...F }"), "F");
    assert_eq!(
        endless("{ __typename } fragment F on Query { ... { ...F } }"),
        "F"
    );
    endless("{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }");
}

/// The largest of its kind that passes, and the first that does not.
#[track_caller]
fn passes_up_to(limit: Limit, bound: u64, query: impl Fn(u64) -> String) {
    assert_eq!(checked(&query(bound)), Ok(()), "{limit:?}");
    assert_eq!(over(&query(bound + 1)), (limit, bound + 1), "{limit:?}");
}

fn times(count: u64, text: impl Fn(u64) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_limit_lets_its_bound_pass_and_no_more() {
    let bound = limits();
    passes_up_to(Limit::Bytes, bound.bytes, |n| {
        let padding = usize::try_from(n).unwrap() - "{ __typename }".len();
        format!("{{ __typename }}{}", " ".repeat(padding))
    });
    passes_up_to(Limit::Tokens, bound.tokens, |n| {
        format!(
            "{{ search(filter: {{triggers: [{}]}}) {{ total }} }}",
            times(n - 16, |_| "1".into())
        )
    });
    passes_up_to(Limit::Depth, bound.depth, |n| {
        let inner = usize::try_from(n).unwrap() - 1;
        format!("{{ {} a {} }}", "a {".repeat(inner), "}".repeat(inner))
    });
    passes_up_to(Limit::Fields, bound.fields, |n| {
        format!("{{ stats {{ {} }} }}", times(n - 1, |_| "dataVersion".into()))
    });
    passes_up_to(Limit::Aliases, bound.aliases, |n| {
        format!("{{ stats {{ {} }} }}", times(n, |i| format!("a{i}: dataVersion")))
    });
    passes_up_to(Limit::RootFields, bound.root_fields, |n| {
        format!("{{ {} }}", times(n, |_| "__typename".into()))
    });
    passes_up_to(Limit::Directives, bound.directives, |n| {
        format!("{{ __typename {} }}", times(n, |_| "@skip(if: false)".into()))
    });
    passes_up_to(Limit::Fragments, bound.fragments, |n| {
        let fragments = times(n, |i| format!("fragment f{i} on Query {{ __typename }}"));
        format!("{{ __typename }} {fragments}")
    });
}

#[test]
fn directives_count_wherever_they_stand() {
    let many = times(limits().directives, |_| "@a".into());
    for query in [
        format!("query {many} @a {{ __typename }}"),
        format!("query($a: Int @a {many}) {{ __typename }}"),
        format!("{{ ... @a {many} {{ __typename }} }}"),
        format!("{{ ...F @a {many} }} fragment F on Query {{ __typename }}"),
        format!("{{ ...F }} fragment F on Query {many} @a {{ __typename }}"),
    ] {
        assert_eq!(
            over(&query),
            (Limit::Directives, limits().directives + 1),
            "{query}"
        );
    }
}

#[test]
fn nesting_that_would_end_the_parser_never_reaches_it() {
    let no_other = GraphqlLimits {
        bytes: u64::MAX,
        tokens: u64::MAX,
        ..limits()
    };
    for (start, again) in [
        ("", "{ a "),
        ("", "{ ... on Query "),
        ("{ a(b: ", "["),
        ("{ a(b: ", "{c: "),
        ("query($a: ", "["),
        ("query($a: A = ", "[{b: "),
        ("{ a @b(c: ", "["),
    ] {
        let deep = format!("{start}{}", again.repeat(100_000));
        let refused = check_text(&deep, &no_other).unwrap_err();
        let depth = Refused::Over {
            limit: Limit::Depth,
            value: 33,
            bound: 32,
        };
        assert_eq!(refused, depth, "{start}{again}");
    }
}

#[test]
fn a_refusal_names_limit_value_and_bound() {
    let refused = checked(&format!("{{ {} }}", "__typename ".repeat(21))).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the query has 21 fields at the top of an operation; at most 20 are allowed"
    );
    let refused = checked(&format!("{{ {} a {} }}", "a {".repeat(40), "}".repeat(40))).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the query has 33 or more levels of nesting, its fragments written out; at most 32 are allowed"
    );
}

/// The introspection that editors and code generators send, with all that they may ask for: `levels` of wrapped types.
fn introspection(levels: usize) -> String {
    let wrapped = "ofType { kind name ".repeat(levels) + &"} ".repeat(levels);
    format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} mutationType {{ name kind }}
           subscriptionType {{ name kind }} types {{ ...FullType }}
           directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description specifiedByURL isOneOf
           fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ ...InputValue }}
             type {{ ...TypeRef }} isDeprecated deprecationReason }}
           inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }}
           enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
           possibleTypes {{ ...TypeRef }} }}
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue isDeprecated
           deprecationReason }}
         fragment TypeRef on __Type {{ kind name {wrapped} }}"
    )
}

#[test]
fn the_introspection_of_every_client_passes() {
    for levels in [3, 7, 9, 12] {
        let query = introspection(levels);
        assert_eq!(checked(&query), Ok(()), "{levels}");
        let document = async_graphql::parser::parse_query(&query).unwrap();
        let operation = &crate::graphql::finish::chosen(&document, None).unwrap().node;
        let cost = check_cost(
            &document,
            operation,
            &async_graphql::Variables::default(),
            &limits(),
        );
        assert!(cost.is_ok(), "{levels}: {cost:?}");
    }
}

#[test]
fn introspection_that_goes_round_in_circles_costs_too_much() {
    let mut query = "name".to_owned();
    for _ in 0..4 {
        query = format!("fields {{ type {{ {query} }} }}");
    }
    let query = format!("{{ __schema {{ types {{ {query} }} }} }}");
    assert_eq!(checked(&query), Ok(()));
    let document = async_graphql::parser::parse_query(&query).unwrap();
    let operation = &crate::graphql::finish::chosen(&document, None).unwrap().node;
    let cost = check_cost(
        &document,
        operation,
        &async_graphql::Variables::default(),
        &limits(),
    );
    assert!(
        matches!(
            cost,
            Err(Refused::Over {
                limit: Limit::Complexity,
                ..
            })
        ),
        "{cost:?}"
    );
}
