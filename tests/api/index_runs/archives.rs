//! Archives that mean harm, or are merely large.

use std::io::Read;

use autodex::indexer::files::{FileTree, Listing, ListingProblem, ReadError};
use autodex::indexer::github::{ArchiveError, Bounds, Unpacked, unpack};
use flate2::Compression;
use flate2::read::GzEncoder;
use tar::EntryType;

use super::{Place, index};
use crate::support::github::{Archive, Repo, gzip, header};

const COMMIT: &str = "1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b";

fn small() -> Bounds {
    Bounds {
        archive_bytes: 64 << 10,
        unpacked_bytes: 256 << 10,
        entries: 40,
        files: 20,
        file_bytes: 1_000,
        kept_bytes: 3_000,
        path_bytes: 400,
        name_bytes: 1_000,
    }
}

fn unpacked(archive: &Archive) -> Unpacked {
    unpack(&archive.bytes("home-1a2b3c4", COMMIT)[..], &small()).unwrap()
}

fn listing(archive: &Archive) -> Listing {
    unpacked(archive).tree.listing()
}

#[track_caller]
fn refused(archive: &Archive, part: &str) {
    let error = unpack(&archive.bytes("home-1a2b3c4", COMMIT)[..], &small()).unwrap_err();
    assert!(matches!(error, ArchiveError::Exceeded { .. }), "{error}");
    assert!(error.to_string().contains(part), "{error}");
}

#[test]
fn only_yaml_is_kept_and_the_commit_is_told() {
    let archive = Archive::default()
        .file("configuration.yaml", b"automation: []")
        .file("a/B.YML", b"[]")
        .file("README.md", b"# Home")
        .file("www/photo.jpg", &[0xff; 5_000])
        .entry(EntryType::Directory, "a/", "", b"");
    let found = unpacked(&archive);
    assert_eq!(found.tree.listing().files, ["a/B.YML", "configuration.yaml"]);
    assert_eq!(found.tree.listing().problems, []);
    assert_eq!(
        found.tree.read("configuration.yaml", 100).unwrap(),
        b"automation: []"
    );
    assert_eq!(found.commit.as_deref(), Some(COMMIT));
}

#[test]
fn a_file_of_secrets_is_known_by_name_and_its_bytes_are_not_held() {
    let found = unpacked(&Archive::default().file("config/secrets.yaml", b"password: swordfish"));
    assert_eq!(found.tree.listing().files, ["config/secrets.yaml"]);
    assert_eq!(found.tree.read("config/secrets.yaml", 100).unwrap(), b"");
}

#[test]
fn a_path_that_leaves_the_repository_is_left_out_and_told() {
    for path in [
        "../evil.yaml",
        "home/../../evil.yaml",
        "home/a/../evil.yaml",
        "/etc/evil.yaml",
    ] {
        let listing = listing(
            &Archive::default()
                .file(path, b"[]")
                .written_plainly()
                .file("good.yaml", b"[]"),
        );
        assert_eq!(listing.files, ["good.yaml"], "{path}");
        let [ListingProblem::Unreadable { path: told, .. }] = &listing.problems[..] else {
            panic!("{path}: {listing:?}")
        };
        assert_eq!(told, path);
    }
}

#[test]
fn links_are_links_within_the_tree_and_nothing_else() {
    let archive = Archive::default()
        .link("in.yaml", "a/b.yaml")
        .link("out.yaml", "../../etc/passwd")
        .link("root.yaml", "/etc/passwd")
        .entry(EntryType::Link, "hard.yaml", "/etc/passwd", b"")
        .entry(EntryType::Fifo, "pipe.yaml", "", b"")
        .entry(EntryType::Char, "null.yaml", "", b"");
    let listing = listing(&archive);
    assert_eq!(listing.files, Vec::<String>::new());
    assert_eq!(listing.links.len(), 1);
    assert_eq!(
        (listing.links[0].path.as_str(), listing.links[0].target.as_str()),
        ("in.yaml", "a/b.yaml")
    );
    assert_eq!(listing.problems.len(), 2);
}

