//! Who may do what only an operator may.

use super::error::QueryError;
use crate::config::AdminConfig;

/// What a request's token lets it do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// What is for operators is off: no token is configured.
    Off,
    /// The request showed no token, or another.
    Denied,
    /// The request showed the token.
    Operator,
}

impl Access {
    /// Of a request with this `Authorization` header.
    pub fn of(config: &AdminConfig, authorization: Option<&str>) -> Self {
        let Some(token) = &config.token else {
            return Self::Off;
        };
        match authorization.and_then(bearer) {
            Some(shown) if token.is(shown) => Self::Operator,
            _ => Self::Denied,
        }
    }

    /// Lets an operator pass.
    ///
    /// # Errors
    /// It is none, or there are none; the message says what to set or to send.
    pub fn check(self, operation: &'static str) -> Result<(), QueryError> {
        let reason = match self {
            Self::Operator => return Ok(()),
            Self::Off => "set ADMIN_TOKEN (at least 16 characters) on the server to use it",
            Self::Denied => "send the server's ADMIN_TOKEN as `Authorization: Bearer ...`",
        };
        Err(QueryError::Forbidden { operation, reason })
    }
}

/// The token of a header (RFC 6750, section 2.1); the scheme's name is read in any case (RFC 9110, section 11.1).
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn only_the_token_opens_and_only_where_there_is_one() {
        let config = AdminConfig {
            token: Some(Secret::from("0123456789abcdef".to_owned())),
        };
        let access = |header| Access::of(&config, header);
        assert_eq!(access(Some("Bearer 0123456789abcdef")), Access::Operator);
        assert_eq!(access(Some("bearer  0123456789abcdef")), Access::Operator);
        for header in [
            None,
            Some(""),
            Some("Bearer"),
            Some("Bearer 0123456789abcdeF"),
            Some("Basic 0123456789abcdef"),
        ] {
            assert_eq!(access(header), Access::Denied, "{header:?}");
        }
        assert_eq!(
            Access::of(&AdminConfig { token: None }, Some("Bearer ")),
            Access::Off
        );
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let text = |access: Access| access.check("clearCache").unwrap_err().to_string();
        assert!(text(Access::Off).contains("set ADMIN_TOKEN"));
        assert!(text(Access::Denied).contains("Authorization: Bearer"));
    }
}
