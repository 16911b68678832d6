//! What a match says.

use daylight_model::{FindingKind, Level, LogFamily};
use daylight_yara::{ScanError, Wanted, compile};

use crate::{folder, rules};

#[test]
fn a_match_says_where_its_strings_stand_and_what_stands_there() {
    let rules = rules(
        "rule tide { strings: $far = \"Tide\" $wide = \"Mark\" wide $bytes = { 4D 5A 90 } \
         $none = \"absent\" condition: any of them }",
    );
    let mut bytes = b"..Tide Tide Tide".to_vec();
    bytes.extend(b"M\0a\0r\0k\0 MZ\x90\0");
    let found = rules.scanner().scan("x.bin", bytes).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].offset, 2);
    let shown: Vec<(&str, &str)> = found[0]
        .matched
        .iter()
        .map(|it| (it.field.as_str(), it.value.as_str()))
        .collect();
    let expected = [
        ("$far", "byte 2 and 2 more: Tide"),
        ("$wide", "byte 16: Mark"),
        ("$bytes", "byte 25: 4D 5A 90"),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_rule_tells_what_its_metadata_says() {
    let rules = rules(
        "rule EXPL_CVE_2021_26855_x : T1505_003 webshell {\n meta:\n\
         description = \"Finds a thing\" author = \"Example CERT\" date = \"2021-03-05\"\n\
         reference = \"https://a.example/x\" score = 85 falsepositives = \"Tests\"\n\
         condition: true }\n\
         rule plain { meta: severity = \"critical\" mitre_att = \"T1059.001\" condition: true }\n\
         rule bare { condition: true }\n\
         private rule hidden { condition: true }",
    );
    let [full, plain, bare] = rules.rules() else {
        panic!("{:?}", rules.rules())
    };
    assert_eq!(full.kind, FindingKind::Yara);
    assert_eq!(full.title, "YARA rule EXPL_CVE_2021_26855_x: Finds a thing");
    let description = "Finds a thing. YARA rule EXPL_CVE_2021_26855_x by Example CERT, 2021-03-05.";
    assert_eq!(full.description, description);
    assert_eq!(full.level, Level::High);
    let tags = [
        "T1505_003",
        "webshell",
        "attack.t1505.003",
        "cve.2021-26855",
    ];
    assert_eq!(full.tags, tags);
    assert_eq!(full.references, ["https://a.example/x"]);
    assert_eq!(full.false_positives, ["Tests"]);
    assert_eq!(full.log_sources[0].family, LogFamily::FileListing);
    assert!(full.origin.ends_with("rules.yar"), "{}", full.origin);
    assert_eq!(plain.level, Level::Critical);
    assert_eq!(plain.tags, ["attack.t1059.001"]);
    assert_eq!(
        (bare.level, bare.title.as_str()),
        (Level::Medium, "YARA rule bare")
    );
    let found = rules.scanner().scan("x", b"y".to_vec()).unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(found[2].matched[0].field, "condition");
}

#[test]
fn rules_may_ask_for_the_name_of_a_file_and_for_modules() {
    let rules = rules(
        "import \"pe\" import \"elf\" import \"dotnet\" import \"hash\" import \"math\" import \"lnk\" \
         import \"string\" import \"time\" import \"console\"\n\
         rule named { condition: filename == \"b.aspx\" and extension == \".aspx\" and \
         filepath contains \"c.zip!a\" and owner == \"\" and filetype == \"\" }\n\
         rule hashed { condition: hash.md5(0, filesize) == \"0cc175b9c0f1b6a831c399e269772661\" and \
         math.entropy(0, filesize) < 1.0 and not pe.is_pe and console.log(\"seen\") }",
    );
    let mut scanner = rules.scanner();
    let mut ids = |path| {
        let found = scanner.scan(path, b"a".to_vec()).unwrap();
        found
            .into_iter()
            .map(|it| it.rule.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids("c.zip!a/b.aspx"),
        ["rules.yar:named", "rules.yar:hashed"]
    );
    assert_eq!(ids("b"), ["rules.yar:hashed"]);
}

#[test]
fn a_scan_ends_at_its_time() {
    let folder = folder(&[(
        "slow.yar",
        "rule slow { condition: for all a in (0..100000) : (for all b in (0..100000) : (a + b >= 0)) }",
    )]);
    let rules = compile(Wanted {
        paths: vec![folder.path().to_owned()],
        scan_seconds_max: 1,
        ..Wanted::default()
    })
    .unwrap();
    let mut scanner = rules.scanner();
    let error = scanner.scan("x", b"y".to_vec()).unwrap_err();
    assert_eq!(error, ScanError::TooSlow { seconds: 1 });
    assert_eq!(scanner.scan("x", b"y".to_vec()).unwrap_err(), error);
}

#[test]
fn broken_executables_end_nothing() {
    let rules = rules(
        "import \"pe\" import \"elf\" import \"dotnet\" import \"lnk\"\n\
         rule each { condition: pe.number_of_sections >= 0 or elf.number_of_sections >= 0 or \
         dotnet.is_dotnet or lnk.is_lnk or true }",
    );
    let mut scanner = rules.scanner();
    // A header that is right, and behind it numbers that lead anywhere.
    let mut seed: u32 = 7;
    for start in [
        &b"MZ"[..],
        b"\x7fELF\x02\x01",
        b"\x7fELF\x01\x02",
        b"L\0\0\0\x01\x14\x02\0",
    ] {
        for length in [3_usize, 64, 512, 4_096] {
            let mut bytes = start.to_vec();
            bytes.resize_with(length.max(start.len()), || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            });
            if start == b"MZ" && length > 256 {
                bytes[0x3c..0x40].copy_from_slice(&64_u32.to_le_bytes());
                bytes[64..68].copy_from_slice(b"PE\0\0");
            }
            assert_eq!(scanner.scan("x", bytes).unwrap().len(), 1);
        }
    }
}
