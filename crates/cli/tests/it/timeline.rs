//! All evidence by time, and hunts that look at a part of it.

use crate::{assert_exit, daylight, told};

const ACCESS: &str = "\
203.0.113.9 - - [03/Mar/2021:06:30:12 +0000] \"GET /a HTTP/1.1\" 200 1 \"-\" \"evil.example\"
203.0.113.9 - - [05/Mar/2021:06:30:12 +0000] \"GET /=b HTTP/1.1\" 200 1 \"-\" \"evil.example\"
";
const SYSLOG: &str = "2021-03-03T06:30:11Z web01 sshd[1]: Connection from 203.0.113.9 port 2\n";

fn evidence() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("access"), ACCESS).unwrap();
    std::fs::write(folder.path().join("syslog"), SYSLOG).unwrap();
    std::fs::write(folder.path().join("text"), "no time at all\n").unwrap();
    folder
}

#[test]
fn timelines_merge_all_logs_in_order() {
    let folder = evidence();
    let path = folder.path().display().to_string();
    let output = daylight(&["timeline", &path]);
    assert_exit(&output, 0);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let starts: Vec<&str> = text
        .lines()
        .map(|line| line.split(',').next().unwrap().trim_matches('"'))
        .collect();
    assert_eq!(
        starts,
        [
            "time",
            "2021-03-03T06:30:11Z",
            "2021-03-03T06:30:12Z",
            "2021-03-05T06:30:12Z"
        ]
    );
    assert!(
        told(&output).contains("1 event without a time left out"),
        "{}",
        told(&output)
    );

    let arguments = [
        "timeline",
        &path,
        "--format",
        "timesketch",
        "--to",
        "2021-03-03",
    ];
    let output = daylight(&arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 2, "{text}");
    assert_eq!(rows[0]["datetime"], "2021-03-03T06:30:11Z");
    assert_eq!(rows[0]["host"], "web01");
    for name in ["message", "timestamp_desc"] {
        assert!(
            rows.iter()
                .all(|row| row[name].as_str().is_some_and(|it| !it.is_empty())),
            "{text}"
        );
    }
    assert_exit(&daylight(&["timeline", &path, "--from", "yesterday"]), 2);
    assert_exit(&daylight(&["timeline", "/nowhere/at/all"]), 2);
}

#[test]
fn hunts_look_at_a_part_of_the_time() {
    let folder = evidence();
    let path = folder.path().join("access").display().to_string();
    let list = folder.path().join("list");
    std::fs::write(&list, "evil.example\n").unwrap();
    let list = list.display().to_string();
    let count = |more: &[&str]| {
        let hunt = [
            "hunt",
            &path,
            "--indicators",
            &list,
            "--jsonl",
            "--exit-zero",
        ];
        let output = daylight(&[&hunt[..], more].concat());
        assert_exit(&output, 0);
        String::from_utf8(output.stdout)
            .unwrap()
            .matches("evil.example from")
            .count()
    };
    assert_eq!(count(&[]), 2);
    assert_eq!(count(&["--from", "2021-03-04"]), 1);
    assert_eq!(count(&["--to", "2021-03-05"]), 2);
    assert_eq!(count(&["--to", "2021-03-05T06:30:12Z"]), 1);
    assert_exit(
        &daylight(&["hunt", &path, "--from", "2021-03-05", "--to", "2021-03-04"]),
        2,
    );
}
