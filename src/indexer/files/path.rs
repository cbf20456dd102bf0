//! Relative paths as text: joining and taking apart, without ever asking the file system.

/// `relative`, seen from the folder `base` (`""` is the root), with `.` and `..` resolved by their spelling.
/// None when it leaves the root, or is absolute.
pub fn join(base: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The folder a path stands in: `""` for one at the root.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_is_resolved_by_its_spelling() {
        assert_eq!(join("a/b", "../c/./d.yaml").as_deref(), Some("a/c/d.yaml"));
        assert_eq!(join("", "x//y.yaml").as_deref(), Some("x/y.yaml"));
        assert_eq!(join("a", "..").as_deref(), Some(""));
    }

    #[test]
    fn a_path_that_leaves_the_root_has_no_name() {
        assert_eq!(join("a", "../../etc/passwd"), None);
        assert_eq!(join("a", "/etc/passwd"), None);
    }

    #[test]
    fn a_path_is_a_folder_and_a_name() {
        assert_eq!((parent("a/b/c.yaml"), file_name("a/b/c.yaml")), ("a/b", "c.yaml"));
        assert_eq!((parent("c.yaml"), file_name("c.yaml")), ("", "c.yaml"));
    }
}
