//! What an include brings in, as a place or a view.
//!
//! Invariant: an include is paid for before anything is looked for, so files that include one another many times stay cheap.

use super::include::{Include, Member, find_file, find_folder};
use super::library::{Library, is_secrets};
use super::place::{Field, Look, Place, View};
use super::warning::WarningReason;

/// What following an include is charged, in nodes: files that include one another many times over stay cheap.
const INCLUDE_COST: usize = 64;

impl Place {
    /// What an include brings in.
    pub(super) fn include(&self, library: &mut Library<'_>, include: Include, target: &str) -> Look {
        if !self.pay(library, INCLUDE_COST) {
            return Look::NOTHING;
        }
        if include == Include::File {
            // Of several documents the first is meant: Home Assistant would take none.
            let roots = self.include_file(library, target);
            return roots.first().map_or(Look::NOTHING, |root| root.look(library));
        }
        let Some(members) = find_folder(library, self.site(), target) else {
            self.missing(library, target);
            return Look::NOTHING;
        };
        self.pay(library, members.len());
        let view = match include {
            Include::DirNamed => View::Map(self.named(library, members)),
            Include::DirMergeNamed => View::Map(self.merged_fields(library, members)),
            Include::DirMergeList => View::List(self.merged_items(library, members)),
            Include::DirList | Include::File => View::List(self.items(library, members)),
        };
        Look { place: None, view }
    }

    /// One item a file.
    fn items(&self, library: &mut Library<'_>, members: Vec<Member>) -> Vec<Self> {
        members
            .into_iter()
            .flat_map(|member| self.enter(library, &member.path))
            .collect()
    }

    fn include_file(&self, library: &mut Library<'_>, target: &str) -> Vec<Self> {
        match find_file(library, self.site(), target) {
            Some(path) => self.enter(library, &path),
            None if is_secrets(target) => {
                self.warn(
                    library,
                    WarningReason::SecretsFile {
                        target: target.to_owned(),
                    },
                );
                Vec::new()
            }
            None => {
                self.missing(library, target);
                Vec::new()
            }
        }
    }

    /// One entry a file, under the file's name.
    fn named(&self, library: &mut Library<'_>, members: Vec<Member>) -> Vec<Field> {
        let mut fields = Vec::new();
        for Member { name, path } in members {
            for value in self.enter(library, &path) {
                fields.push(Field {
                    key: name.as_str().into(),
                    value,
                    shadowed: false,
                });
            }
        }
        fields
    }

    /// The entries of the mappings in the files.
    fn merged_fields(&self, library: &mut Library<'_>, members: Vec<Member>) -> Vec<Field> {
        let mut fields = Vec::new();
        for member in members {
            for root in self.enter(library, &member.path) {
                if let View::Map(more) = root.look(library).view {
                    fields.extend(more);
                }
            }
        }
        fields
    }

    /// The items of the lists in the files. A file that holds no list is passed over, as Home Assistant does.
    fn merged_items(&self, library: &mut Library<'_>, members: Vec<Member>) -> Vec<Self> {
        let mut items = Vec::new();
        for member in members {
            for root in self.enter(library, &member.path) {
                if let View::List(more) = root.look(library).view {
                    items.extend(more);
                }
            }
        }
        items
    }

    fn missing(&self, library: &mut Library<'_>, target: &str) {
        self.warn(
            library,
            WarningReason::IncludeMissing {
                target: target.chars().take(200).collect(),
            },
        );
    }
}
