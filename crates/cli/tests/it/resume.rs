//! A hunt that is killed goes on, and comes to what it would have come to.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use crate::{assert_exit, daylight, example, told};

/// Failed logons of one account, which are few in each file and many in all of them.
const RULES: &str = r#"
title: Failed logon
id: 5a1d7a0c-29f0-4d0b-8f3e-6f8c51a3c901
name: failed_logon
status: test
logsource: {product: windows, service: security}
detection:
    selection: {EventID: 4625}
    condition: selection
level: low
---
title: Many failed logons of one account
id: 5a1d7a0c-29f0-4d0b-8f3e-6f8c51a3c902
status: test
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [TargetUserName]
    timespan: 1d
    condition: {gte: 20}
    generate: true
level: high
"#;

/// Evidence, and something to hunt with.
struct Room {
    folder: TempDir,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let room = Self { folder };
        fs::create_dir(room.path("evidence")).unwrap();
        fs::write(room.path("rules.yml"), RULES).unwrap();
        fs::write(room.path("list.txt"), "evil-updates.example\n").unwrap();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn evidence(&self, name: &str, text: &str) {
        fs::write(self.path("evidence").join(name), text).unwrap();
    }

    fn command(&self, out: &str, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daylight"));
        command.current_dir(self.folder.path());
        command.args(["hunt", "evidence", "--rules", "rules.yml"]);
        command.args(["--indicators", "list.txt", "--threads", "3"]);
        command.args(["--level", "informational", "--out", out]);
        command.args(words);
        command
    }

    fn hunt(&self, out: &str, words: &[&str]) -> Output {
        self.command(out, words).output().unwrap()
    }

