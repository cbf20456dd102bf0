//! A stream that ends in an error once more comes out of it than is taken.

use std::cell::Cell;
use std::io::{self, Read};

/// Reads no more than a bound. Reaching the end of the stream within it is fine; a byte more is an error, and noted.
pub(super) struct Bounded<'a, R> {
    stream: R,
    left: u64,
    exceeded: &'a Cell<bool>,
}

impl<'a, R: Read> Bounded<'a, R> {
    /// So many bytes of a stream; `exceeded` is set when there were more.
    pub(super) const fn new(stream: R, bytes: u64, exceeded: &'a Cell<bool>) -> Self {
        Self {
            stream,
            left: bytes,
            exceeded,
        }
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // One more than is left tells a stream that ends there from one that goes on.
        let most = self.left.saturating_add(1).min(buffer.len() as u64);
        let most = usize::try_from(most).unwrap_or(buffer.len());
        let read = self.stream.read(&mut buffer[..most])?;
        let Some(left) = self.left.checked_sub(read as u64) else {
            self.exceeded.set(true);
            return Err(io::Error::other("more than is taken"));
        };
        self.left = left;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_within_its_bound_is_read_and_one_beyond_is_refused() {
        for (length, fits) in [(0, true), (9, true), (10, true), (11, false), (1_000, false)] {
            let (exceeded, bytes) = (Cell::new(false), vec![7; length]);
            let read = Bounded::new(&bytes[..], 10, &exceeded).read_to_end(&mut Vec::new());
            assert_eq!((read.is_ok(), exceeded.get()), (fits, !fits), "{length}");
        }
    }
}
