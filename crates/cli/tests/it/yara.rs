//! YARA over what files hold, and what a build without it says.

/// A rule, and a page in which it finds something.
fn rule_and_page() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let rules = "rule tide_mark : T1505_003 {\n meta: description = \"A page of the tide\" level = \"high\"\n\
                 strings: $mark = \"TideMark\"\n condition: $mark }\n\
                 rule broken { condition: nobody }\n";
    write("rules/web/tide.yar", rules);
    write(
        "evidence/C/inetpub/wwwroot/a.aspx",
        "<html>TideMark and TideMark</html>\n",
    );
    folder
}

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

#[cfg(not(feature = "yara"))]
#[test]
fn a_build_without_it_says_so() {
    use crate::{assert_exit, daylight, told};

    let folder = rule_and_page();
    let (rules, evidence) = (path(&folder, "rules"), path(&folder, "evidence"));
    let listing = ["rules", "list", "--yara", &rules];
    let checking = ["rules", "check", "--yara", &rules];
    for arguments in [
        &["hunt", &evidence, "--yara", &rules][..],
        &listing,
        &checking,
    ] {
        let output = daylight(arguments);
        assert_exit(&output, 2);
        let told = told(&output);
        assert!(told.contains("made without YARA"), "{told}");
        assert!(told.contains("--features yara"), "{told}");
    }
    assert_exit(&daylight(&["hunt", &evidence, "--quiet"]), 0);
}

#[cfg(feature = "yara")]
mod with_yara {
    use std::io::Write;
    use std::path::Path;

    use serde_json::Value;

    use super::{path, rule_and_page};
    use crate::{assert_exit, daylight, example, told};

