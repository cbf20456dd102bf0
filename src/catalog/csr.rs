//! Lists of numbers in one array (compressed sparse rows): no allocation per list.

/// Rows of numbers, row `r` at `items[starts[r]..starts[r + 1]]`.
#[derive(Clone, Debug)]
pub(super) struct Csr {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Default for Csr {
    fn default() -> Self {
        Self {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl Csr {
    /// Adds an item to the row that is being written.
    pub(super) fn push(&mut self, item: u32) {
        self.items.push(item);
    }

    /// Ends the row that is being written, its items sorted and each kept once; `None` if there are 2³² items.
    pub(super) fn end_row(&mut self) -> Option<()> {
        let start = self.starts.last().map_or(0, |&start| start as usize);
        let row = &mut self.items[start..];
        row.sort_unstable();
        let mut kept = 0;
        for at in 0..row.len() {
            if kept == 0 || row[at] != row[kept - 1] {
                row[kept] = row[at];
                kept += 1;
            }
        }
        self.items.truncate(start + kept);
        self.starts.push(u32::try_from(self.items.len()).ok()?);
        Some(())
    }

    /// How many finished rows there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn row(&self, row: usize) -> &[u32] {
        &self.items[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// The mean length of a row, rounded up.
    pub(super) fn mean_length(&self) -> usize {
        self.items.len().div_ceil(self.len().max(1))
    }

    /// The rows in order.
    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = &[u32]> + Clone {
        (0..self.len()).map(|row| self.row(row))
    }

    /// Rows of known lengths, filled in any order of the rows: `write` adds to each exactly as many items as said.
    pub(super) fn fill(lengths: &[u32], write: impl FnOnce(&mut Filler)) -> Self {
        let mut starts = Vec::with_capacity(lengths.len() + 1);
        let mut sum = 0;
        starts.push(0);
        for length in lengths {
            sum += length;
            starts.push(sum);
        }
        let mut filler = Filler {
            free: starts.clone(),
            items: vec![0; sum as usize],
        };
        write(&mut filler);
        Self {
            starts,
            items: filler.items,
        }
    }

    /// Turns it around: row `i` of the answer lists the rows that hold item `i`, ascending, for items below `items`.
    pub(super) fn inverted(&self, items: usize) -> Self {
        let mut lengths = vec![0_u32; items];
        for &item in &self.items {
            lengths[item as usize] += 1;
        }
        Self::fill(&lengths, |filler| {
            for (number, row) in (0_u32..).zip(self.rows()) {
                for &item in row {
                    filler.add(item, number);
                }
            }
        })
    }

    pub(super) fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.items.shrink_to_fit();
    }

    /// Heap bytes.
    pub(super) fn memory(&self) -> usize {
        (self.starts.capacity() + self.items.capacity()) * size_of::<u32>()
    }
}

/// Fills rows: see [`Csr::fill`].
pub(super) struct Filler {
    /// Where the next item of each row goes.
    free: Vec<u32>,
    items: Vec<u32>,
}

impl Filler {
    pub(super) fn add(&mut self, row: u32, item: u32) {
        let place = &mut self.free[row as usize];
        self.items[*place as usize] = item;
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn inverting_turns_rows_into_items(rows in prop::collection::vec(prop::collection::vec(0_u32..9, 0..6), 0..12)) {
            let mut csr = Csr::default();
            for row in &rows {
                for &item in row {
                    csr.push(item);
                }
                csr.end_row().unwrap();
            }
            let inverted = csr.inverted(9);
            prop_assert_eq!(csr.len(), rows.len());
            for (at, row) in rows.iter().enumerate() {
                prop_assert_eq!(csr.row(at).iter().copied().collect::<BTreeSet<_>>(), row.iter().copied().collect::<BTreeSet<_>>());
                prop_assert!(csr.row(at).is_sorted_by(|a, b| a < b));
            }
            for item in 0..9_u32 {
                let holders: Vec<_> = (0..).zip(&rows).filter(|(_, row)| row.contains(&item)).map(|(at, _)| at).collect();
                prop_assert_eq!(inverted.row(item as usize), holders);
            }
        }
    }
}
