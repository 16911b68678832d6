//! Dossiers for others: nothing of a report that may not go so far.

use std::fs;

use serde_json::Value;

use crate::store::{Room, assert_tells};
use crate::{assert_exit, told};

const SECRET: &str = "TLP:RED\n\nNotice on the Quarry group\n\nExample Labs said that the Quarry \
group attacked Example Bank. The attackers used T1053.005 and called home to 203.0.113.77.\n";
const SHARED: &str = "TLP:GREEN\n\nAttacks on mail servers\n\nExample Response said that attackers \
used T1059.003 against mail servers.\n";
const UNMARKED: &str = "Notes on attacks\n\nExample Watch said that the Meadow group used T1505.003 \
against mail servers.\n";

/// Files that hold a word, in any letter case.
fn holding(folder: &str, word: &str) -> Vec<String> {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let with = files.filter(|path| {
        let text = fs::read(path).unwrap();
        String::from_utf8_lossy(&text).to_lowercase().contains(word)
    });
    with.map(|path| path.display().to_string()).collect()
}

#[test]
fn reports_marked_more_strictly_are_left_out_with_all_that_follows_from_them() {
    let room = Room::new();
    let story = |name: &str, text: &str| room.file(name, text);
    let (secret, shared) = (story("quarry.txt", SECRET), story("shared.txt", SHARED));
    let unmarked = story("meadow.txt", UNMARKED);
    let log = "2021-03-03T06:30:11Z web01 sshd[1]: Connection from 203.0.113.77 port 2\n";
    let evidence = room.file("syslog", log);
    let whole = room.path("whole");
    let output = room.run(&[
        "investigate",
        &secret,
        &shared,
        &unmarked,
        "--evidence",
        &evidence,
        "--out",
        &whole,
        "--keep",
    ]);
    assert_exit(&output, 1);
    assert!(!holding(&whole, "quarry").is_empty());

    let green = room.path("green");
    let said = room.says(&["dossier", "1", "--tlp", "green", "--out", &green]);
    let left_out = "Left out, as marked more strictly than TLP:GREEN: 2 reports";
    assert_tells(
        &said.split_whitespace().collect::<Vec<_>>().join(" "),
        &[left_out],
    );
    for word in ["quarry", "meadow", "203.0.113.77", "example bank"] {
        assert_eq!(holding(&green, word), [""; 0], "{word}");
    }
    let read = |name: &str| fs::read_to_string(format!("{green}/{name}")).unwrap();
    assert_tells(
        &read("dossier.html"),
        &[left_out, "1 finding.", ">TLP:GREEN</strong>", "T1059.003"],
    );
    // Rules for the technique stay; that it was looked for does not.
    for name in ["dossier.html", "coverage.json", "bundle.json"] {
        assert!(!read(name).contains("T1053.005"), "{name}");
    }
    assert_tells(&read("dossier.md"), &[left_out, "**TLP:GREEN**"]);
    let manifest: Value = serde_json::from_str(&read("manifest.json")).unwrap();
    assert_eq!(manifest["marking"], "TLP:GREEN");
    assert_eq!(manifest["held_back"]["reports"], 2);
    assert_eq!(manifest["held_back"]["findings"], 1);
    let bundle: Value = serde_json::from_str(&read("bundle.json")).unwrap();
    let objects = bundle["objects"].as_array().unwrap();
    assert!(objects.iter().any(|it| it["name"] == "TLP:GREEN"));

    // Amber takes what bears no marking, as everywhere; red takes all.
    let amber = room.path("amber");
    room.says(&["dossier", "1", "--max-tlp", "amber", "--out", &amber]);
    assert_eq!(holding(&amber, "quarry"), [""; 0]);
    assert!(!holding(&amber, "meadow").is_empty());
    let red = room.path("red");
    assert!(
        !room
            .says(&["dossier", "1", "--tlp", "red", "--out", &red])
            .contains("Left out, as")
    );
    assert!(!holding(&red, "quarry").is_empty());
}

#[test]
fn a_story_that_may_not_go_so_far_is_refused() {
    let room = Room::new();
    let secret = room.file("quarry.txt", UNMARKED);
    room.says(&["read", &secret, "--keep", "--tlp", "red"]);
    let out = room.path("out");
    let output = room.run(&[
        "dossier",
        "notes on attacks",
        "--tlp",
        "amber",
        "--out",
        &out,
    ]);
    assert_exit(&output, 2);
    assert_tells(&told(&output), &["more strictly than TLP:AMBER"]);
    assert!(!std::path::Path::new(&out).exists());
    // Whatever it goes to, it carries what it was kept with.
    room.says(&["dossier", "notes on attacks", "--out", &out]);
    let page = fs::read_to_string(format!("{out}/dossier.html")).unwrap();
    assert!(page.contains(">TLP:RED</strong>"));
}

#[test]
fn an_investigation_is_kept_whole_and_written_as_far_as_it_may_go() {
    let room = Room::new();
    let (secret, shared) = (
        room.file("quarry.txt", SECRET),
        room.file("shared.txt", SHARED),
    );
    let evidence = room.file(
        "syslog",
        "2021-03-03T06:30:11Z web01 sshd[1]: 203.0.113.77\n",
    );
    let out = room.path("out");
    let output = room.run(&[
        "investigate",
        &secret,
        &shared,
        "--evidence",
        &evidence,
        "--out",
        &out,
        "--keep",
        "--max-tlp",
        "green",
    ]);
    // What was found was found, whoever may read of it.
    assert_exit(&output, 1);
    assert_eq!(holding(&out, "quarry"), [""; 0]);
    assert!(!room.json(&["claims"]).as_array().unwrap().is_empty());
    room.says(&["dossier", "1", "--out", &out]);
    assert!(!holding(&out, "quarry").is_empty());
}
