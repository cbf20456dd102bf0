//! Lists of what a client takes, each with how much it likes it: `Accept`, `Accept-Encoding` (RFC 9110, section 12.4.2).

/// How much something is liked, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quality(u16);

impl Quality {
    /// Not at all: it must not be sent.
    pub(super) const NONE: Self = Self(0);
    /// As much as can be; what nothing is said about.
    pub(super) const FULL: Self = Self(1_000);

    /// What `q=` says: 0 to 1 with at most three digits. What cannot be read is taken as not said.
    fn read(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if whole != "0" || fraction.len() > 3 {
            return Self::FULL;
        }
        let digits = fraction.chars().chain("000".chars()).take(3);
        let add = |sum: u16, digit: char| Some(sum * 10 + u16::try_from(digit.to_digit(10)?).ok()?);
        digits.into_iter().try_fold(0, add).map_or(Self::FULL, Self)
    }
}

/// One item of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) name: &'a str,
    pub(super) quality: Quality,
    parameters: &'a str,
}

impl<'a> Item<'a> {
    fn read(text: &'a str) -> Self {
        let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
        let mut item = Self {
            name: name.trim(),
            quality: Quality::FULL,
            parameters,
        };
        if let Some(quality) = item.parameter("q") {
            item.quality = Quality::read(quality);
        }
        item
    }

    /// The value of a parameter, without its quotes.
    pub(super) fn parameter(&self, wanted: &str) -> Option<&'a str> {
        self.parameters.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let is_it = name.trim().eq_ignore_ascii_case(wanted);
            is_it.then(|| value.trim().trim_matches('"'))
        })
    }
}

/// The items of one line of a header.
pub(super) fn items(line: &str) -> impl Iterator<Item = Item<'_>> {
    let texts = line.split(',').map(str::trim).filter(|text| !text.is_empty());
    texts.map(Item::read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualities_are_read_as_thousandths() {
        let table = [
            ("a", 1_000),
            ("a;q=1", 1_000),
            ("a;q=1.000", 1_000),
            ("a;q=0", 0),
            ("a;q=0.", 0),
            ("a;q=0.5", 500),
            ("a; q=0.05", 50),
            ("a ; Q = \"0.125\"", 125),
            ("a;x=y;q=0.9", 900),
            ("a;q=2", 1_000),
            ("a;q=0.1234", 1_000),
            ("a;q=-1", 1_000),
            ("a;q=nonsense", 1_000),
        ];
        for (text, expected) in table {
            let read: Vec<_> = items(text).map(|item| (item.name, item.quality)).collect();
            assert_eq!(read, [("a", Quality(expected))], "{text}");
        }
    }

    #[test]
    fn a_line_is_split_at_commas_and_empty_items_do_not_count() {
        let names: Vec<_> = items(" a, ,b;q=0.1,, c ").map(|item| item.name).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(items("").count(), 0);
        assert_eq!(
            items("a; charset=\"utf-8\"").next().unwrap().parameter("charset"),
            Some("utf-8")
        );
    }
}
