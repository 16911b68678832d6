//! What is made, or happens, so that a reader never comes to an end.

use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use daylight_evidence::{Options, Sink, read};
use daylight_model::{Event, Manifest};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{Keeper, folder, read_paths};

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn messages(manifest: &Manifest) -> Vec<String> {
    let of_files = manifest.sources.iter().flat_map(|source| &source.problems);
    let all = of_files.chain(&manifest.problems);
    all.map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect()
}

/// Reads a bomb beside a log: it is told, it costs little, and the log is read.
#[track_caller]
fn check(name: &str, bomb: &[u8], reason: &str) {
    let folder = folder(&[(name, bomb), ("z.log", b"one\n")]);
    let begun = Instant::now();
    let mut keeper = Keeper::default();
    let manifest = read(&[folder.path().into()], &Options::default(), &mut keeper);
    let (duration, told) = (begun.elapsed(), messages(&manifest));
    println!(
        "{name}: {} bytes, {} sources, {} problems, {duration:?}",
        bomb.len(),
        manifest.sources.len(),
        told.len()
    );
    assert!(told.iter().any(|it| it.contains(reason)), "{told:?}");
    assert!(keeper.events.iter().any(|event| event.text == "one"));
    let unpacked: u64 = manifest
        .sources
        .iter()
        .map(|source| source.size_bytes)
        .sum();
    let fair = (bomb.len() as u64 * 1_000).max(64 << 20) * 2;
    assert!(unpacked < fair, "{unpacked} bytes were unpacked");
    assert!(duration < Duration::from_secs(120), "{duration:?}");
}

/// Sixteen archives in each of sixteen in each of sixteen, with zeros in the innermost: as
/// 42.zip has it.
#[test]
fn archives_of_archives_of_archives_of_zeros() {
    let names: Vec<String> = (0..16).map(|number| format!("{number}.zip")).collect();
    let sixteen = |content: &[u8]| {
        let members: Vec<(&str, &[u8])> = names.iter().map(|it| (it.as_str(), content)).collect();
        zip(&members)
    };
    let innermost = zip(&[("zeros", &vec![0; 8 << 20])]);
    let bomb = (0..4).fold(innermost, |inner, _| sixteen(&inner));
    check("42.zip", &bomb, "the archive unpacks to more than");
}

/// Two thousand members that are all the same few bytes of the archive.
#[test]
fn members_that_lie_over_each_other() {
    let single = zip(&[("m0000", &vec![0; 4 << 20])]);
    let find = |mark: &[u8]| {
        let found = single.windows(4).position(|window| window == mark);
        found.unwrap()
    };
    let (list, end) = (find(b"PK\x01\x02"), find(b"PK\x05\x06"));
    let count = 2_000_u16;
    let mut bomb = single[..list].to_vec();
    for number in 0..count {
        let mut entry = single[list..end].to_vec();
        let name = entry.len() - 5;
        entry[name..].copy_from_slice(format!("m{number:04}").as_bytes());
        bomb.extend(entry);
    }
    let mut tail = single[end..].to_vec();
    let length = u32::try_from(bomb.len() - list).unwrap();
    tail[8..10].copy_from_slice(&count.to_le_bytes());
    tail[10..12].copy_from_slice(&count.to_le_bytes());
    tail[12..16].copy_from_slice(&length.to_le_bytes());
    bomb.extend(tail);
    check("overlap.zip", &bomb, "the archive unpacks to more than");
}

/// An archive that holds the one before it twice, and so on.
#[test]
fn an_archive_that_comes_again_and_again() {
    let pair = |content: &[u8]| zip(&[("a.zip", content), ("b.zip", content)]);
    let bomb = (0..40).fold(b"core".to_vec(), |inner, _| pair(&inner));
    check("again.zip", &bomb, "the archive unpacks to more than");
    let alone = |content: &[u8]| zip(&[("a.zip", content)]);
    let bomb = (0..200).fold(b"core".to_vec(), |inner, _| alone(&inner));
    check("deep.zip", &bomb, "nested more than 64 deep");
}

#[test]
fn an_archive_that_holds_itself() {
    let archive = crate::quine::archive();
    check("self.zip", &archive, "nested more than 64 deep");
}

