//! Header values of our own making, several in one buffer: one allocation for all that an answer's headers say.

use axum::http::HeaderValue;
use bytes::{BufMut, BytesMut};

/// Room for what one answer's headers take together.
const ROOM: usize = 256;

/// A buffer that values are written into one after another.
pub(super) struct Text(BytesMut);

impl Default for Text {
    fn default() -> Self {
        Self(BytesMut::with_capacity(ROOM))
    }
}

impl Text {
    /// The value that `write` writes: plain words and digits.
    pub(super) fn value(&mut self, write: impl FnOnce(&mut Self)) -> HeaderValue {
        write(self);
        HeaderValue::from_maybe_shared(self.0.split().freeze())
            .unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    pub(super) fn word(&mut self, word: &str) -> &mut Self {
        self.0.put_slice(word.as_bytes());
        self
    }

    pub(super) fn number(&mut self, number: impl itoa::Integer) -> &mut Self {
        self.0.put_slice(itoa::Buffer::new().format(number).as_bytes());
        self
    }

    /// A number of thousandths, as a decimal fraction.
    pub(super) fn thousandths(&mut self, number: u64) -> &mut Self {
        let rest = 1_000 + number % 1_000;
        self.number(number / 1_000).word(".");
        self.0
            .put_slice(&itoa::Buffer::new().format(rest).as_bytes()[1..]);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_share_a_buffer_and_stand_alone() {
        let mut text = Text::default();
        let first = text.value(|text| _ = text.word("max-age=").number(7_u8));
        let second = text.value(|text| _ = text.thousandths(1_042));
        let third = text.value(|text| _ = text.thousandths(5));
        assert_eq!(
            (first, second, third),
            (
                HeaderValue::from_static("max-age=7"),
                HeaderValue::from_static("1.042"),
                HeaderValue::from_static("0.005"),
            )
        );
    }
}
