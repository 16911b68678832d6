//! Archives: nested, damaged, locked, and made to explode.

use std::io::{Cursor, Write};

use daylight_evidence::Options;
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::{
    Outcome, folder, paths, problems, read_content, read_content_with, read_paths, source,
};

fn zip_with(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        let options = SimpleFileOptions::default().compression_method(method);
        if name.ends_with('/') {
            writer.add_directory(*name, options).unwrap();
        } else {
            writer.start_file(*name, options).unwrap();
            writer.write_all(content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(members, CompressionMethod::Deflated)
}

/// As tools that write to a pipe do it: sizes behind the data.
fn zip_streamed(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (name, content) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        writer.append_data(&mut header, name, *content).unwrap();
    }
    writer.into_inner().unwrap()
}

fn read_all(content: &[u8]) -> (Vec<String>, Vec<String>) {
    let folder = folder(&[("evidence", content)]);
    let (keeper, manifest) = read_paths(&[folder.path().to_owned()], &Options::default());
    let root = folder.path().display().to_string();
    let shown = |path: &str| path.replace(&root, "");
    let events = keeper.events.iter().map(|event| {
        format!(
            "{} {}",
            shown(&manifest.sources[event.source].path),
            event.text.clone() + &event.field("n")
        )
    });
    let all_problems = manifest.sources.iter().flat_map(|record| {
        record
            .problems
            .iter()
            .map(|problem| format!("{}: {}", shown(&problem.path), problem.message))
    });
    (events.collect(), all_problems.collect())
}

#[test]
fn nested_archives() {
    let inner = zip(&[("deep.json", b"{\"n\":3}\n")]);
    let packed_inner = gzip(&inner);
    let outer = zip(&[
        ("folder/", b""),
        ("folder/a.log", b"one\ntwo\n"),
        ("packed.gz", &gzip(b"{\"n\":1}\n")),
        ("inner.zip", &inner),
        ("both.gz", &packed_inner),
    ]);
    let (events, problems) = read_all(&outer);
    assert_eq!(
        events,
        [
            "/evidence!folder/a.log one(none)",
            "/evidence!folder/a.log two(none)",
            "/evidence!packed.gz!packed 1",
            "/evidence!inner.zip!deep.json 3",
            "/evidence!both.gz!both!deep.json 3",
        ]
    );
    assert_eq!(problems, [""; 0]);
    assert_eq!(read_all(&gzip(&outer)).0.len(), 5);
    let two_members = [gzip(b"one\n"), gzip(b"two\n")].concat();
    assert_eq!(
        read_all(&two_members).0,
        ["/evidence!content one(none)", "/evidence!content two(none)"]
    );
}

#[test]
fn hashes_and_sizes_are_those_of_the_unpacked_file() {
    let folder = folder(&[("a.zip", &zip(&[("x/empty", b""), ("x/abc", b"abc")]))]);
    let (keeper, manifest) = read_paths(&[folder.path().to_owned()], &Options::default());
    let record = source(&manifest, "a.zip!x/abc");
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((record.size_bytes, record.sha256.as_str()), (3, sha256));
    assert_eq!(source(&manifest, "empty").kind, "empty");
    let listing = keeper
        .listings
        .iter()
        .find(|event| event.field("FileName") == "abc")
        .unwrap();
    assert_eq!(listing.field("TargetFilename"), record.path);
    assert_eq!(listing.field("MD5"), "900150983cd24fb0d6963f7d28e17f72");
    assert_eq!(
        listing.field("SHA1"),
        "a9993e364706816aba3e25717850c26c9cd0d89d"
    );
    assert_eq!(listing.field("SHA256"), sha256);
    assert!(
        listing
            .field("Hashes")
            .ends_with(&format!("SHA256={}", sha256.to_uppercase()))
    );
    assert_eq!(listing.time, "");
    assert_eq!(record.events, 1);
    assert_eq!((record.first, record.hosts.len()), (None, 0));
}

#[test]
fn truncated_zip() {
    let lines: String = (0..20_000)
        .map(|number| format!("{{\"n\":{number}}}\n"))
        .collect();
    for archive in [
        zip(&[
            ("first.json", b"{\"n\":1}\n"),
            ("second.json", lines.as_bytes()),
        ]),
        zip_streamed(&[
            ("first.json", b"{\"n\":1}\n"),
            ("second.json", lines.as_bytes()),
        ]),
        zip_with(
            &[
                ("first.json", b"{\"n\":1}\n"),
                ("second.json", lines.as_bytes()),
            ],
            CompressionMethod::Stored,
        ),
    ] {
        let outcome = |length: usize| -> (usize, Vec<String>) {
            let (events, problems) = read_all(&archive[..length]);
            (events.len(), problems)
        };
        assert_eq!(outcome(archive.len()), (20_001, vec![]));
        // Only the list of members is gone: all of them are read.
        let (events, problems) = outcome(archive.len() - 30);
        assert_eq!((events, problems.len()), (20_001, 1), "{problems:?}");
        assert!(
            problems[0].starts_with("/evidence: the list of members cannot be read"),
            "{problems:?}"
        );
        // Half is gone: the rest is read, and the member says that it is not whole.
        let (events, problems) = outcome(archive.len() / 2);
        assert!((1_000..20_000).contains(&events), "{events}");
        assert!(
            problems
                .iter()
                .any(|problem| problem.contains("second.json: cannot be read on")),
            "{problems:?}"
        );
        // Next to nothing is left.
        let (events, problems) = outcome(20);
        assert_eq!((events, problems.len()), (0, 2), "{problems:?}");
    }
}

#[test]
fn tar_whole_and_truncated() {
    let archive = tar(&[
        ("a/b.json", b"{\"n\":1}\n"),
        ("c.log", "line\n".repeat(1_000).as_bytes()),
    ]);
    for content in [archive.clone(), gzip(&archive), zip(&[("x.tar", &archive)])] {
        let (events, problems) = read_all(&content);
        assert_eq!((events.len(), problems), (1_001, vec![]));
        assert!(events[0].ends_with("!a/b.json 1"), "{}", events[0]);
    }
    let (events, problems) = read_all(&archive[..archive.len() / 2]);
    assert!((100..1_000).contains(&events.len()), "{}", events.len());
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("c.log: cannot be read on")),
        "{problems:?}"
    );
    // Names that do not fit the header stand in a member of their own.
    let long = "folder/".repeat(40) + "long.log";
    assert!(read_all(&tar(&[(&long, b"x")])).0[0].contains(&long));
}

