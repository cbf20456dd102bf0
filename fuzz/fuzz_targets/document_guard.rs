//! The document guard: whatever the text, it answers; and what it says of a document that passes is what comes out when
//! the fragments are written out for real.
#![no_main]

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use autodex::config::GraphqlLimits;
use autodex::graphql::measure;
use libfuzzer_sys::fuzz_target;

/// Fields and uses of fragments, and levels, by writing everything out.
fn written_out(document: &ExecutableDocument, set: &SelectionSet) -> (u64, u64) {
    let mut found = (0, 1);
    for item in &set.items {
        let (fields, depth) = match &item.node {
            Selection::Field(field) if field.node.selection_set.node.items.is_empty() => (0, 0),
            Selection::Field(field) => written_out(document, &field.node.selection_set.node),
            Selection::InlineFragment(inline) => written_out(document, &inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => document
                .fragments
                .get(&spread.node.fragment_name.node)
                .map_or((0, 0), |it| written_out(document, &it.node.selection_set.node)),
        };
        found = (found.0 + fields + 1, found.1.max(depth + 1));
    }
    found
}

fuzz_target!(|text: &str| {
    let limits = GraphqlLimits::default();
    let Ok(Ok(measured)) = measure(text, &limits) else { return };
    let document = async_graphql::parser::parse_query(text).expect("it was parsed before");
    let mut whole = (0, 0);
    for (_, operation) in document.operations.iter() {
        let (fields, depth) = written_out(&document, &operation.node.selection_set.node);
        whole = (whole.0 + fields, u64::max(whole.1, depth));
    }
    // Fragments that nothing uses count once more than this.
    assert!(measured.fields >= whole.0 && measured.fields <= limits.fields, "{measured:?} {whole:?}");
    assert!(measured.depth >= whole.1 && measured.depth <= limits.depth, "{measured:?} {whole:?}");
    assert!(measured.tokens <= limits.tokens);
});
