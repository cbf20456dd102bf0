//! A URL that may carry a password.

use std::fmt;

/// A URL whose password never reaches a log: `Debug` and `Display` show `***` in its place.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// The URL as it is, for whoever connects.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
        // A password may hold an unescaped `@`: the last one ends it.
        match rest[..authority_end].rsplit_once('@') {
            Some((user, host)) => {
                let user = user.split(':').next().unwrap_or_default();
                write!(
                    f,
                    "{scheme}://{user}:***@{host}{}",
                    without_query(&rest[authority_end..])
                )
            }
            None => f.write_str(without_query(&self.0)),
        }
    }
}

/// A query may hold `password=` too; nobody needs it to tell one database from another.
fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_never_shown() {
        let table = [
            (
                "postgres://me:hunter2@db:5432/autodex",
                "postgres://me:***@db:5432/autodex",
            ),
            (
                "postgres://me:p@ss@db/autodex?sslmode=require",
                "postgres://me:***@db/autodex",
            ),
            ("postgres://db/autodex?password=hunter2", "postgres://db/autodex"),
            ("sqlite://data/autodex.db?mode=rwc", "sqlite://data/autodex.db"),
            ("sqlite::memory:", "sqlite::memory:"),
        ];
        for (url, shown) in table {
            let url = SecretUrl::from(url.to_owned());
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("\"{shown}\""));
        }
    }
}
