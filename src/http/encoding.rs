//! Which compressed form of an answer a client takes (RFC 9110, section 12.5.3).

use axum::http::{HeaderMap, header};

use super::quality::{self, Quality};
use crate::graphql::Coding;

/// The coding that the client likes best, ours among those it likes alike; `None` for bytes as they are.
pub(super) fn of(headers: &HeaderMap) -> Option<Coding> {
    let mut lines = headers.get_all(header::ACCEPT_ENCODING).iter().peekable();
    lines.peek()?;
    let mut liked = Liked::default();
    for line in lines.filter_map(|line| line.to_str().ok()) {
        quality::items(line).for_each(|item| liked.take(item));
    }
    liked.best()
}

/// What is said of each coding, of bytes as they are, and of all else.
#[derive(Default)]
struct Liked {
    codings: [Option<Quality>; 3],
    plain: Option<Quality>,
    else_: Option<Quality>,
}

impl Liked {
    fn take(&mut self, item: quality::Item<'_>) {
        let is = |name: &str| item.name.eq_ignore_ascii_case(name);
        let place = if is("*") {
            &mut self.else_
        } else if is("identity") {
            &mut self.plain
        } else if let Some(coding) = Coding::ALL
            .into_iter()
            .find(|coding| is(coding.name()) || (*coding == Coding::Gzip && is("x-gzip")))
        {
            &mut self.codings[coding as usize]
        } else {
            return;
        };
        *place = Some(item.quality);
    }

    fn best(&self) -> Option<Coding> {
        let mut best = None;
        for coding in Coding::ALL {
            let quality = self.codings[coding as usize]
                .or(self.else_)
                .unwrap_or(Quality::NONE);
            if quality > best.map_or(Quality::NONE, |(_, so_far)| so_far) {
                best = Some((coding, quality));
            }
        }
        let plain = self.plain.unwrap_or(Quality::NONE);
        best.filter(|(_, quality)| *quality >= plain)
            .map(|(coding, _)| coding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_gets_the_coding_it_likes_best() {
        use Coding::{Brotli, Gzip, Zstd};
        let table = [
            ("gzip, deflate, br, zstd", Some(Brotli)),
            ("gzip, deflate", Some(Gzip)),
            ("gzip;q=1.0, br;q=0.5", Some(Gzip)),
            ("zstd, gzip", Some(Zstd)),
            ("X-GZip", Some(Gzip)),
            ("*", Some(Brotli)),
            ("*, br;q=0", Some(Zstd)),
            ("br;q=0, gzip;q=0.1", Some(Gzip)),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip", Some(Gzip)),
            ("deflate", None),
            ("gzip;q=0", None),
            ("", None),
        ];
        for (given, expected) in table {
            let headers = [(header::ACCEPT_ENCODING, given.parse().unwrap())];
            assert_eq!(of(&headers.into_iter().collect()), expected, "{given:?}");
        }
        assert_eq!(of(&HeaderMap::new()), None);
    }
}
