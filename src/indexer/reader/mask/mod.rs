//! Credentials, which people commit by accident, are put out of sight before anything is stored.
//!
//! Two ways together: by the YAML's structure, the literal value of a key that names a secret (`values`, `keys`); and by the
//! look of the text, wherever it stands, comments included (`text`, `patterns`). A `!secret name`, an `!input` and a template
//! name a secret without holding it, and stay. When in doubt, the value goes: the text is for reading, not for running.
//!
//! Invariant: masking never adds or takes away a line, and masking twice changes nothing more.

mod keys;
mod patterns;
mod text;
mod values;

pub(super) use text::mask_text;
pub(super) use values::mask_values;

/// What stands in place of a credential.
const MASK: &str = "***";

/// The longest line, and the longest template, that is looked into, in bytes; a longer one is masked whole. Nobody reads
/// it, and some searches below look at the rest of a line anew for each thing they find on it.
const MAX_LOOKED_INTO: usize = 8 * 1024;

/// A text with the mask on each of its lines that held anything, so that there are as many lines as before.
fn mask_lines(text: &str) -> String {
    let mask = |line: &str| {
        let body = line.trim_start();
        let ending = if line.ends_with('\r') { "\r" } else { "" };
        if body.is_empty() {
            line.to_owned()
        } else {
            format!("{}{MASK}{ending}", &line[..line.len() - body.len()])
        }
    };
    text.split('\n').map(mask).collect::<Vec<_>>().join("\n")
}