    fn findings(arguments: &[&str]) -> Vec<Value> {
        let output = daylight(&[arguments, &["--jsonl", "--quiet"]].concat());
        assert_exit(&output, 1);
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn rules_are_checked() {
        let folder = rule_and_page();
        let output = daylight(&["rules", "check", "--yara", &path(&folder, "rules")]);
        assert_exit(&output, 1);
        let told = told(&output);
        for part in ["nobody", "tide.yar:5", "1 rule usable", "1 unusable"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }

    #[test]
    fn a_match_is_a_finding_like_others() {
        let folder = rule_and_page();
        let (rules, evidence) = (path(&folder, "rules"), path(&folder, "evidence"));
        let found = findings(&["hunt", &evidence, "--yara", &rules]);
        let [one] = &found[..] else {
            panic!("{found:#?}")
        };
        assert_eq!(one["rule"]["id"], "web/tide.yar:tide_mark");
        assert_eq!(one["rule"]["kind"], "yara");
        assert_eq!(one["rule"]["level"], "high");
        assert_eq!((&one["offset"], &one["time"]), (&6.into(), &Value::Null));
        assert_eq!(one["file_sha256"].as_str().unwrap().len(), 64);
        assert_eq!(one["matched"][0]["value"], "byte 6 and 1 more: TideMark");
        let context = one["context"].to_string();
        assert!(
            context.contains(r"C:\\inetpub\\wwwroot\\a.aspx"),
            "{context}"
        );
        assert!(context.contains("by the disk"), "{context}");

        let output = daylight(&["hunt", &evidence, "--yara", &rules]);
        let told = told(&output);
        assert!(told.contains("YARA rule tide_mark: A page"), "{told}");
        assert!(
            told.contains("1 rule could not be used") && told.contains("tide.yar"),
            "{told}"
        );
        assert!(told.contains("tide.yar:5"), "{told}");
        assert!(told.contains("of them YARA"), "{told}");
    }

    #[test]
    fn members_of_archives_are_looked_at_and_keep_their_time() {
        let folder = rule_and_page();
        let rules = path(&folder, "rules");
        // A tar archive of one member, as POSIX lays it out, packed by gzip.
        let page = b"TideMark";
        let mut tar = vec![0; 1_024];
        tar[..6].copy_from_slice(b"a.aspx");
        tar[100..107].copy_from_slice(b"0000644");
        tar[124..135].copy_from_slice(format!("{:011o}", page.len()).as_bytes());
        tar[136..147].copy_from_slice(format!("{:011o}", 1_614_753_011).as_bytes());
        tar[156] = b'0';
        tar[257..263].copy_from_slice(b"ustar\0");
        tar[148..156].fill(b' ');
        let sum: u32 = tar[..512].iter().map(|byte| u32::from(*byte)).sum();
        tar[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        tar[512..520].copy_from_slice(page);
        tar.resize(2_560, 0);
        let archive = path(&folder, "c.tar.gz");
        let file = std::fs::File::create(&archive).unwrap();
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        packed.write_all(&tar).unwrap();
        packed.finish().unwrap();

        let found = findings(&["hunt", &archive, "--yara", &rules]);
        let [one] = &found[..] else {
            panic!("{found:#?}")
        };
        let file = one["file"].as_str().unwrap();
        assert!(file.ends_with("c.tar.gz!c.tar!a.aspx"), "{file}");
        assert_eq!(one["time"], "2021-03-03T06:30:11Z");
        assert!(
            one["context"].to_string().contains("by the archive"),
            "{one}"
        );
    }

    #[test]
    fn the_dossier_has_it_in_all_its_forms() {
        let folder = rule_and_page();
        let out = path(&folder, "out");
        let output = daylight(&[
            "investigate",
            &example("exchange-2021/story.txt"),
            "--evidence",
            &path(&folder, "evidence"),
            "--yara",
            &path(&folder, "rules"),
            "--out",
            &out,
        ]);
        assert_exit(&output, 1);
        let read = |name: &str| std::fs::read_to_string(Path::new(&out).join(name)).unwrap();
        for name in [
            "dossier.html",
            "dossier.md",
            "bundle.json",
            "findings.sarif",
        ] {
            assert!(read(name).contains("A page of the tide"), "{name}");
        }
        let bundle: Value = serde_json::from_str(&read("bundle.json")).unwrap();
        let objects = bundle["objects"].as_array().unwrap();
        let one = |kind: &str| objects.iter().find(|it| it["type"] == kind).unwrap();
        let sighting = one("sighting");
        assert_eq!(
            sighting["observed_data_refs"][0],
            one("observed-data")["id"]
        );
        assert!(
            sighting["sighting_of_ref"]
                .as_str()
                .unwrap()
                .starts_with("attack-pattern--")
        );
        let files = objects.iter().filter(|it| it["type"] == "file");
        let hashed = files.filter(|it| it["hashes"]["SHA-256"].is_string());
        assert_eq!(hashed.count(), 1);
    }

    #[test]
    fn rules_of_our_own_look_at_pages_and_not_at_logs() {
        let folder = rule_and_page();
        // Cut short and cut through: a fragment that does nothing.
        let shell =
            "<%@ Page Language=\"Jscript\"%><% ev¦al(Request.Item[\"word\"], ".replace('¦', "");
        let evidence = path(&folder, "evidence");
        std::fs::write(Path::new(&evidence).join("b.aspx"), &shell).unwrap();
        let log = format!(
            "{}\n",
            serde_json::json!({ "EventID": 1, "Message": shell })
        );
        std::fs::write(Path::new(&evidence).join("c.json"), log).unwrap();
        let found = findings(&["hunt", &evidence]);
        let [one] = &found[..] else {
            panic!("{found:#?}")
        };
        assert_eq!(one["rule"]["level"], "critical");
        assert!(one["file"].as_str().unwrap().ends_with("b.aspx"));

        let rules = path(&folder, "rules");
        let found = findings(&["hunt", &evidence, "--yara", &rules, "--only-rules"]);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0]["rule"]["id"], "web/tide.yar:tide_mark");
    }

    #[test]
    fn rules_are_listed_and_what_cannot_be_read_is_an_error() {
        let folder = rule_and_page();
        let rules = path(&folder, "rules");
        let output = daylight(&["rules", "list", "--yara", &rules, "--level", "high"]);
        assert_exit(&output, 0);
        let listed = told(&output);
        for id in [
            "web/tide.yar:tide_mark",
            "daylight/web-shells.yar:daylight_php_request_run",
        ] {
            assert!(listed.contains(id), "{listed}");
        }
        assert!(
            listed.contains("tide.yar:5: unknown identifier"),
            "{listed}"
        );
        for missing in ["nowhere", "evidence"] {
            let evidence = path(&folder, "evidence");
            let output = daylight(&["hunt", &evidence, "--yara", &path(&folder, missing)]);
            assert_exit(&output, 2);
            assert!(
                told(&output).contains("hint: --yara takes"),
                "{}",
                told(&output)
            );
        }
    }

    /// What `daylight counter` writes, the engine compiles, and finds by.
    #[test]
    fn rules_of_counter_compile_and_find() {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report.txt");
        let text = "Tide report\n\nThe implant has the SHA-256 hash \
                    9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, the MD5 \
                    acbd18db4cc2f85cedef654fccc4a4d8 and the user agent \"TideMark/1.0 (loader)\".\n";
        std::fs::write(&report, text).unwrap();
        let out = path(&folder, "counter");
        let report = report.display().to_string();
        let output = daylight(&["counter", &report, "--out", &out, "--format", "yara"]);
        assert_exit(&output, 0);
        let evidence = folder.path().join("evidence");
        std::fs::create_dir(&evidence).unwrap();
        // The hashes above are of these words.
        std::fs::write(evidence.join("a.bin"), "test").unwrap();
        std::fs::write(evidence.join("b.bin"), "foo").unwrap();
        let evidence = evidence.display().to_string();
        let output = daylight(&["hunt", &evidence, "--yara", &out, "--only-rules", "--jsonl"]);
        assert_exit(&output, 1);
        let told = told(&output);
        assert!(!told.contains("could not be used"), "{told}");
        assert_eq!(told.matches("\"kind\":\"yara\"").count(), 2, "{told}");
    }
}
