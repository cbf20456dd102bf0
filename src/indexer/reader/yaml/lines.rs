//! Which line a byte stands on, counting as GitHub and every editor do: one line per `\n`.

/// Where the lines of a text begin.
#[derive(Debug)]
pub(in super::super) struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Looks the text over once. Texts are bounded by `Limits::max_file_bytes`; past 4 GiB lines would not be counted.
    pub(in super::super) fn new(text: &str) -> Self {
        let breaks = text
            .bytes()
            .zip(1_u32..)
            .filter(|(byte, _)| *byte == b'\n')
            .map(|(_, after)| after);
        Self {
            starts: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// The line of a byte, from 1.
    pub(in super::super) fn line_of(&self, byte: u32) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= byte)).unwrap_or(u32::MAX)
    }

    /// The first byte of the line that a byte stands on.
    pub(in super::super) fn line_start(&self, byte: u32) -> usize {
        let line = self.starts.partition_point(|start| *start <= byte);
        line.checked_sub(1)
            .and_then(|at| self.starts.get(at))
            .map_or(0, |start| *start as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_by_their_line_feeds() {
        let lines = LineIndex::new("a\r\nbc\n\nd");
        let of = |byte| (lines.line_of(byte), lines.line_start(byte));
        assert_eq!(
            [of(0), of(2), of(3), of(4), of(6), of(7), of(99)],
            [(1, 0), (1, 0), (2, 3), (2, 3), (3, 6), (4, 7), (4, 7)]
        );
    }
}