/// Made and removed step by step: no path leads to the innermost.
#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_folders_deep() {
    use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};

    // In memory, where there is such a place: a disk takes minutes.
    let outer = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    let outer = outer.unwrap();
    let open = |at: &rustix::fd::OwnedFd| {
        mkdirat(at, "d", Mode::RWXU).unwrap();
        openat(at, "d", OFlags::DIRECTORY, Mode::empty()).unwrap()
    };
    let top = openat(CWD, outer.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    (0..10_000).fold(top, |at, _| open(&at));
    fs::write(outer.path().join("e.log"), "one\n").unwrap();

    let mut deep = Options::default();
    deep.limits.depth_max = 20_000;
    for (options, reason) in [
        (Options::default(), "folder is more than 64 levels deep"),
        (deep, "cannot be opened: File name too long"),
    ] {
        let (keeper, manifest) = read_paths(&[outer.path().into()], &options);
        let told = messages(&manifest);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(reason), "{told:?}");
        assert_eq!(keeper.events.len(), 1);
    }
    let removed = std::process::Command::new("rm")
        .arg("-rf")
        .arg(outer.path().join("d"))
        .status();
    assert!(removed.unwrap().success());
}

#[cfg(unix)]
#[test]
fn links_that_lead_to_each_other() {
    use std::os::unix::fs::symlink;

    let folder = folder(&[("z.log", b"one\n")]);
    let path = |name: &str| folder.path().join(name);
    symlink(path("b"), path("a")).unwrap();
    symlink(path("a"), path("b")).unwrap();
    symlink(folder.path(), path("up")).unwrap();
    let (keeper, manifest) = read_paths(&[folder.path().into(), path("a")], &Options::default());
    let told = messages(&manifest);
    assert_eq!((keeper.events.len(), told.len()), (1, 4), "{told:?}");
    assert!(told[3].contains("a: cannot be opened: "), "{told:?}");
}

/// Does something as soon as the first event comes.
struct Meddler<'m> {
    keeper: Keeper,
    meddle: Option<Box<dyn FnOnce() + 'm>>,
}

impl Sink for Meddler<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if let Some(meddle) = self.meddle.take() {
            meddle();
        }
        self.keeper.event(event);
    }
}

fn meddled(paths: &[PathBuf], meddle: impl FnOnce()) -> (Keeper, Manifest) {
    let mut meddler = Meddler {
        keeper: Keeper::default(),
        meddle: Some(Box::new(meddle)),
    };
    let manifest = read(paths, &Options::default(), &mut meddler);
    (meddler.keeper, manifest)
}

#[cfg(unix)]
fn close(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, PermissionsExt::from_mode(0o000)).unwrap();
}

/// What is open is read to its end; what is closed or gone by then is told.
#[cfg(unix)]
#[test]
fn files_that_are_closed_or_removed_meanwhile() {
    let log = b"line\n".repeat(100_000);
    let folder = folder(&[
        ("1.log", &log),
        ("2.log", b"two\n"),
        ("3.log", b"three\n"),
        ("4.log", b"four\n"),
    ]);
    let path = |name: &str| folder.path().join(name);
    let (keeper, manifest) = meddled(&[folder.path().into()], || {
        close(&path("1.log"));
        close(&path("2.log"));
        fs::remove_file(path("3.log")).unwrap();
    });
    let events: Vec<u64> = manifest
        .sources
        .iter()
        .map(|source| source.events)
        .collect();
    let is_open = File::open(path("2.log")).is_ok();
    println!("closed files can be opened: {is_open}");
    assert_eq!(events, [100_000, u64::from(is_open), 0, 1]);
    assert_eq!(keeper.events.len(), 100_001 + usize::from(is_open));
    let told = messages(&manifest);
    assert_eq!(told.len(), 2 - usize::from(is_open), "{told:?}");
    assert!(told.iter().all(|it| it.contains("cannot be opened: ")));
    assert_eq!(manifest.sources[0].sha256.len(), 64);
}

/// The members that were to come are told.
#[test]
fn an_archive_that_is_cut_while_it_is_read() {
    let noise: Vec<u8> = (0..400_000_u32)
        .flat_map(|number| number.wrapping_mul(0x9e37_79b9).to_le_bytes())
        .collect();
    let bytes = zip(&[
        ("1.log", b"one\n"),
        ("2.bin", &noise),
        ("3.log", b"three\n"),
    ]);
    let folder = folder(&[("a.zip", &bytes)]);
    let path = folder.path().join("a.zip");
    let (_, manifest) = meddled(std::slice::from_ref(&path), || {
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(100_000).unwrap();
    });
    let told = messages(&manifest);
    for expected in [
        "a.zip: changed from",
        "a.zip!2.bin: ",
        "a.zip: member cannot be read: ",
    ] {
        assert!(
            told.iter().any(|it| it.contains(expected)),
            "{expected}: {told:?}"
        );
    }
}
