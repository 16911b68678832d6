//! The programs that read what is written.

use std::path::Path;
use std::process::{Command, Output};

use daylight_counter::{Chosen, nftables, rpz, sigma, suricata, yara};

use crate::sample::{chosen, each_kind, reading};

/// A report with one of each kind, and a title that is no help to anybody.
fn sample() -> Chosen {
    let title = "Tide \"quoted\"; $(id) */ -- `x`\n# {{ é \u{202e}";
    chosen(&reading(title, &each_kind()))
}

/// Runs a program over a folder; `None`, and a word of it, where it is not installed.
fn run(program: &str, arguments: &[&str], folder: &Path) -> Option<Output> {
    let found = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output();
    if found.is_err() {
        println!("skipped: {program} is not installed");
    }
    found.ok()
}

#[track_caller]
fn assert_accepts(output: &Output) {
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{told}");
}

fn written(path: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(path), text).unwrap();
    folder
}

#[test]
fn named_checkzone_reads_the_zone() {
    let folder = written("rpz.zone", &rpz(&sample()));
    let arguments = ["-i", "none", "rpz.daylight.example", "rpz.zone"];
    if let Some(output) = run("named-checkzone", &arguments, folder.path()) {
        assert_accepts(&output);
    }
}

#[test]
fn nft_reads_the_script() {
    let folder = written("block.nft", &nftables(&sample()));
    let Some(output) = run("nft", &["-c", "-f", "block.nft"], folder.path()) else {
        return;
    };
    // Even a check asks the kernel, which not every machine lets it.
    let told = String::from_utf8_lossy(&output.stderr);
    if told.contains("Operation not permitted") || told.contains("cache initialization failed") {
        println!("skipped: nft may not ask the kernel here");
        assert!(!told.contains("syntax error"), "{told}");
        return;
    }
    assert_accepts(&output);
}

#[test]
fn yara_compiles_the_rules_and_finds_by_them() {
    let folder = written("daylight.yar", &yara(&sample()));
    let found = "MZ.. Global\\TideMark-1 .. TideMark/1.0 (\"x\"; y|z) ..";
    std::fs::write(folder.path().join("found.bin"), found).unwrap();
    let Some(output) = run("yara", &["daylight.yar", "found.bin"], folder.path()) else {
        return;
    };
    assert_accepts(&output);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(told.lines().count(), 2, "{told}");
}

#[test]
fn suricata_reads_the_rules() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("suricata")).unwrap();
    for file in suricata(&sample()) {
        std::fs::write(folder.path().join(&file.path), &file.text).unwrap();
    }
    let arguments = ["-T", "-S", "daylight.rules", "-l", "."];
    if let Some(output) = run("suricata", &arguments, &folder.path().join("suricata")) {
        assert_accepts(&output);
    }
}

#[test]
fn sigma_checks_the_rules() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sigma")).unwrap();
    let files = sigma(&sample());
    assert_eq!(files.len(), 9);
    for file in files {
        std::fs::write(folder.path().join(&file.path), &file.text).unwrap();
    }
    // These would fetch ATT&CK and D3FEND, of which no tag stands here, or want the older TLP.
    let checks = "validators:\n  - all\n  - -attacktag\n  - -d3_fendtag\n  - -tlpv1_tag\n";
    std::fs::write(folder.path().join("checks.yml"), checks).unwrap();
    let arguments = ["check", "--fail-on-error", "-c", "checks.yml", "sigma"];
    if let Some(output) = run("sigma", &arguments, folder.path()) {
        assert_accepts(&output);
    }
}

#[test]
fn numbers_of_suricata_stay_and_differ() {
    let sids = |chosen: &Chosen| -> Vec<String> {
        let files = suricata(chosen);
        let text = files.into_iter().map(|file| file.text).collect::<String>();
        let after = text.split("sid:").skip(1);
        after
            .map(|rest| rest.split(';').next().unwrap().to_owned())
            .collect()
    };
    let all = sids(&sample());
    let mut unique = all.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), all.len());
    assert!(
        all.iter()
            .all(|sid| ("1000000"..="1999999").contains(&sid.as_str())),
        "{all:?}"
    );
    // What else a report gives changes no number.
    let few = sids(&chosen(&reading("Another", &each_kind()[..1])));
    assert!(few.iter().all(|sid| all.contains(sid)));
}