#[test]
fn truncated_gzip() {
    let lines: String = (0..5_000)
        .map(|number| format!("line {number}\n"))
        .collect();
    let packed = gzip(lines.as_bytes());
    let folder = folder(&[("a.gz", &packed[..packed.len() / 2])]);
    let (keeper, manifest) = read_paths(&[folder.path().to_owned()], &Options::default());
    assert!(
        (500..4_000).contains(&keeper.events.len()),
        "{}",
        keeper.events.len()
    );
    let inner = source(&manifest, "!a");
    assert_eq!(inner.sha256, "");
    assert!(problems(inner)[0].contains("cannot be read on"));
    assert_eq!(source(&manifest, "a.gz").sha256.len(), 64);
}

#[test]
fn encrypted_and_unknown_members() {
    let mut archive = zip(&[("open.log", b"seen\n"), ("locked.log", b"hidden\n")]);
    // Bit 0 of the flags says encrypted: in the member's own header and in the list.
    for signature in [b"PK\x03\x04", b"PK\x01\x02"] {
        let at = archive
            .windows(4)
            .enumerate()
            .filter(|(_, window)| window == signature)
            .nth(1)
            .unwrap()
            .0;
        archive[at + if signature[2] == 3 { 6 } else { 8 }] |= 1;
    }
    let folder = folder(&[("a.zip", &archive)]);
    let (keeper, manifest) = read_paths(&[folder.path().to_owned()], &Options::default());
    assert_eq!(keeper.events.len(), 1);
    let locked = source(&manifest, "locked.log");
    assert_eq!(
        (
            locked.kind.as_str(),
            locked.sha256.as_str(),
            locked.records_failed
        ),
        ("encrypted", "", 1)
    );
    assert_eq!(locked.size_bytes, 7);
    assert!(problems(locked)[0].ends_with("member is encrypted and cannot be read"));
    assert!(
        keeper
            .listings
            .iter()
            .any(|event| event.field("FileName") == "locked.log")
    );

    // The list of members lost as well: said in the archive's own record.
    let (_, problems) = read_all(&archive[..archive.len() - 30]);
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("locked.log is encrypted")),
        "{problems:?}"
    );
}