#[test]
fn long_names_are_read_in_every_form() {
    let long = format!("{}/automations.yaml", "folder/".repeat(30));
    // POSIX's, as git writes it.
    assert_eq!(listing(&Archive::default().file(&long, b"[]")).files.len(), 1);
    let link = listing(&Archive::default().link("a.yaml", &long));
    assert_eq!(link.links[0].target.matches("folder").count(), 30);
    // GNU's.
    let gnu = Archive::default()
        .entry(
            EntryType::GNULongName,
            "././@LongLink",
            "",
            format!("home/{long}\0").as_bytes(),
        )
        .file("short.yaml", b"[]");
    let found = listing(&gnu).files;
    assert!(
        found.len() == 1 && found[0].starts_with("folder/folder/"),
        "{found:?}"
    );
    let gnu_link = Archive::default()
        .entry(
            EntryType::GNULongLink,
            "././@LongLink",
            "",
            format!("{long}\0").as_bytes(),
        )
        .link("a.yaml", "x");
    assert_eq!(listing(&gnu_link).links[0].target.matches("folder").count(), 30);
    // A long name that leaves the repository is one that leaves it.
    let escaping = Archive::default()
        .entry(
            EntryType::GNULongName,
            "././@LongLink",
            "",
            b"home/../../evil.yaml\0",
        )
        .file("short.yaml", b"[]");
    assert_eq!(listing(&escaping).files, Vec::<String>::new());
}

#[test]
fn a_name_of_a_megabyte_is_not_read() {
    for kind in [
        EntryType::GNULongName,
        EntryType::GNULongLink,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
    ] {
        let archive = Archive::default()
            .entry(kind, "name", "", &vec![b'a'; 100_000])
            .file("a.yaml", b"[]");
        let error = unpack(&archive.bytes("home", COMMIT)[..], &small()).unwrap_err();
        assert!(error.to_string().contains("name is too long"), "{error}");
    }
}

#[test]
fn an_entry_of_two_sizes_is_refused() {
    let attributes = "12 size=99\n".replace("12", "11");
    let archive = Archive::default()
        .entry(EntryType::XHeader, "pax", "", attributes.as_bytes())
        .file("a.yaml", b"[]");
    let error = unpack(&archive.bytes("home", COMMIT)[..], &small()).unwrap_err();
    assert!(error.to_string().contains("two sizes"), "{error}");
}

#[test]
fn a_file_that_is_too_large_is_there_and_cannot_be_read() {
    let found = unpacked(
        &Archive::default()
            .file("large.yaml", &[b'a'; 1_001])
            .file("a.yaml", b"[]"),
    );
    assert_eq!(found.tree.listing().files, ["a.yaml", "large.yaml"]);
    assert!(matches!(
        found.tree.read("large.yaml", 9_999),
        Err(ReadError::TooLarge { .. })
    ));
}

#[test]
fn more_than_is_kept_of_a_repository_is_left_out_and_told() {
    let mut archive = Archive::default();
    for number in 0..5 {
        archive = archive.file(&format!("{number}.yaml"), &[b'a'; 900]);
    }
    let listing = listing(&archive);
    assert_eq!(listing.files.len(), 3);
    assert_eq!(listing.problems.len(), 2);
    assert!(matches!(listing.problems[0], ListingProblem::Overfull { .. }));
}

#[test]
fn a_path_takes_room_as_what_is_in_the_file_does() {
    let long = |number: u32| format!("{number}{}", "/folder".repeat(50));
    let (mut files, mut links) = (Archive::default(), Archive::default());
    for number in 0..9 {
        files = files.file(&format!("{}/a.yaml", long(number)), b"");
        links = links.link(&format!("{number}.yaml"), &format!("{}/a.yaml", long(number)));
    }
    for listing in [listing(&files), listing(&links)] {
        assert_eq!(listing.files.len() + listing.links.len(), 8, "{listing:?}");
        assert!(matches!(listing.problems[..], [ListingProblem::Overfull { .. }]));
    }
}

#[test]
fn a_path_that_is_too_long_is_left_out_and_told_in_short() {
    let long = format!("{}a.yaml", "folder/".repeat(60));
    let archive = Archive::default()
        .file(&long, b"[]")
        .link("b.yaml", &long)
        .file("c.yaml", b"[]");
    let listing = listing(&archive);
    assert_eq!((listing.files.len(), listing.links.len()), (1, 0), "{listing:?}");
    assert_eq!(listing.problems.len(), 2);
    for problem in &listing.problems {
        let ListingProblem::Unreadable { path, cause } = problem else {
            panic!("{problem:?}")
        };
        assert!(
            path.len() <= 200 && cause.contains("more than 400 bytes"),
            "{problem:?}"
        );
    }
}

