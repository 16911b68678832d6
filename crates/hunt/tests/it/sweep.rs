//! The sweep over whole texts finds what looking at every place of every line finds.

use std::collections::BTreeSet;
use std::net::IpAddr;

use daylight_hunt::{Giver, Hunter, IndicatorSet, IndicatorSetBuilder, RuleSet};
use daylight_model::{FindingKind, IndicatorKind, Level};
use serde_json::json;

use crate::support::event;

/// The same numbers in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

const VALUES: &[(IndicatorKind, &str)] = &[
    (IndicatorKind::Ipv4, "198.51.100.7"),
    (IndicatorKind::Ipv6, "2001:db8::1"),
    (IndicatorKind::Ipv6, "2001:db8:1:2:3:4:5:6"),
    (IndicatorKind::Cidr, "203.0.113.0/24"),
    (IndicatorKind::Cidr, "2001:db8:ffff::/48"),
    (IndicatorKind::Domain, "evil.example"),
    (IndicatorKind::Domain, "müller.example"),
    (IndicatorKind::Domain, "x.y.bad.example"),
    (IndicatorKind::Url, "http://evil.example/gate"),
    (IndicatorKind::Url, "http://localhost/a/b"),
    (IndicatorKind::Url, "https://cdn.example/a/b.php?c=d"),
    (IndicatorKind::Email, "jane.d@mail.example"),
    (IndicatorKind::Email, "x+y@mail.example"),
    (IndicatorKind::Md5, "0123456789abcdef0123456789abcdef"),
    (
        IndicatorKind::Sha256,
        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    ),
    (IndicatorKind::Filename, "supp0rt.aspx"),
    (IndicatorKind::Filename, ".hidden.php"),
    (IndicatorKind::FilePath, r"C:\Program Files\x\a b.exe"),
    (IndicatorKind::FilePath, r"c:\ä\ö"),
    (IndicatorKind::Mutex, r"Global\zz"),
    (IndicatorKind::Mutex, "quietheron"),
    (IndicatorKind::RegistryKey, r"HKLM\SOFTWARE\Quiet Heron\x.y"),
    (
        IndicatorKind::RegistryKey,
        r"HKEY_CURRENT_USER\Software\Heron",
    ),
    (
        IndicatorKind::UserAgent,
        "Mozilla/4.0 (compatible; QuietHeron 1.0)",
    ),
];

fn set() -> IndicatorSet {
    let mut builder = IndicatorSetBuilder::default();
    for (kind, value) in VALUES {
        builder.add(*kind, value, value, &Giver::default());
    }
    let set = builder.build();
    assert_eq!(set.left_out(), []);
    set
}

