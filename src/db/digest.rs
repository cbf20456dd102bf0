//! A digest of what an automation says, to tell a changed one from an unchanged one without reading its text.

use crate::model::Automation;

/// 128 bits: two different automations of one repository never share it, by accident or by design.
pub(super) type Digest = [u8; 16];

/// Hashes all an automation says, and nothing of where it stands: a file that was moved, or lines inserted above,
/// leave the digest as it was. Every part is preceded by its length, so that no two lists of parts run into one.
pub(super) fn content_digest(automation: &Automation) -> Digest {
    let Automation {
        automation_id,
        alias,
        description,
        trigger_types,
        action_calls,
        blueprint_path,
        source_file_path: _,
        start_line: _,
        end_line: _,
        source,
    } = automation;
    let mut hasher = blake3::Hasher::new();
    for text in [automation_id, alias, description, blueprint_path, source] {
        add_list(&mut hasher, text.as_slice());
    }
    add_list(&mut hasher, trigger_types);
    add_list(&mut hasher, action_calls);
    let mut digest = Digest::default();
    digest.copy_from_slice(&hasher.finalize().as_bytes()[..size_of::<Digest>()]);
    digest
}

fn add_list(hasher: &mut blake3::Hasher, list: &[String]) {
    hasher.update(&list.len().to_le_bytes());
    for text in list {
        hasher.update(&text.len().to_le_bytes());
        hasher.update(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(alias: Option<&str>, description: Option<&str>) -> Automation {
        Automation {
            alias: alias.map(String::from),
            description: description.map(String::from),
            ..Automation::default()
        }
    }

    #[test]
    fn a_move_leaves_the_digest_as_it_was() {
        let moved = Automation {
            source_file_path: "packages/hall.yaml".into(),
            start_line: Some(7),
            end_line: Some(9),
            ..named(Some("Hall light"), None)
        };
        assert_eq!(
            content_digest(&moved),
            content_digest(&named(Some("Hall light"), None))
        );
    }

    #[test]
    fn the_same_words_in_another_field_give_another_digest() {
        let digests = [
            content_digest(&named(Some("a"), None)),
            content_digest(&named(None, Some("a"))),
            content_digest(&named(Some(""), Some("a"))),
            content_digest(&named(None, None)),
        ];
        for (i, one) in digests.iter().enumerate() {
            assert!(digests[i + 1..].iter().all(|other| other != one));
        }
    }
}
