//! bzip2, xz, zstd and 7z; collections of triage tools; files that have no good end.

use std::io::{Cursor, Read, Write};

use daylight_evidence::Options;
use lzma_rust2::{XzOptions, XzWriter};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use sevenz_rust2::{ArchiveEntry, ArchiveWriter};

use crate::support::{folder, problems, read_content, read_content_with, read_paths, source};

const LOG: &[u8] = b"one evil.example\ntwo\n";

fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder = bzip2::read::BzEncoder::new(content, bzip2::Compression::best());
    encoder.read_to_end(&mut packed).unwrap();
    packed
}

fn xz(content: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(6)).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

fn zstd(content: &[u8]) -> Vec<u8> {
    compress_to_vec(content, CompressionLevel::Fastest)
}

fn seven_zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    for (name, content) in members {
        let entry = ArchiveEntry::new_file(name);
        writer.push_archive_entry(entry, Some(*content)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

type Pack = fn(&[u8]) -> Vec<u8>;
const PACKS: [(&str, Pack); 3] = [("bzip2", bzip2), ("xz", xz), ("zstd", zstd)];

#[test]
fn packed_files_one_in_the_other() {
    for (kind, pack) in PACKS {
        let folder = folder(&[("log.packed", &pack(&pack(LOG)))]);
        let (keeper, manifest) = read_paths(&[folder.path().into()], &Options::default());
        let kinds: Vec<&str> = manifest
            .sources
            .iter()
            .map(|record| record.kind.as_str())
            .collect();
        assert_eq!(kinds, [kind, kind, "text"]);
        assert_eq!(keeper.events.len(), 2, "{kind}");
        let innermost = source(&manifest, "log.packed!log!content");
        assert_eq!(innermost.sha256, read_content(LOG).record.sha256, "{kind}");
        assert!(
            manifest
                .sources
                .iter()
                .all(|record| record.problems.is_empty()),
            "{kind}"
        );
    }
}

#[test]
fn several_parts_are_one_file() {
    for (kind, pack) in PACKS {
        let mut both = pack(LOG);
        if kind == "zstd" {
            both.extend([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
        }
        both.extend(pack(LOG));
        let folder = folder(&[("log", &both)]);
        let (keeper, manifest) = read_paths(&[folder.path().into()], &Options::default());
        assert_eq!(keeper.events.len(), 4, "{kind}");
        assert_eq!(problems(&manifest.sources[1]), [""; 0], "{kind}");
    }
}

#[test]
fn cut_and_damaged_packs_are_told() {
    for (kind, pack) in PACKS {
        let long: Vec<u8> = (0..20_000_u32)
            .flat_map(|n| format!("line {n}\n").into_bytes())
            .collect();
        let mut packed = pack(&long);
        packed.truncate(packed.len() * 2 / 3);
        let folder = folder(&[("log", &packed)]);
        let (_, manifest) = read_paths(&[folder.path().into()], &Options::default());
        assert_eq!(manifest.sources[0].kind, kind);
        let told: Vec<String> = manifest.sources.iter().flat_map(problems).collect();
        assert_eq!(told.len(), 1, "{kind}: {told:?}");
        assert!(told[0].contains("cannot be read on"), "{kind}: {told:?}");
    }
}

#[test]
fn bombs_end_at_the_limits() {
    let zeros = vec![0; 8 << 20];
    for (kind, pack) in PACKS {
        let mut options = Options::default();
        options.limits.unpack_ratio_max = 50;
        let folder = folder(&[("bomb", &pack(&zeros))]);
        let (_, manifest) = read_paths(&[folder.path().into()], &options);
        let told = problems(&manifest.sources[1]);
        assert!(
            told[0].contains("unpacks to more than 50 times"),
            "{kind}: {told:?}"
        );
        assert!(manifest.sources[1].size_bytes < 2 << 20, "{kind}");
    }
    let mut options = Options::default();
    options.limits.unpacked_bytes_max = 1 << 20;
    let folder = folder(&[("bomb.7z", &seven_zip(&[("zeros", &zeros), ("log", LOG)]))]);
    let (_, manifest) = read_paths(&[folder.path().into()], &options);
    let told: Vec<String> = manifest.sources.iter().flat_map(problems).collect();
    assert!(
        told.iter()
            .any(|it| it.contains("unpacks to more than 1048576 bytes")),
        "{told:?}"
    );
}

#[test]
fn seven_zip_archives() {
    let inner = seven_zip(&[("inner.log", LOG)]);
    let archive = seven_zip(&[
        ("a/log.txt", LOG),
        ("../../climbs", LOG),
        ("inner.7z", &inner),
        ("empty", b""),
    ]);
    let outer = folder(&[("case.7z", &archive)]);
    let (keeper, manifest) = read_paths(&[outer.path().into()], &Options::default());
    assert_eq!(keeper.events.len(), 6);
    for end in [
        "case.7z!a/log.txt",
        "case.7z!../../climbs",
        "inner.7z!inner.log",
        "case.7z!empty",
    ] {
        assert_eq!(problems(source(&manifest, end)), [""; 0], "{end}");
    }
    // Names are only names: nothing is written.
    assert!(!outer.path().join("../../climbs").exists());

    let cut = &archive[..archive.len() - 9];
    let outcome = read_content(cut);
    assert_eq!(outcome.record.kind, "7z");
    assert!(
        problems(&outcome.record)[0].contains("members cannot be read"),
        "{:?}",
        outcome.record
    );
}

#[test]
fn no_bytes_of_a_pack_make_trouble() {
    let packs: Vec<Vec<u8>> = PACKS
        .iter()
        .map(|(_, pack)| pack(LOG))
        .chain([seven_zip(&[("x", LOG)])])
        .collect();
    for pack in packs {
        for place in 0..pack.len() {
            let mut wrong = pack.clone();
            wrong[place] ^= 0x55;
            let outer = folder(&[("x", &wrong)]);
            let (_, manifest) = read_paths(&[outer.path().into()], &Options::default());
            assert!(!manifest.sources.is_empty());
        }
    }
}

#[test]
fn collections_tell_machine_and_place() {
    let archive = seven_zip(&[("uploads/auto/C%3A/inetpub/wwwroot/x.aspx", b"<% %>")]);
    let outer = folder(&[
        ("Collection-WEB01-2021-03-03T06_30_11Z.7z", &archive),
        ("kape/2021-03-03T063011_WEB02/C/Windows/System32/x.log", LOG),
    ]);
    let (keeper, _) = read_paths(&[outer.path().into()], &Options::default());
    let listed: Vec<(&str, String)> = keeper
        .listings
        .iter()
        .map(|listing| (listing.host.as_str(), listing.field("OriginalPath")))
        .collect();
    let expected = [
        ("WEB01", "(none)".to_owned()),
        ("WEB01", r"C:\inetpub\wwwroot\x.aspx".to_owned()),
        ("WEB02", r"C:\Windows\System32\x.log".to_owned()),
    ];
    let mut found = listed.clone();
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(found, expected);
}

#[cfg(target_os = "linux")]
#[test]
fn what_has_no_good_end_is_not_begun() {
    let outer = tempfile::tempdir().unwrap();
    let hollow = std::fs::File::create(outer.path().join("hollow")).unwrap();
    // Not every file system can hold it; then there is nothing to see.
    let is_made = hollow.set_len(1 << 40).is_ok();
    std::fs::write(outer.path().join("log"), LOG).unwrap();
    let mut keeper = crate::support::Keeper::default();
    let paths = [outer.path().to_owned(), "/proc".into()];
    let manifest = daylight_evidence::read(&paths, &Options::default(), &mut keeper);
    assert_eq!(manifest.sources.len(), 1);
    let told: Vec<&str> = manifest
        .problems
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert!(
        told.contains(&"on a file system of the kernel's, not read"),
        "{told:?}"
    );
    assert!(
        !is_made
            || told
                .iter()
                .any(|it| it.starts_with("sparse: of its 1099511627776")),
        "{told:?}"
    );
}

/// Writes to its file, or cuts it, as soon as the first event of it comes.
struct Meddler(std::fs::File, Option<u64>);

impl daylight_evidence::Sink for Meddler {
    fn event(&mut self, _: &daylight_model::Event<'_>) {
        match self.1.take() {
            Some(0) => self.0.write_all(&vec![b'x'; 1 << 20]).unwrap(),
            Some(bytes) => self.0.set_len(bytes).unwrap(),
            None => {}
        }
    }
}

#[test]
fn files_that_grow_or_shrink_are_told() {
    for change in [0, 100] {
        let outer = folder(&[("log", LOG.repeat(200_000).as_slice())]);
        let path = outer.path().join("log");
        let file = std::fs::File::options().append(true).open(&path).unwrap();
        let mut meddler = Meddler(file, Some(change));
        let manifest = daylight_evidence::read(&[path], &Options::default(), &mut meddler);
        let told: Vec<&str> = manifest
            .problems
            .iter()
            .map(|it| it.message.as_str())
            .collect();
        assert!(told[0].starts_with("changed from 4200000 to"), "{told:?}");
        assert!(manifest.sources[0].size_bytes <= 4_200_000);
    }
}

#[test]
fn packs_in_packs_end_at_the_limit() {
    let mut options = Options::default();
    options.limits.depth_max = 4;
    let nested = (0..8).fold(LOG.to_vec(), |packed, _| zstd(&packed));
    let outcome = read_content_with(nested.as_slice(), &options);
    assert_eq!(outcome.record.kind, "zstd");
}
