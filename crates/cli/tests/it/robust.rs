//! Bad input: a clear message with its place, the rest still hunted, no panic.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::{assert_exit, daylight, example, told};

/// A JSON line that a rule of ours matches.
fn bad_event() -> String {
    r#"{"Channel":"Security","SourceName":"Microsoft-Windows-Eventlog","EventID":1102,"Hostname":"PC1","@timestamp":"2021-03-03T04:00:00Z","Message":"The audit log was cleared."}"#.to_owned() + "\n"
}

fn hunt(path: &Path) -> (i32, String) {
    let output = daylight(&["hunt", &path.display().to_string()]);
    assert!(!told(&output).contains("panicked"), "{}", told(&output));
    (output.status.code().unwrap_or(-1), told(&output))
}

/// Puts bad bytes beside one good event: the event must be found all the same.
#[track_caller]
fn check(name: &str, bytes: &[u8], message: &str) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    fs::write(folder.path().join("good.jsonl"), bad_event()).unwrap();
    let (code, told) = hunt(folder.path());
    assert_eq!(code, 1, "{told}");
    assert!(told.contains(message), "expected “{message}” in: {told}");
}

#[test]
fn damaged_files_are_named_and_the_rest_is_hunted() {
    let mut zip = zip_of("inner.jsonl", &bad_event().repeat(2_000));
    zip.truncate(zip.len() / 2);
    check("cut.zip", &zip, "cut.zip");
    check("quotes.LOG", b"#Software: Microsoft Exchange\n#Log-type: HttpProxy Logs\n#Fields: DateTime,AnchorMailbox,UrlStem\n2021-03-03T01:00:00Z,\"open,/owa\n2021-03-03T01:00:01Z,a,/ecp\n", "quote");
    check("bytes.bin", &[0, 159, 146, 150, 0, 1, 2, 3], "");
    check(
        "cut.json",
        b"{\"Channel\":\"Security\",\"EventID\":",
        "cut.json",
    );
}

fn zip_of(name: &str, content: &str) -> Vec<u8> {
    // Stored, by hand: local header, data, central directory, end.
    let (name, data) = (name.as_bytes(), content.as_bytes());
    let mut crc = 0xffff_ffffu32;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    let common = |out: &mut Vec<u8>| {
        out.extend([20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        out.extend((!crc).to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
        out.extend((name.len() as u16).to_le_bytes());
        out.extend([0, 0]);
    };
    let mut zip = b"PK\x03\x04".to_vec();
    common(&mut zip);
    zip.extend(name);
    zip.extend(data);
    let directory = zip.len() as u32;
    zip.extend(b"PK\x01\x02\x14\x00");
    common(&mut zip);
    zip.extend([0; 14]);
    zip.extend(name);
    let length = zip.len() as u32 - directory;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend(length.to_le_bytes());
    zip.extend(directory.to_le_bytes());
    zip.extend([0, 0]);
    zip
}

#[test]
fn a_whole_archive_is_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("logs.zip"),
        zip_of("inner.jsonl", &bad_event()),
    )
    .unwrap();
    let (code, told) = hunt(folder.path());
    assert_eq!(code, 1, "{told}");
}

#[test]
fn utf16_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(bad_event().encode_utf16().flat_map(u16::to_le_bytes));
    fs::write(folder.path().join("wide.jsonl"), bytes).unwrap();
    assert_eq!(hunt(folder.path()).0, 1);
}

#[test]
fn a_line_of_200_megabytes_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.jsonl");
    let mut file = File::create(&path).unwrap();
    let piece = vec![b'a'; 1 << 20];
    for _ in 0..200 {
        file.write_all(&piece).unwrap();
    }
    writeln!(file).unwrap();
    file.write_all(bad_event().as_bytes()).unwrap();
    drop(file);
    let (_, told) = hunt(&path);
    assert!(told.contains("long.jsonl at byte 0"), "{told}");
}

#[test]
fn what_is_missing_is_an_error() {
    let output = daylight(&["hunt", "/no/such/folder"]);
    assert_exit(&output, 2);
    assert!(told(&output).contains("/no/such/folder"));
    let output = daylight(&[
        "investigate",
        "/no/such/story.txt",
        "--evidence",
        &example("clean-server"),
    ]);
    assert_exit(&output, 2);
    assert!(
        told(&output).contains("/no/such/story.txt"),
        "{}",
        told(&output)
    );
    let output = daylight(&[
        "hunt",
        &example("clean-server"),
        "--rules",
        "/no/such/rules",
    ]);
    assert_exit(&output, 2);
    assert_exit(&daylight(&["hunt"]), 2);
    assert_exit(&daylight(&["hunt", ".", "--only-rules"]), 2);
}

