//! Symbolic links: followed inside the repository, never out of it.

use super::{aliases, named, read_configuration, warnings};
use crate::indexer::files::MemoryTree;
use crate::indexer::reader::Limits;

#[test]
fn a_link_to_a_file_of_the_repository_is_read_under_its_real_path() {
    let mut tree = MemoryTree::new();
    tree.insert(
        "ha/configuration.yaml",
        "automation: !include_dir_merge_list auto\nautomation 2: !include linked/x.yaml",
    );
    tree.insert("shared/a.txt", "- trigger: []\n  alias: A\n");
    tree.insert("deep/er/x.yaml", "- trigger: []\n  alias: X\n");
    tree.insert_link("ha/auto/a.yaml", "../../shared/a.txt");
    tree.insert_link("ha/linked", "../deep/er");
    let reading = read_configuration(&tree, &Limits::default());
    assert_eq!((aliases(&reading), reading.warnings.len()), (vec!["X", "A"], 0));
    assert_eq!(reading.automations[1].source_file_path, "shared/a.txt");
}

#[test]
fn links_that_name_secrets_or_one_another_lead_nowhere() {
    let mut tree = MemoryTree::new();
    tree.insert(
        "configuration.yaml",
        "automation: !include a.yaml\nautomation 2: !include_dir_merge_list d\nautomation 3: !include s.yaml",
    );
    tree.insert("secrets.yaml", named("Stolen"));
    tree.insert_link("a.yaml", "b.yaml");
    tree.insert_link("b.yaml", "a.yaml");
    tree.insert_link("d/x.yaml", "../secrets.yaml");
    tree.insert_link("s.yaml", "secrets.yaml");
    let reading = read_configuration(&tree, &Limits::default());
    assert_eq!((aliases(&reading).len(), reading.files_read), (0, 1));
    assert!(
        warnings(&reading)
            .iter()
            .any(|w| w.contains("secrets.yaml, a file of secrets")),
        "{:?}",
        warnings(&reading)
    );
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_named_and_not_followed() {
    use crate::indexer::files::LocalFolder;
    use std::fs;
    use std::os::unix::fs::symlink;

    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("a.yaml"), named("Outside")).unwrap();
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join(".git")).unwrap();
    fs::write(home.path().join(".git/a.yaml"), named("Git")).unwrap();
    fs::create_dir(home.path().join("auto")).unwrap();
    fs::write(home.path().join("in.yaml"), named("Inside")).unwrap();
    fs::write(
        home.path().join("configuration.yaml"),
        "automation: !include_dir_merge_list auto\nautomation 2: !include out/a.yaml",
    )
    .unwrap();
    symlink(outside.path(), home.path().join("out")).unwrap();
    symlink(outside.path().join("a.yaml"), home.path().join("auto/file.yaml")).unwrap();
    symlink(
        "../../../../../../etc/passwd",
        home.path().join("auto/passwd.yaml"),
    )
    .unwrap();
    symlink("../in.yaml", home.path().join("auto/in.yaml")).unwrap();
    symlink(home.path().join("auto"), home.path().join("auto/round")).unwrap();

    let reading = read_configuration(&LocalFolder::open(home.path()).unwrap(), &Limits::default());
    assert_eq!(aliases(&reading), ["Inside"]);
    let out: Vec<_> = warnings(&reading)
        .into_iter()
        .filter(|w| w.contains("symbolic link"))
        .collect();
    let path = |name| format!("{name}: a symbolic link out of the repository, not followed");
    assert_eq!(
        out,
        [path("auto/file.yaml"), path("auto/passwd.yaml"), path("out")]
    );
}
