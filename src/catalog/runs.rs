//! Runs: stretches of neighbouring documents of one repository.
//!
//! Documents are in the order of stars, so that those of a repository mostly stand together, and counting a set by
//! repository needs but the number of its documents before each run.

use super::doc_set::DocSet;

/// The runs of all documents, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    /// Where each ends.
    ends: Vec<u32>,
    repositories: Vec<u32>,
}

impl Runs {
    /// The runs of documents whose repositories are given in order.
    pub(super) fn new(repositories: &[u32]) -> Self {
        let mut runs = Self::default();
        let mut end = 0;
        for run in repositories.chunk_by(|a, b| a == b) {
            end += u32::try_from(run.len()).unwrap_or(u32::MAX);
            runs.ends.push(end);
            runs.repositories.extend(run.first());
        }
        runs.ends.shrink_to_fit();
        runs.repositories.shrink_to_fit();
        runs
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many documents of a set each of so many repositories has.
    pub(super) fn count(&self, set: &DocSet, repositories: usize) -> Vec<u32> {
        let mut counts = vec![0; repositories];
        let words = set.words();
        // The documents of the set in the words before `word`, and before the run.
        let (mut word, mut in_words, mut before) = (0, 0, 0);
        for (&end, &repository) in self.ends.iter().zip(&self.repositories) {
            let (end_word, end_bit) = (end as usize / 64, end % 64);
            while word < end_word {
                in_words += words[word].count_ones();
                word += 1;
            }
            let partial = if end_bit == 0 {
                0
            } else {
                (words[word] << (64 - end_bit)).count_ones()
            };
            counts[repository as usize] += in_words + partial - before;
            before = in_words + partial;
        }
        counts
    }

    /// Heap bytes.
    pub(super) fn memory(&self) -> usize {
        (self.ends.capacity() + self.repositories.capacity()) * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::doc_set::words_for;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counting_by_runs_is_counting_one_by_one(lengths in prop::collection::vec((0_u32..4, 1_usize..90), 0..12), chosen in any::<u64>()) {
            let of: Vec<u32> = lengths.iter().flat_map(|&(repository, length)| vec![repository; length]).collect();
            let mut set = DocSet::empty(words_for(of.len()));
            let mut expected = vec![0; 4];
            for (document, &repository) in (0_u32..).zip(&of) {
                if chosen >> (document % 61) & 1 == 1 {
                    set.insert(document);
                    expected[repository as usize] += 1;
                }
            }
            prop_assert_eq!(Runs::new(&of).count(&set, 4), expected);
        }
    }
}
