//! The mappings that are automations, among everything a value holds.
//!
//! Invariant: a node is found at most once, however many includes and aliases lead to it.

use std::collections::HashSet;

use super::library::Library;
use super::place::{Place, View};
use super::shape::{Shape, shape};
use super::yaml::NodeId;

/// The automations found so far, and the nodes already looked at.
#[derive(Debug, Default)]
pub(super) struct Found {
    automations: Vec<Place>,
    known: HashSet<(usize, NodeId)>,
    seen: HashSet<(usize, NodeId, Shape)>,
}

impl Found {
    /// The automations, in the order they were found.
    pub(super) fn into_automations(self) -> Vec<Place> {
        self.automations
    }

    /// Takes every automation a value holds: a list of them, a single one, lists in lists, or a mapping from names to
    /// them. A mapping counts as an automation from the shape `least` on; below a name it must be a plain one.
    pub(super) fn collect(&mut self, library: &mut Library<'_>, value: &Place, least: Shape) {
        let mut waiting = vec![(value.clone(), least)];
        while let Some((place, least)) = waiting.pop() {
            if !self.seen.insert((place.identity().0, place.identity().1, least)) {
                continue;
            }
            let look = place.look(library);
            match look.view {
                View::List(items) => waiting.extend(items.into_iter().map(|item| (item, least))),
                View::Map(fields) => match look.place.map(|place| (place, shape(&fields))) {
                    Some((place, found)) if found >= least => self.add(place),
                    None | Some((_, Shape::Other)) => {
                        waiting.extend(fields.into_iter().map(|field| (field.value, Shape::Plain)));
                    }
                    // What has part of an automation has no automations as its parts.
                    Some(_) => {}
                },
                View::Text(_) | View::Nothing => {}
            }
        }
    }

    /// Adds an automation, unless it is known.
    fn add(&mut self, place: Place) {
        if self.known.insert(place.identity()) {
            self.automations.push(place);
        }
    }
}