    fn start(&self, out: &str) -> Child {
        let mut command = self.command(out, &["--resume"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    fn findings(&self, out: &str) -> String {
        fs::read_to_string(self.path(out).join("findings.jsonl")).unwrap()
    }

    /// What was read, as the manifest has it.
    fn sources(&self, out: &str) -> serde_json::Value {
        let text = fs::read_to_string(self.path(out).join("manifest.json")).unwrap();
        let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        manifest["sources"].take()
    }

    fn journal(&self, out: &str) -> PathBuf {
        self.path(out).join("hunt.journal")
    }

    /// A hunt that has read everything and could not write what it found.
    fn unwritten(&self, out: &str, words: &[&str]) {
        let blocked = self.path(out).join("findings.jsonl");
        fs::create_dir_all(&blocked).unwrap();
        let output = self.hunt(out, words);
        assert_exit(&output, 2);
        assert!(told(&output).contains("cannot write"), "{}", told(&output));
        fs::remove_dir(blocked).unwrap();
    }
}

fn logons(machine: usize) -> String {
    let line = |user: &str, second: usize| {
        format!(
            "{{\"Channel\":\"Security\",\"EventID\":4625,\"Hostname\":\"PC{machine}\",\"@timestamp\":\"2021-03-03T04:{:02}:{second:02}Z\",\"TargetUserName\":\"{user}\"}}\n",
            machine % 60
        )
    };
    let own: String = (0..50)
        .map(|second| line(&format!("user{machine}-{}", second % 5), second))
        .collect();
    format!("{}{own}", line("backup", 59))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Many files, a log that is read by several threads, and the same events in several places.
fn much_evidence() -> Room {
    let room = Room::new();
    for machine in 0..40 {
        room.evidence(&format!("{machine:02}.jsonl"), &logons(machine));
    }
    for number in 0..4 {
        let copied = room.path("evidence").join(format!("copy-{number}"));
        copy(Path::new(&example("exchange-2021/evidence")), &copied);
    }
    let line = |number: usize| match number % 5_000 {
        7 => format!("{number} asked for www.evil-updates.example\n"),
        _ => format!("{number} nothing of interest happened here, as most of the time\n"),
    };
    room.evidence("large.txt", &(0..60_000).map(line).collect::<String>());
    room
}

/// Numbers that are the same each time (xorshift).
struct Chance(u64);

impl Chance {
    fn part_of(&mut self, whole: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        whole.mul_f64((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

#[test]
fn killed_at_twenty_moments() {
    let room = much_evidence();
    let begun = Instant::now();
    assert_exit(&room.hunt("whole", &[]), 1);
    let duration = begun.elapsed();
    let (expected, sources) = (room.findings("whole"), room.sources("whole"));
    assert!(expected.contains("Many failed logons of one account"));
    assert!(expected.contains("evil-updates.example"));
    assert!(
        expected.lines().count() > 2_000,
        "{}",
        expected.lines().count()
    );
    assert!(!room.journal("whole").exists());

    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (mut killed, mut went_on) = (0, 0);
    for round in 0..20 {
        let out = format!("round-{round}");
        // Some are killed again while they go on.
        for _ in 0..=round % 3 {
            let mut child = room.start(&out);
            sleep(chance.part_of(duration));
            child.kill().unwrap();
            killed += usize::from(child.wait().unwrap().code().is_none());
        }
        let noted = fs::metadata(room.journal(&out)).map_or(0, |journal| journal.len());
        went_on += usize::from(noted > 10_000);
        assert_exit(&room.hunt(&out, &["--resume"]), 1);
        assert!(room.findings(&out) == expected, "{out} has other findings");
        assert_eq!(room.sources(&out), sources, "{out}");
        assert!(!room.journal(&out).exists());
    }
    println!("{duration:?}: {killed} were killed, of which {went_on} had something to go on with");
    assert!(killed >= 10 && went_on >= 3, "{killed} {went_on}");
}

fn set_modified(path: &Path, time: SystemTime) {
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(time)
        .unwrap();
}

#[test]
fn what_was_read_is_not_read_again_unless_it_changed() {
    let room = Room::new();
    room.evidence("1.jsonl", &logons(1));
    room.evidence("2.jsonl", &logons(2));
    assert_exit(&room.hunt("whole", &[]), 0);
    let expected = room.findings("whole");
    room.unwritten("out", &[]);

    // Of the same size and time: taken for the same.
    let path = room.path("evidence/1.jsonl");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    room.evidence("1.jsonl", &logons(1).replace("PC1", "XY1"));
    set_modified(&path, time);
    fs::copy(room.path("out/hunt.journal"), room.path("kept")).unwrap();
    assert_exit(&room.hunt("out", &["--resume"]), 0);
    assert_eq!(room.findings("out"), expected);

    // A file that is there now comes between those that were read.
    fs::copy(room.path("kept"), room.path("out/hunt.journal")).unwrap();
    set_modified(&path, time + Duration::from_secs(1));
    room.evidence("10.jsonl", &logons(3));
    assert_exit(&room.hunt("anew", &[]), 0);
    assert_exit(&room.hunt("out", &["--resume"]), 0);
    let found = room.findings("out");
    assert!(found.contains("XY1") && found.contains("PC3"), "{found}");
    assert_eq!(found, room.findings("anew"));
    assert_eq!(room.sources("out"), room.sources("anew"));
}

#[test]
fn a_torn_journal_is_gone_on_with_from_where_it_is_whole() {
    let room = Room::new();
    for machine in 0..4 {
        room.evidence(&format!("{machine}.jsonl"), &logons(machine));
    }
    assert_exit(&room.hunt("whole", &[]), 0);
    let expected = room.findings("whole");
    room.unwritten("out", &[]);
    let journal = fs::read(room.journal("out")).unwrap();
    let step = journal.len() / 12;
    for cut in (0..journal.len()).step_by(step) {
        for tail in [&b""[..], &[7; 40], &[0; 40]] {
            let torn = [&journal[..cut], tail].concat();
            fs::write(room.journal("out"), torn).unwrap();
            assert_exit(&room.hunt("out", &["--resume"]), 0);
            assert!(room.findings("out") == expected, "cut at {cut}, {tail:?}");
        }
    }
}

#[test]
fn nobody_goes_on_with_something_else() {
    let room = Room::new();
    room.evidence("1.jsonl", &logons(1));
    room.unwritten("out", &[]);
    let check = |words: &[&str], expected: &[&str]| {
        let output = room.hunt("out", words);
        assert_exit(&output, 2);
        for words in expected {
            assert!(
                told(&output).contains(words),
                "{words} in: {}",
                told(&output)
            );
        }
        assert!(room.journal("out").exists());
    };
    check(
        &[],
        &[
            "hunt.journal holds a hunt that was killed after 1 file",
            "add --resume",
        ],
    );
    check(&["--resume", "--slack"], &["begun with other options"]);
    check(
        &["--resume", "--from", "2021-03-03"],
        &["begun with other options"],
    );
    fs::write(room.path("list.txt"), "other.example\n").unwrap();
    check(
        &["--resume"],
        &["begun with other indicators", "remove that file"],
    );
    fs::write(room.path("list.txt"), "evil-updates.example\n").unwrap();
    fs::write(room.path("rules.yml"), RULES.replace("gte: 20", "gte: 21")).unwrap();
    check(&["--resume"], &["begun with other rules"]);
    fs::write(room.path("rules.yml"), RULES).unwrap();
    assert_exit(&room.hunt("out", &["--resume"]), 0);

    let output = daylight(&["hunt", ".", "--resume"]);
    assert_exit(&output, 2);
    assert!(
        told(&output).contains("name it with --out"),
        "{}",
        told(&output)
    );
    let output = room.hunt("evidence", &["--resume"]);
    assert_exit(&output, 2);
    assert!(
        told(&output).contains("never written to"),
        "{}",
        told(&output)
    );
    assert!(!room.journal("evidence").exists());
}

/// An investigation goes on too.
#[test]
fn an_investigation_goes_on() {
    let room = Room::new();
    copy(
        Path::new(&example("exchange-2021/evidence")),
        &room.path("evidence"),
    );
    let story = example("exchange-2021/story.txt");
    let investigate = |out: &str, words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daylight"));
        command.current_dir(room.folder.path());
        command.args([
            "investigate",
            &story,
            "--evidence",
            "evidence",
            "--out",
            out,
        ]);
        command.args(words).output().unwrap()
    };
    assert_exit(&investigate("whole", &[]), 1);
    fs::create_dir_all(room.path("out/dossier.html")).unwrap();
    assert_exit(&investigate("out", &[]), 2);
    fs::remove_dir(room.path("out/dossier.html")).unwrap();
    let output = investigate("out", &[]);
    assert!(told(&output).contains("add --resume"), "{}", told(&output));
    assert_exit(&investigate("out", &["--resume"]), 1);
    for name in ["findings.jsonl", "coverage.json", "timesketch.jsonl"] {
        let read = |out: &str| fs::read_to_string(room.path(out).join(name)).unwrap();
        assert!(read("out") == read("whole"), "{name} differs");
    }
    assert!(!room.journal("out").exists());
}

#[cfg(feature = "yara")]
#[test]
fn matches_of_yara_are_noted_too() {
    let room = Room::new();
    let rule = "rule tide_mark { strings: $mark = \"tide-mark-7\" condition: $mark }";
    fs::write(room.path("mark.yar"), rule).unwrap();
    room.evidence("a.txt", "here stands: tide-mark-7\n");
    room.evidence("b.txt", "and www.evil-updates.example there\n");
    let words = ["--yara", "mark.yar"];
    assert_exit(&room.hunt("whole", &words), 1);
    let expected = room.findings("whole");
    assert!(expected.contains("tide_mark") && expected.contains("evil-updates.example"));

    room.unwritten("cut", &words);
    // What was read is not read again.
    let path = room.path("evidence").join("a.txt");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "here stands nothing more\n").unwrap();
    set_modified(&path, time);
    assert_exit(&room.hunt("cut", &[&words[..], &["--resume"]].concat()), 1);
    assert!(room.findings("cut") == expected);
}
