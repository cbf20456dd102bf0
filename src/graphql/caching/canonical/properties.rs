//! Whatever the document, its digest is the same each time, however it is spaced, and another once it asks for something
//! else. The same as the fuzz target `canonical_key` asks, in the ordinary tests.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Tokens of a document: a few fields, with or without arguments, in some order.
fn tokens() -> impl Strategy<Value = Vec<String>> {
    let field = (0..4_u8, 0..50_u32).prop_map(|(kind, number)| match kind {
        0 => format!("a{number} : search ( page : {number} ) {{ total }}"),
        1 => format!("b{number} : facets ( match : $text ) {{ total }}"),
        2 => format!("c{number} : stats {{ ... on Stats {{ dataVersion }} }}"),
        _ => "...F".to_owned(),
    });
    prop::collection::vec(field, 1..6).prop_map(|fields| {
        let fields = fields.join(" ");
        let text = format!(
            "query ( $text : String ) {{ {fields} }} fragment F on Query {{ stats {{ dataVersion }} }}"
        );
        text.split(' ').map(str::to_owned).collect()
    })
}

fn digest_with(text: &str, variables: serde_json::Value) -> Digest {
    digest_of(
        &KeySpace::new(b"", 0),
        text,
        None,
        &Variables::from_json(variables),
    )
    .unwrap()
}

proptest! {
    #[test]
    fn space_and_comments_change_nothing(tokens in tokens(), gaps in prop::collection::vec(0..6_usize, 200)) {
        let plain = tokens.join(" ");
        let gap = |at: usize| [" ", "\n", ",", "\t,,\r\n", " # a comment {\n", "\u{feff} "][gaps[at % gaps.len()]];
        // The parser takes white space there, and nothing else.
        let after = |at: usize, token: &str| if token == "on" { " " } else { gap(at) };
        let spaced: Vec<String> = tokens.iter().enumerate().map(|(at, it)| format!("{it}{}", after(at, it))).collect();
        let spaced = spaced.concat();
        let variables = || json!({"text": "lamp"});
        prop_assert_eq!(digest_with(&plain, variables()), digest_with(&spaced, variables()));
    }

    #[test]
    fn another_field_or_another_value_changes_it(tokens in tokens(), word in "[a-z]{1,8}") {
        let plain = tokens.join(" ");
        let digest = digest_with(&plain, json!({"text": "lamp"}));
        let more = plain.replacen('{', "{ another : stats { dataVersion }", 1);
        prop_assert_ne!(digest, digest_with(&more, json!({"text": "lamp"})));
        let asks_by_text = plain.contains("$text )");
        let other = digest_with(&plain, json!({"text": format!("lamp{word}")}));
        prop_assert_eq!(digest != other, asks_by_text);
    }
}
