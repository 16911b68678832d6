//! Reports and logs that attack whoever reads of them: what the terminal shows is text.

use std::fs;
use std::process::Output;

use crate::store::Room;

const ATTACK: &str = "<script>document.title='owned'</script> &lt;b&gt; \u{202e}gpj.exe \u{200b} \
\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m =cmd|'/C calc'!A0 ![p](http://192.0.2.66/p.png)";

/// Runs a command; what it prints has nothing that hides, turns round or acts.
#[track_caller]
fn prints_text(output: &Output) -> String {
    let told = [&output.stdout, &output.stderr].map(|it| String::from_utf8(it.clone()).unwrap());
    for text in &told {
        let acts = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{200b}".contains(c);
        assert!(!text.contains(acts), "{text:?}");
        assert!(text.len() < 100_000, "{} bytes", text.len());
        assert!(!text.contains("panicked"), "{text}");
    }
    told.concat()
}

#[test]
fn whatever_a_report_or_a_log_holds_is_shown_as_text() {
    let room = Room::new();
    let long = "A".repeat(1_000_000);
    let story = room.file(
        "story.txt",
        &format!(
            "Ministry blames {ATTACK}\n\nThe Ministry of {ATTACK} said that the group {ATTACK} attacked \
             Example Bank with T1059.003.\n\nThe attackers used {long} and T1105.\n"
        ),
    );
    let event = |host: &str, text: &str| {
        serde_json::json!({
            "Channel": "Security", "SourceName": "Microsoft-Windows-Eventlog", "EventID": 1102,
            "Hostname": host, "SubjectUserName": text, "Message": text, text: text,
            "@timestamp": "2021-03-03T04:00:00Z",
        })
    };
    let log = format!("{}\n{}\n", event(ATTACK, ATTACK), event("=1+1", &long));
    let log = room.file("x <img src=x onerror=1> \u{202e}gpj\u{1b}[31m.jsonl", &log);
    let out = room.path("out");

    let told = prints_text(&room.run(&[
        "investigate",
        &story,
        "--evidence",
        &log,
        "--out",
        &out,
        "--keep",
    ]));
    assert!(told.contains("⟪U+001B⟫"), "hidden, not shown: {told}");
    for command in [
        vec!["read", &story],
        vec!["claims"],
        vec!["store", "stories"],
        vec!["store", "hunts"],
        vec!["dossier", "1", "--out", &out],
    ] {
        prints_text(&match command[0] {
            "read" => crate::daylight(&command),
            _ => room.run(&command),
        });
    }
    prints_text(&crate::daylight(&["hunt", &log]));
    let broken = room.file("\u{202e}\u{1b}[2J.evtx", "ElfFile\0 and no more");
    let list = room.file("list.txt", "10.0.0.1\n");
    prints_text(&crate::daylight(&["hunt", &broken, "--indicators", &list]));
    let rules = room.file(
        "\u{1b}]0;.yml",
        &format!(
            "title: {}\nid: \"\\u001b[2J\"\nlogsource: {{product: windows}}\ndetection:\n  s: {{A: b}}\n  condition: s and nobody\n---\n\
             title: {}\nlogsource: {{product: windows}}\ndetection:\n  s: {{A: b}}\n  condition: s\n",
            serde_json::json!(ATTACK),
            serde_json::json!(ATTACK)
        ),
    );
    prints_text(&crate::daylight(&["rules", "check", &rules]));
    let listed = prints_text(&crate::daylight(&["rules", "list", "--rules", &rules]));
    assert!(listed.contains("⟪U+001B⟫"), "{listed}");
    let table = crate::daylight(&["timeline", &log]);
    assert!(
        String::from_utf8(table.stdout)
            .unwrap()
            .contains(",\"'=1+1\",")
    );

    let text = fs::read_to_string(format!("{out}/dossier.md")).unwrap();
    assert!(!text.contains("<script") && !text.contains("![p]") && !text.contains("://"));
    for name in ["dossier.html", "dossier.md"] {
        let size = fs::metadata(format!("{out}/{name}")).unwrap().len();
        assert!(size < 300_000, "{name} is {size} bytes");
    }
}
