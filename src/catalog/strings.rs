//! Many short texts in one buffer: two allocations for all of them, and one scan to search them all.

use memchr::memmem;

/// Texts numbered from 0, each followed by a line feed, so that (but for texts with line feeds) no search crosses
/// from one to the next. Where one does cross, it is seen by the ends, so any text is allowed.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    text: String,
    /// Where each text ends, before its line feed.
    ends: Vec<u32>,
}

/// What to do after an occurrence.
pub(super) enum Next {
    /// Look for more in the same text.
    Occurrence,
    /// Go on behind this text.
    Text,
}

impl Strings {
    /// Appends a text; `None` if the buffer would pass 4 GiB.
    pub(super) fn push(&mut self, text: &str) -> Option<()> {
        let end = u32::try_from(self.text.len() + text.len())
            .ok()
            .filter(|&end| end < u32::MAX)?;
        self.text.push_str(text);
        self.text.push('\n');
        self.ends.push(end);
        Some(())
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, at: usize) -> &str {
        &self.text[self.start(at)..self.ends[at] as usize]
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The whole buffer: a text starts at [`Self::start`].
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn start(&self, at: usize) -> usize {
        if at == 0 {
            0
        } else {
            self.ends[at - 1] as usize + 1
        }
    }

    /// The number of the text that holds the byte at `position` (or ends there), at or after text `from`.
    pub(super) fn holding(&self, position: usize, from: usize) -> usize {
        let ends = &self.ends[from..];
        // Occurrences come in ascending order and often close together: double the step, then halve it.
        let mut step = 1;
        while step < ends.len() && (ends[step - 1] as usize) < position {
            step *= 2;
        }
        let low = step / 2;
        let high = step.min(ends.len());
        from + low + ends[low..high].partition_point(|&end| (end as usize) < position)
    }

    /// Calls `visit` with each occurrence of `needle` (not empty), in order: the text's number, the byte in it.
    pub(super) fn occurrences(&self, needle: &str, mut visit: impl FnMut(usize, usize) -> Next) {
        let finder = memmem::Finder::new(needle);
        let bytes = self.text.as_bytes();
        let (mut from, mut at) = (0, 0);
        while let Some(found) = bytes.get(from..).and_then(|rest| finder.find(rest)) {
            let position = from + found;
            at = self.holding(position, at);
            let (start, end) = (self.start(at), self.ends[at] as usize);
            let crosses = position + needle.len() > end;
            from = if crosses || matches!(visit(at, position - start), Next::Occurrence) {
                position + 1
            } else {
                end + 1
            };
        }
    }

    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Heap bytes of the texts, and of their bounds.
    pub(super) fn memory(&self) -> (usize, usize) {
        (self.text.capacity(), self.ends.capacity() * size_of::<u32>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn occurrences_are_those_of_each_text_alone(
            texts in prop::collection::vec("[ab\né]{0,6}", 0..40),
            needle in "[ab\né]{1,3}",
        ) {
            let mut strings = Strings::default();
            for text in &texts {
                strings.push(text).unwrap();
            }
            let mut found = Vec::new();
            strings.occurrences(&needle, |at, byte| {
                found.push((at, byte));
                Next::Occurrence
            });
            let starts = |text: &str| {
                (0..text.len()).filter(|&at| text.as_bytes()[at..].starts_with(needle.as_bytes())).collect::<Vec<_>>()
            };
            let expected: Vec<_> =
                texts.iter().enumerate().flat_map(|(at, text)| starts(text).into_iter().map(move |byte| (at, byte))).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(strings.iter().collect::<Vec<_>>(), texts);
        }
    }
}