/// Lines full of the values, of pieces of them, and of what may stand around them.
fn line(numbers: &mut Numbers) -> String {
    const AROUND: &[&str] = &[
        " ",
        " ",
        " ",
        ".",
        "..",
        "-",
        "_",
        "a",
        "9",
        ":",
        "/",
        "\\",
        "@",
        "=",
        "\"",
        "é",
        "“",
        "\t",
        "www.",
        "sub.sub.",
        ".com",
        ", ",
        "http://",
        "?x=1",
        "::ffff:",
        "12:34:56.789 ",
        "x@",
        "Ω",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "203.0.113.77",
        "2001:db8:ffff:1::2",
        "MAIL.example",
        "[2001:0DB8:0:0:0:0:0:1]",
        "192.0.2.1",
        r"HKLM\",
        r"hkey_local_machine\SOFTWARE\",
        r"\REGISTRY\MACHINE\SOFTWARE\",
        r"HKLM:\software\",
        r"Quiet Heron\x.y",
        r"HKCU\\Software\\Heron",
        "hku",
        "{",
        "}",
    ];
    let mut line = String::new();
    for _ in 0..=numbers.below(12) {
        match numbers.below(4) {
            0 => {
                let value = VALUES[numbers.below(VALUES.len())].1;
                match numbers.below(4) {
                    0 => line.push_str(&value.to_uppercase()),
                    1 => {
                        let end = value.floor_char_boundary(numbers.below(value.len()));
                        line.push_str(&value[..end]);
                    }
                    _ => line.push_str(value),
                }
            }
            _ => line.push_str(numbers.one_of(AROUND)),
        }
    }
    line
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// By the words of the documentation, without any table or filter.
fn holds(line: &str, kind: IndicatorKind, value: &str) -> bool {
    let line = &line.to_lowercase();
    let value = &value.to_lowercase();
    let address = |word: &str| {
        word.parse::<IpAddr>()
            .ok()
            .map(|address| address.to_canonical())
    };
    let words = || {
        line.split(|c: char| !is_word(c))
            .map(|word| word.trim_matches(['.', '-']))
    };
    let v6 = || {
        line.split(|c: char| !(c.is_ascii_hexdigit() || c == ':' || c == '.'))
            .map(|word| word.strip_suffix('.').unwrap_or(word))
            .filter(|word| word.contains(':'))
    };
    match kind {
        IndicatorKind::Ipv4 | IndicatorKind::Ipv6 => words()
            .chain(v6())
            .any(|word| address(word) == address(value)),
        IndicatorKind::Cidr => {
            let start = if value.contains('.') {
                "203.0.113."
            } else {
                "2001:db8:ffff:"
            };
            words()
                .chain(v6())
                .filter_map(address)
                .any(|it| it.to_string().starts_with(start))
        }
        IndicatorKind::Domain => {
            words().any(|word| word == value || word.ends_with(&format!(".{value}")))
        }
        IndicatorKind::RegistryKey => {
            let line = line.replace(r"\\", r"\");
            let (root, below) = value.split_once('\\').unwrap();
            let roots: &[&str] = match root {
                "hklm" => &["hklm", "hkey_local_machine", r"registry\machine"],
                _ => &["hkcu", "hkey_current_user"],
            };
            roots
                .iter()
                .flat_map(|root| [format!(r"{root}\{below}"), format!(r"{root}:\{below}")])
                .any(|form| {
                    line.match_indices(&form).any(|(at, _)| {
                        let (before, after) = (&line[..at], &line[at + form.len()..]);
                        let after = after.strip_prefix('.').unwrap_or(after);
                        !before.ends_with(is_word) && !after.starts_with(is_word)
                    })
                })
        }
        _ => line.match_indices(value.as_str()).any(|(at, _)| {
            let (before, after) = (&line[..at], &line[at + value.len()..]);
            let after = after.strip_prefix('.').unwrap_or(after);
            let more = match value {
                _ if value.contains("://") => "/?&=%+~#@:",
                _ if value.contains(['/', '\\']) => "/\\",
                _ => "",
            };
            let is_plain = value.chars().all(is_word) && !value.starts_with('.');
            if is_plain {
                return words().any(|word| word == value);
            }
            let inside = value.starts_with(is_word) && before.ends_with(is_word);
            let goes_on = after.starts_with(|c: char| is_word(c) || more.contains(c));
            !(inside || goes_on)
        }),
    }
}

#[test]
fn the_sweep_finds_what_a_naive_check_finds() {
    let set = set();
    let rules = RuleSet::empty();
    let mut hunter = Hunter::new(&rules, &set);
    let mut numbers = Numbers(7);
    let (mut hits, mut places) = (0, Vec::new());
    for _ in 0..400 {
        let lines: Vec<String> = (0..60).map(|_| line(&mut numbers)).collect();
        let text = lines.join("\n");
        places.clear();
        assert!(hunter.skim(text.as_bytes(), &mut places));
        let mut start = 0;
        for line in &lines {
            let expected: BTreeSet<&str> = VALUES
                .iter()
                .filter(|(kind, value)| holds(line, *kind, value))
                .map(|(_, value)| *value)
                .collect();
            let mut found = Vec::new();
            let object = json!({"family": "text", "text": line});
            hunter.event(&event(object.as_object().unwrap()), &mut found);
            let found: BTreeSet<&str> = VALUES
                .iter()
                .map(|(_, value)| *value)
                .filter(|value| {
                    found
                        .iter()
                        .any(|it| it.rule.title.contains(&format!(" {value} from")))
                })
                .collect();
            assert_eq!(found, expected, "{line:?}");
            let range = start..=start + line.len();
            let is_near = places.iter().any(|place| range.contains(place));
            assert!(
                is_near || expected.is_empty(),
                "passed over: {line:?} {expected:?}"
            );
            hits += expected.len();
            start += line.len() + 1;
        }
    }
    assert!(hits > 5_000, "{hits}");
}

#[test]
fn a_hit_says_who_claims_it_and_how_much_it_is_worth() {
    let giver = Giver {
        id: "feed.csv".to_owned(),
        title: "feed".to_owned(),
        author: Some("Example CERT".to_owned()),
        tlp: Some("TLP:AMBER+STRICT".to_owned()),
        confidence: Some(80),
        valid_until: Some("2021-06-01T00:00:00Z".parse().unwrap()),
        ..Giver::default()
    };
    let doubtful = Giver {
        confidence: Some(10),
        ..giver.clone()
    };
    let mut builder = IndicatorSetBuilder::default();
    builder.add(
        IndicatorKind::Domain,
        "evil.example",
        "evil[.]example",
        &giver,
    );
    builder.add(
        IndicatorKind::Domain,
        "EVIL.example",
        "evil.example",
        &giver,
    );
    builder.add(
        IndicatorKind::Domain,
        "worse.example",
        "worse.example",
        &doubtful,
    );
    let set = builder.build();
    assert_eq!(set.len(), 2, "the same twice counts once");
    let rules = RuleSet::empty();
    let found = |text: &str, time: &str| {
        let mut found = Vec::new();
        let object = json!({"family": "json", "time": time, "text": text});
        let mut event = event(object.as_object().unwrap());
        event.time = Some(time.parse().unwrap());
        Hunter::new(&rules, &set).event(&event, &mut found);
        assert_eq!(found.len(), 1, "{text}");
        found.remove(0)
    };
    let hit = found("to evil.example", "2021-03-01T00:00:00Z");
    assert_eq!(
        (hit.rule.kind, hit.rule.level),
        (FindingKind::Indicator, Level::High)
    );
    assert_eq!(hit.rule.origin, "feed.csv");
    assert_eq!(hit.rule.tags, ["tlp.amber+strict"]);
    for said in [
        "Example CERT",
        "80 of 100",
        "2021-06-01",
        "`evil[.]example`",
    ] {
        assert!(
            hit.rule.description.contains(said),
            "{}",
            hit.rule.description
        );
    }
    let late = found("to evil.example", "2021-07-01T00:00:00Z");
    assert_eq!(late.rule.level, Level::Low);
    assert!(
        late.rule
            .false_positives
            .iter()
            .any(|it| it.contains("this is later"))
    );
    assert_eq!(
        found("worse.example", "2021-03-01T00:00:00Z").rule.level,
        Level::Low
    );
}
