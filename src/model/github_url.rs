//! Where to read an automation on the web.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{Automation, Repository};

/// What a path segment of a URL escapes (RFC 3986, section 3.3), and the `%` itself.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl Automation {
    /// The automation's file at its repository's branch, with its lines marked, as GitHub addresses them. Where the
    /// repository's URL is no web address, it is taken to be on github.com.
    pub fn github_url(&self, repository: &Repository) -> String {
        let Repository { owner, name, url, .. } = repository;
        let on_the_web = url.starts_with("https://") || url.starts_with("http://");
        let base = if on_the_web {
            url.clone()
        } else {
            format!("https://github.com/{owner}/{name}")
        };
        let base = base.trim_end_matches('/').trim_end_matches(".git");
        let branch = utf8_percent_encode(&repository.default_branch, SEGMENT);
        let path = utf8_percent_encode(&self.source_file_path, SEGMENT);
        let lines = match (self.start_line, self.end_line) {
            (Some(start), Some(end)) if end > start => format!("#L{start}-L{end}"),
            (Some(start), _) => format!("#L{start}"),
            _ => String::new(),
        };
        format!("{base}/blob/{branch}/{path}{lines}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(url: &str, branch: &str, path: &str, lines: (Option<u32>, Option<u32>)) -> String {
        let repository = Repository {
            url: url.into(),
            default_branch: branch.into(),
            ..Repository::default()
        };
        let automation = Automation {
            source_file_path: path.into(),
            start_line: lines.0,
            end_line: lines.1,
            ..Automation::default()
        };
        automation.github_url(&repository)
    }

    #[test]
    fn the_link_leads_to_the_lines() {
        let home = "https://github.com/a/b";
        let link = |path, lines| url(home, "main", path, lines);
        assert_eq!(
            link("x.yaml", (Some(3), Some(9))),
            "https://github.com/a/b/blob/main/x.yaml#L3-L9"
        );
        assert_eq!(
            link("x.yaml", (Some(3), Some(3))),
            "https://github.com/a/b/blob/main/x.yaml#L3"
        );
        assert_eq!(
            link("x.yaml", (None, None)),
            "https://github.com/a/b/blob/main/x.yaml"
        );
    }

    #[test]
    fn a_path_is_escaped_but_for_its_slashes() {
        let link = url(
            "https://github.com/a/b/",
            "feat/x",
            "my files/küche #1?.yaml",
            (None, None),
        );
        let expected = "https://github.com/a/b/blob/feat/x/my%20files/k%C3%BCche%20%231%3F.yaml";
        assert_eq!(link, expected);
    }

    #[test]
    fn what_is_not_on_the_web_is_looked_for_on_github() {
        for address in ["", "javascript:alert(1)", "/srv/git/home"] {
            let repository = Repository {
                owner: "a".into(),
                name: "b".into(),
                url: address.into(),
                default_branch: "main".into(),
                ..Repository::default()
            };
            let automation = Automation {
                source_file_path: "x.yaml".into(),
                ..Automation::default()
            };
            assert_eq!(
                automation.github_url(&repository),
                "https://github.com/a/b/blob/main/x.yaml"
            );
        }
    }
}
