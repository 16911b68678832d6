use std::fs;

use crate::{assert_exit, daylight, told};

const REPORT: &str = "Tide intrusions

The intruders used T1505.003 and drop.tide-mail[.]net to talk to 203.0.113[.]7.
They also used 10.0.0[.]5 and github[.]com.
The dropper has the SHA-256 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
";

#[test]
fn lists_and_rules_of_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.txt");
    fs::write(&report, REPORT).unwrap();
    let out = folder.path().join("out");
    let output = daylight(&[
        "counter",
        report.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_exit(&output, 0);
    let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert!(text("block/hosts.txt").contains("0.0.0.0 drop.tide-mail.net\n"));
    assert!(text("block/daylight.nft").contains("203.0.113.7 timeout 7776000s"));
    assert!(text("block/indicators.csv").contains("TLP:AMBER"));
    assert!(text("suricata/daylight-sha256.list").starts_with("0123456789abcdef"));
    assert!(text("yara/daylight.yar").contains("hash.sha256(0, filesize)"));
    assert!(text("sigma/indicators-dns.yml").contains("drop.tide-mail.net"));
    let left_out = text("left-out.csv");
    assert!(
        left_out.contains("\"10.0.0.5\",\"is private or reserved\""),
        "{left_out}"
    );
    assert!(left_out.contains("github.com"), "{left_out}");
    let behaviour = fs::read_dir(out.join("sigma"))
        .unwrap()
        .filter_map(Result::ok);
    let behaviour =
        behaviour.filter(|it| it.file_name().to_string_lossy().starts_with("behaviour-"));
    assert!(behaviour.count() > 0, "no rule for T1505.003");
}

#[test]
fn a_report_goes_no_further_than_it_is_marked() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.txt");
    fs::write(&report, REPORT).unwrap();
    let out = folder.path().join("out");
    let output = daylight(&[
        "counter",
        report.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--format",
        "csv",
        "--max-tlp",
        "green",
    ]);
    assert_exit(&output, 0);
    assert!(told(&output).contains("held back because of its marking"));
    assert_eq!(
        fs::read_to_string(out.join("block/indicators.csv"))
            .unwrap()
            .lines()
            .count(),
        1
    );
    assert!(!out.join("sigma").exists());
}

#[test]
fn patterns_attribute_nothing() {
    let output = daylight(&["pattern", "--techniques", "t1059.001,T1505.003,T9999"]);
    assert_exit(&output, 0);
    let told = told(&output);
    for words in [
        "This attributes nothing",
        "against:",
        "no technique \"T9999\"",
    ] {
        assert!(told.contains(words), "{told}");
    }
}
