//! Picking from answers.

use serde_json::Value;

/// One text field of every object in a list.
#[track_caller]
pub(crate) fn texts(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("no list but {list:#}"));
    items
        .iter()
        .map(|item| item[field].as_str().unwrap_or_default().to_owned())
        .collect()
}
