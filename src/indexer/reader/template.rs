//! Jinja templates, told by their brackets.

/// Whether a text holds a template, so that its value is known only when it runs.
pub(super) fn is_template(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|bracket| text.contains(bracket))
}
