//! The shapes of credentials in running text.
//!
//! Invariant: no pattern but that of key blocks crosses the end of a line, and none backtracks (`regex` is linear).

use std::sync::LazyLock;

use regex::Regex;

/// Tokens told by their own look: those of code hosts, clouds, chats, mail and payment services, bots and language models,
/// and JSON Web Tokens, which Home Assistant's long-lived tokens are.
pub(super) static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    compile(&[
        r"gh[pousr]_[A-Za-z0-9]{16,}",
        r"(?-u:\b)(?:tskey-|gsk_|glsa_|xai-|shpat_|dckr_pat_)[A-Za-z0-9_-]{16,}",
        r"(?-u:\b)o\.[A-Za-z0-9]{30,}",
        r"github_pat_[A-Za-z0-9_]{16,}",
        r"glpat-[A-Za-z0-9_-]{16,}",
        r"(?-u:\b)(?:AKIA|ASIA)[A-Z0-9]{12,}",
        r"(?-u:\b)xox[a-z]-[A-Za-z0-9-]{8,}",
        r"(?-u:\b)xapp-[A-Za-z0-9-]{8,}",
        r"AIza[A-Za-z0-9_-]{20,}",
        r"(?-u:\b)ya29\.[A-Za-z0-9_-]{16,}",
        r"(?-u:\b)eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?",
        r"[0-9]{6,12}:[A-Za-z0-9_-]{30,}",
        r"(?-u:\b)(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}",
        r"(?-u:\b)whsec_[A-Za-z0-9+/=]{16,}",
        r"(?-u:\b)sk-[A-Za-z0-9_-]{20,}",
        r"(?-u:\b)SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
        r"(?-u:\b)key-[0-9a-f]{32}(?-u:\b)",
        r"(?-u:\b)SK[0-9a-f]{32}(?-u:\b)",
        r"(?-u:\b)npm_[A-Za-z0-9]{30,}",
        r"(?-u:\b)do[opr]_v1_[0-9a-f]{32,}",
        r"(?-u:\b)hf_[A-Za-z0-9]{24,}",
        r"(?-u:\b)gAAAAA[A-Za-z0-9_=-]{40,}",
        r"(?-u:\b)[MN][A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    ])
});

/// Addresses whose last part is the credential: group 1 stays.
pub(super) static HOOK: LazyLock<Regex> = LazyLock::new(|| {
    compile(&[
        r#"(?i)((?:hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/|/api/webhook/|hooks\.nabu\.casa/|webhook\.office\.com/|hooks\.zapier\.com/hooks/catch/|hook\.[a-z0-9]+\.make\.com/|hc-ping\.com/|api\.pushcut\.io/|maker\.ifttt\.com/(?:[A-Za-z0-9_{}. -]{1,60}/){0,4}?key/|ntfy\.sh/up|ntfy\.envs\.net/up))[^\s"'<>)\]}{?#]+"#,
    ])
});

/// The user and password of an address: group 1 stays.
pub(super) static USER_INFO: LazyLock<Regex> = LazyLock::new(|| {
    compile(&[
        r#"(?-u:\b)([A-Za-z][A-Za-z0-9+.-]{1,20}://)(?:[^\s/:@"'<>{}]*:[^\s/"'<>]+|[A-Za-z0-9_-]{16,})@"#,
    ])
});

/// Queries of addresses whose parameter is a credential only there: group 1 stays, group 2 is the value.
pub(super) static QUERY: LazyLock<Regex> = LazyLock::new(|| {
    compile(&[r#"(?i)([?&](?:key|auth|sig|signature|appid|access|code|pass|user_?key)=)([^&\s"'<>#{}]{4,})"#])
});

/// A key that may name a secret, and its value on the same line, in whatever notation: groups `key`, `gap` and `value`.
pub(super) static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    compile(&[concat!(
        r#"(?i)(?P<key>(?:password|passwd|passphrase|passcode|pwd|secret|token|api[_-]?key|app[_-]?key|access[_-]?key|"#,
        r#"private[_-]?key|secret[_-]?key|encryption[_-]?key|auth[_-]?key|user[_-]?key|webhook[_-]?(?:id|url)|session[_-]?id|cookie|credentials?|(?:network|license|account|master|shared|subscription)[_-]key|(?:wifi[_-]|(?-u:\b))pass|authorization|(?-u:\b)psk|"#,
        r#"(?:error|status|return|exit|response|country|postal|zip|language|event|region|key|http)[_ -]code|"#,
        r#"(?:pin|alarm|user|door|lock)[_ -]?code|(?-u:\b)(?:code|pin|key|hash|auth|sig|signature|session)))(?P<gap>\\?["']?[ \t]*(?::|=)[ \t]*)"#,
        r#"(?P<value>\\"[^"\\\n]*\\"|"[^"\n]*"|'[^'\n]*'|(?:bearer|basic)[ \t]+[^\s,;&"')}\]<>]+|[^\s,;&"')}\]<>]+)"#,
    )])
});

/// What follows the name of an HTTP authentication scheme: group 1 stays, group 2 is the credential.
pub(super) static SCHEME: LazyLock<Regex> =
    LazyLock::new(|| compile(&[r"(?i)(?-u:\b)((?:bearer|basic|digest)[ \t]+)([A-Za-z0-9._~+/=-]{6,})"]));

/// Options of command lines, and elements of XML: group 1 stays, group 2 is the credential.
pub(super) static OPTION: LazyLock<Regex> = LazyLock::new(|| {
    compile(&[concat!(
        r#"(?i)(--[\w-]*(?:password|passwd|token|secret|api-?key)[ =]["']?|\bsshpass[ ]+-p[ ]*["']?"#,
        r#"|\s(?:-u|--user)[ ]+["']?[^\s:"'{}]+:|<(?:password|token|secret|api_?key)>)([^\s"'{}<]+)"#,
    )])
});

/// A private key, whole: group 1 and 3 stay.
pub(super) static KEY_BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    compile(&[
        r"(?s)(-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----)(.*?)(-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\z)",
    ])
});

/// What stands in a template's brackets.
pub(super) static BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| compile(&[r"(?s)\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"]));

/// A word of some length, as it stands between a template's brackets.
pub(super) static WORD: LazyLock<Regex> = LazyLock::new(|| compile(&[r#"[^\s"']{4,}"#]));

/// A literal that a template spells out as its value: group 1 stays, group 2 is the literal with its quotes.
pub(super) static SPELT_OUT: LazyLock<Regex> = LazyLock::new(|| {
    compile(&[r#"((?:\{\{-?|~|\belse\b|\bor\b|\bdefault\(|[^=!<>]=)[ \t]*)("[^"\n]+"|'[^'\n]+')"#])
});

/// One pattern out of several.
fn compile(alternatives: &[&str]) -> Regex {
    Regex::new(&alternatives.join("|")).expect("the patterns of this file are valid")
}