#[test]
fn a_missing_path_beside_others_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.jsonl"), bad_event()).unwrap();
    let output = daylight(&[
        "hunt",
        &folder.path().display().to_string(),
        "/no/such/folder",
    ]);
    assert_exit(&output, 1);
    assert!(
        told(&output).contains("warning: /no/such/folder"),
        "{}",
        told(&output)
    );
}

#[test]
fn a_missing_report_beside_another_is_told_and_the_rest_is_done() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().display().to_string();
    let story = example("exchange-2021/story.txt");
    let run = |evidence: &str| {
        daylight(&[
            "investigate",
            &story,
            "/no/such/story.txt",
            "--evidence",
            &example(evidence),
            "--out",
            &folder,
        ])
    };
    let hit = run("exchange-2021/evidence");
    assert_exit(&hit, 1);
    assert!(
        told(&hit).contains("no such report: /no/such/story.txt"),
        "{}",
        told(&hit)
    );
    // Nothing found and a report unread: nothing can be concluded.
    assert_exit(&run("clean-server"), 2);
}

/// A disk that is full is told wherever it shows; nothing is called done.
#[cfg(target_os = "linux")]
#[test]
fn full_disks_are_told() {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    let room = tempfile::tempdir().unwrap();
    let path = |name: &str| room.path().join(name);
    fs::create_dir(path("evidence")).unwrap();
    fs::write(path("evidence/good.jsonl"), bad_event().repeat(2_000)).unwrap();
    let hunt = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daylight"));
        command.current_dir(room.path()).args(["hunt", "evidence"]);
        command.args(words);
        command
    };
    for words in [&["--jsonl"], &["--csv"], &["--level=low"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = hunt(words).stdout(full).output().unwrap();
        assert_exit(&output, 2);
        assert!(told(&output).contains("No space left"), "{}", told(&output));
    }
    for name in ["findings.jsonl", "manifest.json"] {
        let out = format!("out-{name}");
        fs::create_dir(path(&out)).unwrap();
        symlink("/dev/full", path(&out).join(name)).unwrap();
        let output = hunt(&["--out", &out]).output().unwrap();
        assert_exit(&output, 2);
        let expected = format!("cannot write {out}/{name}: No space left");
        assert!(told(&output).contains(&expected), "{}", told(&output));
        // There is room again: what was found is still there.
        fs::remove_file(path(&out).join(name)).unwrap();
        fs::remove_dir_all(path("evidence")).unwrap();
        fs::create_dir(path("evidence")).unwrap();
        fs::write(path("evidence/good.jsonl"), bad_event().repeat(2_000)).unwrap();
        assert_exit(&hunt(&["--out", &out, "--resume"]).output().unwrap(), 1);
        let found = fs::read_to_string(path(&out).join("findings.jsonl")).unwrap();
        assert_eq!(found.lines().count(), 2_000);
    }
}

/// A disk that fills up with what is noted for going on.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_while_hunting() {
    use std::process::Command;

    let room = tempfile::tempdir().unwrap();
    let (evidence, out) = (room.path().join("evidence"), room.path().join("out"));
    fs::create_dir(&evidence).unwrap();
    fs::create_dir(&out).unwrap();
    for number in 0..20 {
        let events = bad_event().replace("PC1", &format!("PC{number}"));
        fs::write(evidence.join(format!("{number}.jsonl")), events.repeat(500)).unwrap();
    }
    let (evidence, folder) = (evidence.display().to_string(), out.display().to_string());
    let mount = |words: &[&str]| Command::new("mount").args(words).output();
    let mounted = mount(&["-t", "tmpfs", "-o", "size=256k", "tmpfs", &folder]);
    if !mounted.is_ok_and(|output| output.status.success()) {
        println!("skipped: no small file system can be made here");
        return;
    }
    let output = daylight(&["hunt", &evidence, "--out", &folder]);
    let remounted = mount(&["-o", "remount,size=64m", &folder]);
    let resumed = daylight(&["hunt", &evidence, "--out", &folder, "--resume"]);
    let found = fs::read_to_string(out.join("findings.jsonl"));
    let unmounted = Command::new("umount").arg(&folder).output();
    assert!(unmounted.unwrap().status.success() && remounted.unwrap().status.success());
    assert_exit(&output, 2);
    let words = told(&output);
    assert!(words.contains("could not be noted for --resume"), "{words}");
    assert!(words.contains("No space left"), "{words}");
    assert_exit(&resumed, 1);
    let whole = daylight(&["hunt", &evidence, "--jsonl"]);
    assert!(found.unwrap().as_bytes() == whole.stdout.as_slice());
}
