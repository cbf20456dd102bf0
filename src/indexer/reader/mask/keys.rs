//! Which keys name a credential.

/// What a key says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Suspicion {
    /// Nothing.
    None,
    /// A secret if it looks random: `key`, `hash`.
    IfRandom,
    /// A secret if it is a number: `code`, `pin`.
    IfNumber,
    /// A secret, whatever it is.
    Always,
}

/// Words that make a key secret as its last part: `mqtt_password`, `ha-token`.
const ALWAYS: [&str; 47] = [
    "pass_word",
    "jwt",
    "keyphrase",
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "pass",
    "secret",
    "token",
    "api_key",
    "apikey",
    "app_key",
    "access_key",
    "access_key_id",
    "secret_key",
    "private_key",
    "encryption_key",
    "auth_key",
    "authkey",
    "user_key",
    "license_key",
    "subscription_key",
    "account_key",
    "master_key",
    "shared_key",
    "network_key",
    "client_secret",
    "webhook_id",
    "webhook_url",
    "authorization",
    "auth_token",
    "psk",
    "bearer",
    "credential",
    "credentials",
    "cookie",
    "session_id",
    "sessionid",
    "pincode",
    "pin_code",
    "alarm_code",
    "user_code",
    "master_code",
    "door_code",
    "lock_code",
];

/// Words that make a key secret when its value is a number.
const IF_NUMBER: [&str; 3] = ["pin", "code", "usercode"];

/// Words that make a key secret when its value looks random.
const IF_RANDOM: [&str; 7] = ["key", "auth", "hash", "sig", "signature", "session", "nonce"];

/// Words that make a key secret wherever they stand in it: `wifi_password_guest`, `secret_value`.
const ANYWHERE: [&str; 3] = ["password", "passwd", "secret"];

/// Endings under which a code is a code of something else.
const OTHER_CODES: [&str; 13] = [
    "error_code",
    "status_code",
    "return_code",
    "exit_code",
    "response_code",
    "country_code",
    "postal_code",
    "zip_code",
    "language_code",
    "event_code",
    "region_code",
    "key_code",
    "http_code",
];

/// Judges a key.
pub(super) fn suspicion(key: &str) -> Suspicion {
    let key = normal(key);
    let key = singular(&key);
    let ends = |words: &[&str]| {
        let named = |word: &&str| {
            key.strip_suffix(*word)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
        };
        words.iter().any(named)
    };
    if ends(&ALWAYS) || key.split('_').any(|part| ANYWHERE.contains(&part)) {
        Suspicion::Always
    } else if ends(&OTHER_CODES) {
        Suspicion::None
    } else if ends(&IF_NUMBER) {
        Suspicion::IfNumber
    } else if ends(&IF_RANDOM) {
        Suspicion::IfRandom
    } else {
        Suspicion::None
    }
}

/// A key without the number or the plural it ends in: `password1`, `api_key_2`, `tokens`.
fn singular(key: &str) -> &str {
    let key = key
        .trim_end_matches(|letter: char| letter.is_ascii_digit())
        .trim_end_matches('_');
    match key.strip_suffix('s') {
        Some(one)
            if ["password", "token", "secret", "key"]
                .iter()
                .any(|word| one.ends_with(word)) =>
        {
            one
        }
        _ => key,
    }
}

/// A key in small letters, its words parted by `_`: `X-Api-Key` and `apiKey` become `x_api_key` and `api_key`.
fn normal(key: &str) -> String {
    let mut normal = String::with_capacity(key.len() + 4);
    let mut small = false;
    for letter in key.trim().chars() {
        if letter.is_ascii_uppercase() && small {
            normal.push('_');
        }
        small = letter.is_ascii_lowercase();
        normal.push(if matches!(letter, '-' | ' ' | '.') {
            '_'
        } else {
            letter.to_ascii_lowercase()
        });
    }
    normal
}

/// Whether a value is to go, by what its key says.
pub(super) fn is_secret(key: &str, value: &str) -> bool {
    let value = value.trim();
    match suspicion(key) {
        Suspicion::None => false,
        Suspicion::IfRandom => !says_nothing(value) && is_random(value),
        Suspicion::IfNumber => {
            (3..=12).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
        }
        Suspicion::Always => !says_nothing(value),
    }
}

/// Whether a value is a switch, empty, masked already, or a variable of a shell: nothing that could be a secret.
pub(super) fn says_nothing(value: &str) -> bool {
    let plain = value.trim().to_ascii_lowercase();
    matches!(
        plain.as_str(),
        "" | "***" | "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "none" | "~"
    ) || is_shell_variable(value.trim())
}

/// `$TOKEN`, `${TOKEN}`: in capitals, as such variables are written. A password may begin with `$` too.
fn is_shell_variable(value: &str) -> bool {
    let Some(name) = value.strip_prefix('$') else {
        return false;
    };
    let name = name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'))
        .unwrap_or(name);
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a text looks made by chance: long, of one piece, letters and digits mixed.
pub(super) fn is_random(text: &str) -> bool {
    let one_piece = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'.'));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    one_piece && text.len() >= 16 && digits >= 3 && letters >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_name_a_secret_are_known_in_any_spelling() {
        for key in [
            "password",
            "mqtt_password",
            "X-Api-Key",
            "apiKey",
            "Authorization",
            "ACCESS_TOKEN",
            "webhook_id",
            "ha-token",
            "passwords",
            "password1",
            "api_key_2",
            "wifi_password_guest",
            "passWord",
            "secret_value",
        ] {
            assert_eq!(suspicion(key), Suspicion::Always, "{key}");
        }
        for key in [
            "alias",
            "token_type",
            "compass",
            "passengers",
            "keyboard",
            "secretary",
            "error_code",
            "entity_id",
        ] {
            assert_eq!(suspicion(key), Suspicion::None, "{key}");
        }
    }

    #[test]
    fn a_code_is_secret_only_as_a_number_and_a_key_only_when_random() {
        assert!(is_secret("code", "1234") && is_secret("pin", "0042"));
        assert!(!is_secret("code", "KEY_PLAY") && !is_secret("status_code", "404"));
        assert!(is_secret("key", "8f14e45fceea167a5a36dedd4bea2543") && !is_secret("key", "volume_up"));
    }

    #[test]
    fn a_switch_is_no_secret() {
        assert!(!is_secret("password", "true") && !is_secret("token", "") && !is_secret("token", "$TOKEN"));
        assert!(is_secret("password", "hunter2") && !is_secret("token", "${TOKEN_2}"));
        for value in ["$uperSecret", "$2b$12$abcdefghijklmnopqrstuv", "$"] {
            assert!(is_secret("password", value), "{value}");
        }
    }
}
