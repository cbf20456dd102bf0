//! From bytes to text: UTF-8 as Home Assistant wants it, and what people commit instead.
//!
//! Invariant: decoding never fails, and never moves a line: each `\n` of the file is one of the text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::warning::WarningReason;

/// A file's text without its byte order mark, and what had to be guessed.
pub(super) fn decode(bytes: &[u8]) -> (String, Option<WarningReason>) {
    let (text, doubt) = match Encoding::for_bom(bytes) {
        Some((wide, _)) if wide == UTF_16LE || wide == UTF_16BE => {
            (wide.decode(bytes).0.into_owned(), Some(WarningReason::Utf16))
        }
        Some((_, length)) => lenient(bytes.get(length..).unwrap_or_default()),
        None => lenient(bytes),
    };
    (with_line_feeds(text), doubt)
}

/// UTF-8, each byte that is not taken as Windows-1252: mixed files are common, and one odd letter should cost only itself.
fn lenient(bytes: &[u8]) -> (String, Option<WarningReason>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), None);
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let (letters, _) = WINDOWS_1252.decode_without_bom_handling(chunk.invalid());
        text.push_str(&letters);
    }
    (text, Some(WarningReason::NotUtf8))
}

/// Files of the first Macintoshes end their lines with `\r` alone, which no later tool counts as a line.
fn with_line_feeds(text: String) -> String {
    if text.contains('\r') && !text.contains('\n') {
        text.replace('\r', "\n")
    } else {
        text
    }
}

/// The text with each `\r\n` as `\n`.
pub(super) fn without_carriage_returns(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(decode(b"\xef\xbb\xbfa: 1\n"), ("a: 1\n".into(), None));
        assert_eq!(
            decode(b"\xff\xfea\0:\0\n\0"),
            ("a:\n".into(), Some(WarningReason::Utf16))
        );
        assert_eq!(
            decode(b"\xfe\xff\0a\0:\0\n"),
            ("a:\n".into(), Some(WarningReason::Utf16))
        );
    }

    #[test]
    fn a_latin_letter_costs_only_itself() {
        let (text, doubt) = decode(b"alias: K\xfcche \xe2\x82\xac \x80\n");
        assert_eq!(text, "alias: Küche € €\n");
        assert_eq!(doubt, Some(WarningReason::NotUtf8));
    }

    #[test]
    fn carriage_returns_alone_are_line_ends() {
        assert_eq!(decode(b"a: 1\rb: 2\r").0, "a: 1\nb: 2\n");
        assert_eq!(decode(b"a: 1\r\nb: 2\r\n").0, "a: 1\r\nb: 2\r\n");
    }
}
