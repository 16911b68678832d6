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
