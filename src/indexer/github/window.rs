//! Spans of time in which repositories were created: by these a search with more than a thousand results is taken apart.

use chrono::{DateTime, Duration, SecondsFormat, Utc};

/// A span of whole seconds, both ends within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Window {
    /// All repositories there are: GitHub opened in April 2008, and clocks differ.
    pub(super) fn all(now: DateTime<Utc>) -> Self {
        let opened = DateTime::from_timestamp(1_199_145_600, 0).unwrap_or_default();
        Self {
            from: opened,
            to: (now + Duration::days(1)).max(opened),
        }
    }

    /// Both halves, the later one first; `None` for one second, which cannot be halved.
    pub(super) fn halves(self) -> Option<[Self; 2]> {
        let seconds = (self.to - self.from).num_seconds();
        if seconds < 1 {
            return None;
        }
        let middle = self.from + Duration::seconds(seconds / 2);
        let later = Self {
            from: middle + Duration::seconds(1),
            to: self.to,
        };
        Some([later, Self { to: middle, ..self }])
    }

    /// As a search is confined to it.
    pub(super) fn qualifier(self) -> String {
        let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!("created:{}..{}", text(self.from), text(self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_follow_each_other_without_a_gap_down_to_a_second() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut window = Window::all(now);
        let mut depth = 0;
        while let Some([later, earlier]) = window.halves() {
            assert_eq!((earlier.from, later.to), (window.from, window.to));
            assert_eq!(later.from - earlier.to, Duration::seconds(1));
            window = if depth % 2 == 0 { later } else { earlier };
            depth += 1;
        }
        assert_eq!(window.from, window.to);
        assert!(depth < 40, "{depth}");
    }

    #[test]
    fn a_qualifier_is_what_github_takes() {
        let window = Window {
            from: DateTime::from_timestamp(0, 0).unwrap(),
            to: DateTime::from_timestamp(59, 0).unwrap(),
        };
        assert_eq!(
            window.qualifier(),
            "created:1970-01-01T00:00:00Z..1970-01-01T00:00:59Z"
        );
    }
}
