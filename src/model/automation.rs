//! One automation, as read from a configuration file.

use serde::{Deserialize, Serialize};

/// A Home Assistant automation: what it is called, what starts it, what it calls, and where it stands.
///
/// The serialised form (camelCase) is that of the GraphQL type of the same name, and of an export line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Automation {
    /// The `id:` its author (or Home Assistant's editor) gave it: stable across edits, unique only by convention.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automation_id: Option<String>,
    /// Its name, as people see it.
    #[serde(default)]
    pub alias: Option<String>,
    /// What it is for, in its author's words.
    #[serde(default)]
    pub description: Option<String>,
    /// The kinds of its triggers (`state`, `time`, `zone.occupancy_detected`), each once, in the order written.
    #[serde(default)]
    pub trigger_types: Vec<String>,
    /// The actions it calls by a literal name (`light.turn_on`), each once, sorted.
    #[serde(default)]
    pub action_calls: Vec<String>,
    /// The blueprint it is made from, as written (`homeassistant/motion_light.yaml`).
    #[serde(default)]
    pub blueprint_path: Option<String>,
    /// The file it stands in, relative to the repository's root, with `/` between the parts.
    pub source_file_path: String,
    /// The line of its first key, from 1.
    #[serde(default)]
    pub start_line: Option<u32>,
    /// The last line that holds any of it, from 1.
    #[serde(default)]
    pub end_line: Option<u32>,
    /// Its YAML text, credentials masked.
    #[serde(default)]
    pub source: Option<String>,
}

impl Automation {
    /// The domains of its action calls (`light` of `light.turn_on`), each once, sorted.
    pub fn action_domains(&self) -> Vec<&str> {
        let mut domains: Vec<&str> = self.action_calls.iter().map(|call| domain_of(call)).collect();
        domains.sort_unstable();
        domains.dedup();
        domains
    }
}

/// The domain of an action call: what stands before its first dot.
fn domain_of(call: &str) -> &str {
    call.split_once('.').map_or(call, |(domain, _)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_sorted_and_each_named_once() {
        let calls = ["notify.mobile_app", "light.turn_off", "light.turn_on"];
        let automation = Automation {
            action_calls: calls.map(String::from).to_vec(),
            ..Automation::default()
        };
        assert_eq!(automation.action_domains(), ["light", "notify"]);
    }
}