#[test]
fn bombs() {
    let zeros = vec![0; 8 << 20];
    let check = |content: &[u8], set: fn(&mut Options), reason: &str| {
        let mut options = Options::default();
        set(&mut options);
        let folder = folder(&[("bomb", content)]);
        let (_, manifest) = read_paths(&[folder.path().to_owned()], &options);
        let found: Vec<String> = manifest
            .sources
            .iter()
            .flat_map(|record| &record.problems)
            .chain(&manifest.problems)
            .map(|problem| problem.message.clone())
            .collect();
        assert!(
            found.iter().any(|message| message.contains(reason)),
            "{reason}: {found:?}"
        );
        manifest
    };
    let ratio: fn(&mut Options) = |options| options.limits.unpack_ratio_max = 100;
    let total: fn(&mut Options) = |options| options.limits.unpacked_bytes_max = 3 << 20;
    for archive in [
        zip(&[("zeros", &zeros)]),
        zip_streamed(&[("zeros", &zeros)]),
        gzip(&zeros),
    ] {
        let manifest = check(
            &archive,
            ratio,
            "unpacks to more than 100 times its packed size",
        );
        assert_eq!(manifest.sources[1].sha256, "");
        assert!(manifest.sources[1].size_bytes <= 2 << 20);
        assert_eq!(manifest.sources[0].sha256.len(), 64);
        check(&archive, total, "unpacks to more than 3145728 bytes");
    }
    // The limit is one for all members, and for archives inside.
    let part = vec![0; 2 << 20];
    check(
        &zip(&[("a", &part), ("b", &part)]),
        total,
        "unpacks to more than",
    );
    check(
        &zip(&[("a", &part), ("b.zip", &zip(&[("c", &part)]))]),
        total,
        "unpacks to more than",
    );

    let members: Vec<(String, Vec<u8>)> = (0..50)
        .map(|number| (format!("m{number}"), b"x".to_vec()))
        .collect();
    let members: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(name, content)| (name.as_str(), content.as_slice()))
        .collect();
    let few: fn(&mut Options) = |options| options.limits.files_max = 10;
    let manifest = check(&zip(&members), few, "more than 10 files");
    assert_eq!((manifest.sources.len(), manifest.problems.len()), (10, 1));

    let mut nested = gzip(b"core");
    for _ in 0..10 {
        nested = gzip(&nested);
    }
    let shallow: fn(&mut Options) = |options| options.limits.depth_max = 4;
    let manifest = check(&nested, shallow, "nested more than 4 deep");
    assert_eq!(manifest.sources.len(), 5);
}

#[test]
fn nesting_to_the_default_limit_does_not_exhaust_the_stack() {
    let (mut gzipped, mut zipped) = (b"core".to_vec(), b"core".to_vec());
    for _ in 0..70 {
        gzipped = gzip(&gzipped);
        zipped = zip_with(&[("z", &zipped)], CompressionMethod::Stored);
    }
    for content in [gzipped, zipped] {
        let (_, problems) = read_all(&content);
        assert!(
            problems[0].contains("nested more than 64 deep"),
            "{problems:?}"
        );
    }
}

#[test]
fn lists_that_lie() {
    // The list is there, but its entry points nowhere.
    let mut archive = zip(&[("a", b"one\n")]);
    let at = archive
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    archive[at + 42] = 200;
    let Outcome { record, .. } = read_first(&archive);
    assert!(!record.problems.is_empty());

    let stored = zip_with(&[("a", b"one\n")], CompressionMethod::Stored);
    let mut changed = stored.clone();
    let at = changed
        .windows(4)
        .position(|window| window == b"one\n")
        .unwrap();
    changed[at] = b'O';
    let (_, problems) = read_all(&changed);
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("!a: cannot be read on")),
        "{problems:?}"
    );
}

fn read_first(content: &[u8]) -> Outcome {
    let folder = folder(&[("evidence", content)]);
    let (keeper, manifest) = read_paths(&[folder.path().to_owned()], &Options::default());
    let mut record = manifest.sources[0].clone();
    // The problem may stand with the archive or with its member.
    record.problems.extend(
        manifest
            .sources
            .iter()
            .skip(1)
            .flat_map(|member| member.problems.clone()),
    );
    assert!(!paths(&manifest).is_empty());
    Outcome {
        events: keeper.events,
        record,
    }
}

#[test]
fn an_empty_archive() {
    let outcome = read_content(zip(&[]));
    assert_eq!(
        (outcome.record.kind.as_str(), outcome.record.problems.len()),
        ("zip", 0)
    );
    let mut options = Options::default();
    options.limits.depth_max = 0;
    let closed = read_content_with(zip(&[("a", b"x")]), &options);
    assert!(problems(&closed.record)[0].contains("not opened"));
}
