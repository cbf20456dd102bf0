//! A text that is nobody's business.

use std::fmt;

use subtle::ConstantTimeEq;

/// A secret: never shown, and compared in constant time.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Whether a text is this secret. Takes as long for a text that differs in its first character as for one that
    /// differs in its last; only the length shows.
    pub fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }

    /// The text, for whoever has to send it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_text_is_the_secret_and_it_is_not_shown() {
        let secret = Secret::from("correct horse battery".to_owned());
        assert!(secret.is("correct horse battery"));
        for other in [
            "",
            "correct horse batterz",
            "correct horse",
            "correct horse battery ",
        ] {
            assert!(!secret.is(other), "{other:?}");
        }
        assert_eq!(format!("{secret:?}"), "***");
    }
}