#[test]
fn more_files_than_are_kept_are_left_out_and_told_once() {
    let mut archive = Archive::default();
    for number in 0..30 {
        archive = archive.file(&format!("{number:02}.yaml"), b"[]");
    }
    let listing = listing(&archive);
    assert_eq!(listing.files.len(), 20);
    assert_eq!(listing.problems.len(), 1);
    assert!(matches!(
        listing.problems[0],
        ListingProblem::TooMany { limit: 20, .. }
    ));
}

#[test]
fn an_archive_of_endless_entries_is_refused() {
    let mut archive = Archive::default();
    for number in 0..60 {
        archive = archive.file(&format!("{number}.txt"), b"");
    }
    refused(&archive, "in entries, more than 40");
}

#[test]
fn a_bomb_is_refused_after_what_may_come_out_of_it() {
    // A gibibyte of zeros in a megabyte of gzip, as one entry that is skipped and as the end of the archive.
    let size = 1 << 30;
    let zeros = || std::io::repeat(0).take(size);
    let head = |path: &str| {
        let mut head = header(EntryType::Regular, usize::try_from(size).unwrap());
        head.set_path(path).unwrap();
        head.set_cksum();
        head.as_bytes().to_vec()
    };
    for start in [head("home/zeros.bin"), head("home/zeros.yaml"), Vec::new()] {
        let bomb = GzEncoder::new(std::io::Cursor::new(start).chain(zeros()), Compression::best());
        let bounds = Bounds {
            archive_bytes: 16 << 20,
            ..small()
        };
        let error = unpack(bomb, &bounds).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("unpacks to, in bytes, more than 262144"),
            "{error}"
        );
    }
}

#[test]
fn an_archive_that_is_too_long_is_refused() {
    // Random enough not to be packed.
    let noise: Vec<u8> = (0..100_000_u32)
        .flat_map(|it| blake3::hash(&it.to_le_bytes()).as_bytes()[..2].to_vec())
        .collect();
    refused(
        &Archive::default().file("noise.bin", &noise),
        "has, in bytes, more than 65536",
    );
}

#[test]
fn half_an_archive_is_none() {
    let whole = Archive::default()
        .file("a.yaml", &blake3::hash(b"a").to_hex().as_bytes().repeat(9))
        .file("b.yaml", &blake3::hash(b"b").to_hex().as_bytes().repeat(9))
        .bytes("home", COMMIT);
    assert!(unpack(&whole[..], &small()).is_ok());
    for length in 0..whole.len() {
        let ended = unpack(&whole[..length], &small());
        assert!(
            matches!(ended, Err(ArchiveError::Broken(_))),
            "{length} of {}",
            whole.len()
        );
    }
}

#[test]
fn bytes_that_are_no_archive_are_refused() {
    let bad_sum = {
        let mut tar = Archive::default().file("a.yaml", b"[]").tar("home", COMMIT);
        tar[1_030] ^= 1;
        gzip(&tar)
    };
    for bytes in [b"<html>".to_vec(), gzip(&[b'x'; 2_000]), bad_sum] {
        assert!(matches!(
            unpack(&bytes[..], &small()),
            Err(ArchiveError::Broken(_))
        ));
    }
}

#[tokio::test]
async fn a_repository_with_a_bomb_costs_itself_and_is_not_downloaded_again_until_it_is_pushed_to() {
    let mut bomb = Repo::new("evil/bomb");
    bomb.push_archive(Archive::default().file("zeros.bin", &vec![0; 4 << 20]));
    let mut place = Place::sqlite([bomb, Repo::new("jan/home")]).await;
    place.config.max_unpacked_bytes = 1 << 20;
    for _ in 0..2 {
        let done = index(&place).await;
        assert!(
            done.fate("evil/bomb")
                .contains("unpacks to, in bytes, more than 1048576"),
            "{done:#?}"
        );
        assert_eq!(place.held().await, ["jan/home: Lamp of jan/home"]);
        assert_eq!(place.github.asked_for("/archive/evil/"), 1);
    }
    place.config.max_unpacked_bytes = 2 << 20;
    index(&place).await;
    assert_eq!(
        place.github.asked_for("/archive/evil/"),
        2,
        "by other bounds it may pass"
    );
    place
        .github
        .world()
        .repo("evil/bomb")
        .push(&[("automations.yaml", "[]")]);
    assert_eq!(index(&place).await.fate("evil/bomb"), "indexed 0");
}
