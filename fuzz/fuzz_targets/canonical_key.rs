//! The canonical key: whatever the document and the variables, it is made; it is the same each time, and neither white
//! space nor comments change it.
#![no_main]

use async_graphql::Variables;
use autodex::cache::KeySpace;
use autodex::config::GraphqlLimits;
use autodex::graphql::{digest_of, measure};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (text, variables) = input;
    if !matches!(measure(text, &GraphqlLimits::default()), Ok(Ok(_))) {
        return;
    }
    let variables = match serde_json::from_str::<serde_json::Value>(variables) {
        Ok(value) => Variables::from_json(value),
        Err(_) => Variables::default(),
    };
    let space = KeySpace::new(b"fuzz", 0);
    let digest = digest_of(&space, text, None, &variables);
    assert_eq!(digest, digest_of(&space, text, None, &variables));
    // Within a string white space is text, and in a comment it may end it.
    if !text.contains(['"', '#']) {
        let spaced = format!("# hello {{\n{}\n, # the end", text.replace('{', ",{ # {\n"));
        assert_eq!(digest, digest_of(&space, &spaced, None, &variables), "{spaced}");
    }
});
