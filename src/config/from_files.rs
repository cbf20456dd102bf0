//! Secrets in files, as container platforms hand them over: `NAME_FILE` names the file that holds what `NAME` would.

use std::collections::BTreeMap;

use super::Problem;

/// The variables that may be read from a file, and the variables that name the file.
const FILES: [(&str, &str); 4] = [
    ("ADMIN_TOKEN", "ADMIN_TOKEN_FILE"),
    ("DATABASE_URL", "DATABASE_URL_FILE"),
    ("GITHUB_TOKEN", "GITHUB_TOKEN_FILE"),
    ("REDIS_URL", "REDIS_URL_FILE"),
];

/// The variable that names the file for a variable that may be read from one.
pub(super) fn file_variable(variable: &str) -> Option<&'static str> {
    let found = FILES.iter().find(|(name, _)| *name == variable);
    found.map(|(_, file)| *file)
}

/// Sets the variables whose files are named. What is in a file is never part of a problem.
pub(super) fn read_files(variables: &mut BTreeMap<String, String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (variable, file) in FILES {
        let set = |name: &str| variables.get(name).filter(|value| !value.trim().is_empty());
        let Some(path) = set(file).map(|path| path.trim().to_owned()) else {
            continue;
        };
        let mut refuse = |expected: String| {
            problems.push(Problem {
                variable: file,
                value: path.clone(),
                expected,
            });
        };
        if set(variable).is_some() {
            refuse(format!("not to be set where {variable} is"));
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() => {
                variables.insert(variable.to_owned(), text.trim().to_owned());
            }
            Ok(_) => refuse(format!("a file that holds {variable}; this one is empty")),
            Err(error) => refuse(format!("a file that can be read ({error})")),
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Environment};
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (BTreeMap<String, String>, Vec<Problem>) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut variables = pairs.iter().map(owned).collect();
        let problems = read_files(&mut variables);
        (variables, problems)
    }

    fn file(text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        (folder, path)
    }

    #[test]
    fn a_secret_is_read_from_its_file_without_the_space_around_it() {
        let (_folder, path) = file("postgres://me:pw@db/autodex\n");
        let environment = Environment::of([("DATABASE_URL_FILE", path.as_str()), ("DATABASE_URL", "")]);
        let config = Config::read(&environment).unwrap();
        assert_eq!(config.database.url.expose(), "postgres://me:pw@db/autodex");
    }

    #[test]
    fn a_token_that_is_too_short_is_refused_without_being_shown() {
        let (_folder, path) = file("short-token");
        let environment = Environment::of([("ADMIN_TOKEN_FILE", path.as_str())]);
        let message = Config::read(&environment).unwrap_err().to_string();
        assert!(
            message.contains("ADMIN_TOKEN is \"11 characters long\""),
            "{message}"
        );
        assert!(!message.contains("short-token"), "{message}");
    }

    #[test]
    fn a_file_that_is_not_there_or_empty_is_named() {
        let (_folder, empty) = file(" \n");
        for (path, why) in [("/nowhere/secret", "can be read"), (empty.as_str(), "empty")] {
            let environment = Environment::of([("REDIS_URL_FILE", path)]);
            let message = Config::read(&environment).unwrap_err().to_string();
            for part in ["REDIS_URL_FILE", path, why] {
                assert!(message.contains(part), "{part:?} is missing in {message}");
            }
        }
    }

    #[test]
    fn a_variable_and_its_file_are_not_both_taken() {
        let (_folder, path) = file("a-token-from-the-file");
        let (variables, problems) = read(&[
            ("ADMIN_TOKEN_FILE", &path),
            ("ADMIN_TOKEN", "a-token-from-the-environment"),
        ]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].variable, "ADMIN_TOKEN_FILE");
        assert_eq!(variables["ADMIN_TOKEN"], "a-token-from-the-environment");
    }
}
