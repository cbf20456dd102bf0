//! Masking by look: tokens, addresses, headers and assignments in any text, quoted or commented, YAML or not.

use std::borrow::Cow;

use regex::{Captures, Regex};

use super::super::template::is_template;
use super::keys::{is_random, is_secret, says_nothing};
use super::{MASK, MAX_LOOKED_INTO, mask_lines, patterns};

/// What to put in place of a match.
type Replace = fn(&Captures<'_>) -> String;

/// The text with everything that looks like a credential masked.
pub(in super::super) fn mask_text(text: &str) -> Cow<'_, str> {
    let steps: [(&Regex, Replace); 8] = [
        (&patterns::KEY_BLOCK, key_block),
        (&patterns::HOOK, all_but_first),
        (&patterns::TOKEN, |_| MASK.to_owned()),
        (&patterns::USER_INFO, user_info),
        (&patterns::ASSIGNMENT, assignment),
        (&patterns::SCHEME, scheme),
        (&patterns::OPTION, literal),
        (&patterns::QUERY, literal),
    ];
    let mut masked = without_long_lines(text);
    for (pattern, replace) in steps {
        if let Cow::Owned(changed) = pattern.replace_all(&masked, replace) {
            masked = Cow::Owned(changed);
        }
    }
    masked
}

/// A template that stands for a secret, with what it spells out masked: literals in its brackets, words between them.
pub(super) fn mask_template(template: &str) -> String {
    if template.len() > MAX_LOOKED_INTO {
        return mask_lines(template);
    }
    let mut masked = String::with_capacity(template.len());
    let mut at = 0;
    for brackets in patterns::BRACKETS.find_iter(template) {
        masked.push_str(&patterns::WORD.replace_all(&template[at..brackets.start()], word));
        masked.push_str(&patterns::SPELT_OUT.replace_all(brackets.as_str(), spelt_out));
        at = brackets.end();
    }
    masked.push_str(&patterns::WORD.replace_all(&template[at..], word));
    masked
}

/// Masks a word beside a template's brackets, unless it names the scheme of the credential that follows.
fn word(found: &Captures<'_>) -> String {
    let scheme = ["bearer", "basic", "token", "digest"]
        .iter()
        .any(|scheme| found[0].eq_ignore_ascii_case(scheme));
    if scheme {
        found[0].to_owned()
    } else {
        MASK.to_owned()
    }
}

/// Masks a literal in a template's brackets.
fn spelt_out(found: &Captures<'_>) -> String {
    let inner = found[2].trim_matches(['"', '\'']);
    // A literal with a dot and nothing else unusual names an entity: `states('input_text.token')`.
    let names = inner.contains('.')
        && inner
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'));
    if says_nothing(inner) || names {
        return found[0].to_owned();
    }
    let quote = &found[2][..1];
    format!("{}{quote}{MASK}{quote}", &found[1])
}

/// The text with lines that are too long masked whole.
fn without_long_lines(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_LOOKED_INTO || text.split('\n').all(|line| line.len() <= MAX_LOOKED_INTO) {
        return Cow::Borrowed(text);
    }
    let lines = text.split('\n');
    let kept = lines.map(|line| {
        if line.len() <= MAX_LOOKED_INTO {
            Cow::Borrowed(line)
        } else {
            mask_lines(line).into()
        }
    });
    Cow::Owned(kept.collect::<Vec<_>>().join("\n"))
}

/// Keeps the first group and masks the rest.
fn all_but_first(found: &Captures<'_>) -> String {
    format!("{}{MASK}", &found[1])
}

/// Masks the second group, unless it is no literal.
fn literal(found: &Captures<'_>) -> String {
    if stands_for_another(&found[2]) {
        found[0].to_owned()
    } else {
        all_but_first(found)
    }
}

fn user_info(found: &Captures<'_>) -> String {
    if is_template(&found[0]) {
        found[0].to_owned()
    } else {
        format!("{}{MASK}@", &found[1])
    }
}

fn key_block(found: &Captures<'_>) -> String {
    let body = mask_lines(&found[2]);
    // On the line of its beginning nothing is left of a block that goes on below.
    format!("{}{}{}", &found[1], body, &found[3])
}

/// `Bearer` is also a word of prose: only what could be a credential is one.
fn scheme(found: &Captures<'_>) -> String {
    let credential = &found[2];
    let likely = is_random(credential)
        || credential.len() >= 20
        || credential.bytes().any(|byte| byte.is_ascii_digit());
    if likely {
        all_but_first(found)
    } else {
        found[0].to_owned()
    }
}

/// The value of a key that names a secret, quotes kept.
fn assignment(found: &Captures<'_>) -> String {
    let value = &found["value"];
    let bare = value.trim_matches(['"', '\'', '\\']);
    // A sentence rather than a header: `authorization=This is …`.
    let sentence = found["key"].eq_ignore_ascii_case("authorization") && found["gap"].contains('=');
    let prose = sentence && value.bytes().all(|byte| byte.is_ascii_alphabetic());
    if stands_for_another(bare) || prose || !is_secret(&found["key"], bare) {
        return found[0].to_owned();
    }
    let quote = value
        .split(|c| !matches!(c, '"' | '\'' | '\\'))
        .next()
        .unwrap_or_default();
    let masked = match bare.split_once([' ', '\t']) {
        Some((scheme, _))
            if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("basic") =>
        {
            format!("{scheme} {MASK}")
        }
        _ => MASK.to_owned(),
    };
    format!("{}{}{quote}{masked}{quote}", &found["key"], &found["gap"])
}

/// Whether a value is a template, a tag, an alias, a variable, a comparison or a switch rather than a literal.
fn stands_for_another(value: &str) -> bool {
    let first = value.bytes().next().unwrap_or(b' ');
    is_template(value)
        || says_nothing(value)
        || matches!(
            first,
            b'!' | b'=' | b'{' | b'[' | b'|' | b'>' | b'<' | b'%' | b'*' | b'&'
        )
}
