//! HTML, Markdown and terminal text.

use daylight_dossier::{html, markdown, reading_text, table, text_summary};
use daylight_model::*;

use crate::sample::{self, Sample};

/// Everything that is written for people.
fn all(sample: &Sample) -> Vec<(&'static str, String)> {
    let case = sample.case();
    vec![
        ("html", html(&case)),
        ("markdown", markdown(&case)),
        ("summary", text_summary(&case, 90, false)),
        ("table", table(case.findings, false, 110)),
        (
            "reading",
            reading_text(&case.readings[0], &case.links[0], 90, false),
        ),
    ]
}

#[track_caller]
fn holds(what: &str, text: &str, expected: &[&str]) {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in expected {
        assert!(plain.contains(words), "{words:?} is not in {what}");
    }
}

#[test]
fn a_dossier_answers_every_question() {
    let sample = sample::hit();
    let case = sample.case();
    holds(
        "html",
        &html(&case),
        &[
            "Traces of what the story leads to are in the evidence",
            "2021-03-02 01:40:10 UTC; last trace 2021-03-05 12:00:00 UTC",
            "The Daily Lantern ← White Cabinet",
            "contract hackers use Millstone",
            "<span class=\"force\">alleged</span>",
            "“high confidence”",
            "first published by Harbour Wire",
            "TLP:AMBER+STRICT",
            "Daylight’s own inference",
            "Denials, side by side",
            "record 830",
            "byte 424960",
            "No Exchange HttpProxy logs were read.",
            "UtcTime runs 5 h ahead of @timestamp",
            "CISA KEV",
            "1 could not be loaded",
            "The record's length goes past its chunk.",
            "daylight investigate story.txt --evidence logs",
        ],
    );
    holds(
        "markdown",
        &markdown(&case),
        &[
            "## The answer",
            "**● Hit**",
            "*alleged*",
            "UtcTime runs 5 h ahead",
            "CommandLine: cmd.exe /c whoami",
            "- **Script page written to a web folder** · high · 2021-03-02 01:40:12 · EX01 · T1505.003",
            "? could not see",
            "### This week",
        ],
    );
    holds(
        "summary",
        &text_summary(&case, 90, false),
        &[
            "● HIT",
            "First trace 2021-03-02",
            "EX01 and EX02",
            "Also found, not of this story",
            "Could not see anything in: Exchange HttpProxy.",
            "Clocks disagree",
        ],
    );
    holds(
        "table",
        &table(case.findings, false, 110),
        &["Script page written", "Sysmon 11 #830", "5 findings"],
    );
    holds(
        "reading",
        &reading_text(&case.readings[0], &case.links[0], 90, false),
        &[
            "The Daily Lantern ← White Cabinet",
            "[alleged]",
            "198.51.100[.]7",
            "not a culprit",
            "government bodies:",
        ],
    );
}

#[test]
fn absence_is_put_honestly() {
    let clean = sample::clean();
    holds(
        "html",
        &html(&clean.case()),
        &[
            "Not seen where it would show",
            "Not seen where it would show, on 5 of the 12 days",
            "none before 1 March 2021",
            "Nothing that bears on the story.",
        ],
    );
    let empty = sample::empty();
    holds(
        "html",
        &html(&empty.case()),
        &[
            "Could not see",
            "Nothing could be seen: no evidence could be read.",
        ],
    );
    for (what, text) in all(&clean).into_iter().chain(all(&empty)) {
        for word in ["✓", "✔", "all clear", "No threat", "not compromised"] {
            assert!(!text.contains(word), "{word} in {what}");
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    let sample = sample::hostile();
    for (what, text) in all(&sample) {
        let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(
            !text.contains(hidden),
            "{what} lets a control character through"
        );
        assert!(
            !text.contains("<script>") || !matches!(what, "html" | "markdown"),
            "{what} holds markup"
        );
        assert!(text.len() < 2_000_000, "{what} is {} bytes", text.len());
        // A table's columns are too narrow to show it all.
        assert!(
            what == "table" || text.contains("⟪U+001B⟫"),
            "{what} hides that something was there"
        );
    }
    let page = html(&sample.case());
    // Attributes cannot be broken out of either: the page has no such attribute of its own.
    assert!(!page.contains("\" onload="));
}

#[test]
fn the_page_is_self_contained_and_well_formed() {
    for sample in [
        sample::hit(),
        sample::clean(),
        sample::empty(),
        sample::hostile(),
    ] {
        let page = html(&sample.case());
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
        assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
        for outside in [
            "<script",
            "<link",
            "<img",
            "src=",
            "@import",
            "url(http",
            "href=\"http",
            "<iframe",
        ] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert_eq!(page.matches("<main>").count(), 1);
        assert_eq!(page.matches("<h1").count(), 1);
        ids_are_unique(&page);
        headings_are_in_order(&page);
        assert_eq!(
            page.matches("<table").count(),
            page.matches("<caption").count()
        );
        assert_eq!(
            page.matches("<svg").count(),
            page.matches("role=\"img\"").count()
        );
    }
}

fn ids_are_unique(page: &str) {
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let targets: Vec<&str> = page
        .split("href=\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(
        targets.iter().all(|target| ids.contains(target)),
        "a link leads nowhere"
    );
    let before = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), before, "an id occurs twice");
}

fn headings_are_in_order(page: &str) {
    let levels = page
        .match_indices("<h")
        .filter_map(|(at, _)| page.as_bytes().get(at + 2)?.checked_sub(b'0'));
    let mut last = 0;
    for level in levels.filter(|level| (1..=6).contains(level)) {
        assert!(level <= last + 1, "h{level} follows h{last}");
        last = level;
    }
}

#[test]
fn a_flood_of_findings_is_cut_and_said() {
    let mut sample = sample::hit();
    let (low, high) = (
        sample::rule("low", "Noise", Level::Low, &["attack.t1059.003"], vec![]),
        sample::rule(
            "high",
            "Signal",
            Level::Critical,
            &["attack.t1059.003"],
            vec![],
        ),
    );
    let value = "<&\"".repeat(1_000);
    sample.findings = (0..1_200)
        .map(|index| {
            let rule = if index == 1_199 { &high } else { &low };
            let mut finding = sample::finding(rule, 0, "2021-03-02T01:40:10Z", Some(1), index);
            finding.context = (0..20)
                .map(|n| sample::field(&format!("f{n}"), &value))
                .collect();
            finding
        })
        .collect();
    sample.coverage = daylight_dossier::coverage(
        &sample::subjects(),
        None,
        None,
        &[low, high],
        &sample.findings,
        &sample.manifest,
    );
    let page = html(&sample.case());
    assert!(page.len() <= 10_000_000, "{} bytes", page.len());
    assert!(page.contains("Signal"), "the most severe stays");
    assert!(page.contains("further findings of this kind can be read in findings.jsonl"));
}

#[test]
fn what_only_repeats_is_told_once() {
    let mut sample = sample::hit();
    let generic = sample::rule(
        "generic",
        "A file was written",
        Level::Medium,
        &["attack.t1505.003"],
        vec![],
    );
    let mut same_record = sample.findings[1].clone();
    same_record.id = "sighting--generic".into();
    same_record.rule = generic;
    sample.findings.insert(2, same_record);
    sample.coverage = daylight_dossier::coverage(
        &sample::subjects(),
        Some(sample::window()),
        None,
        &sample.rules,
        &sample.findings,
        &sample.manifest,
    );
    let case = sample.case();
    assert!(!text_summary(&case, 100, false).contains("A file was written"));
    holds(
        "markdown",
        &markdown(&case),
        &[
            "Script page written to a web folder, with 1 more kind of trace |",
            "- A file was written · medium",
        ],
    );
}

#[test]
fn nothing_invisible_is_written() {
    for (what, text) in all(&sample::hit()) {
        assert!(!text.contains('\u{2060}'), "{what}");
    }
}

/// A chain of events stays a chain, however often each step repeats.
#[test]
fn a_hundred_thousand_findings_are_told_in_a_dozen_lines() {
    let mut sample = sample::hit();
    let rules = sample::rules();
    sample.findings = (0..100_000)
        .map(|index| {
            let rule = &rules[usize::try_from(index).unwrap() % 3];
            let mut finding = sample::finding(rule, 0, "2021-03-02T01:40:10Z", Some(1), index);
            finding.context = vec![sample::field("CommandLine", &format!("run {index}"))];
            finding
        })
        .collect();
    sample.coverage = daylight_dossier::coverage(
        &sample::subjects(),
        Some(sample::window()),
        None,
        &sample.rules,
        &sample.findings,
        &sample.manifest,
    );
    let case = sample.case();
    let (page, text, short) = (
        html(&case),
        markdown(&case),
        text_summary(&case, 100, false),
    );
    assert!(page.len() < 10_000_000, "{} bytes", page.len());
    assert!(text.len() < 100_000, "{} bytes", text.len());
    assert!(short.lines().count() < 80, "{short}");
    for what in [&page, &text, &short] {
        assert!(what.contains("(×33,333)"));
    }
}

/// The page stays small and says how much of everything it shows.
#[test]
fn a_hundred_thousand_findings_leave_most_to_the_json_lines() {
    let sample = sample::many(100_000);
    let page = html(&sample.case());
    assert!(page.len() < 10_000_000, "{} bytes", page.len());
    let shown = page.matches("<dl class=\"fields record\">").count();
    assert!((100..=500).contains(&shown), "{shown}");
    let said = format!("Shown with their records are {shown} of 100,000 findings");
    let rest = format!("the other 99,{:03} are in findings.jsonl", 1_000 - shown);
    holds("html", &page, &[&said, &rest]);
    let mut lines = Vec::new();
    daylight_dossier::findings_jsonl(&sample.findings, &mut lines).unwrap();
    assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 100_000);
}

#[test]
fn colours_only_when_asked_for_and_lines_fit() {
    let sample = sample::hit();
    let case = sample.case();
    assert!(!text_summary(&case, 80, false).contains('\u{1b}'));
    assert!(text_summary(&case, 80, true).contains("\u{1b}[1;31m"));
    for width in [40, 60, 80, 120, 200] {
        let text = text_summary(&case, width, false)
            + &reading_text(&case.readings[0], &case.links[0], width, false);
        // The closing line of figures is one line on purpose.
        let lines = text.lines().filter(|line| !line.contains("events read"));
        for line in lines {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
        for line in table(case.findings, false, width).lines() {
            assert!(line.chars().count() <= width.max(60), "{width}: {line}");
        }
    }
    assert_eq!(table(&[], false, 80), "Nothing matched.\n");
}

#[test]
fn techniques_described_are_shown_with_sentence_and_probability() {
    let sample = sample::hit();
    for (what, text) in all(&sample) {
        if matches!(what, "html" | "markdown" | "reading") {
            let lower = text.to_lowercase();
            holds(
                what,
                &lower,
                &[
                    "techniques described, not named",
                    "(probability 0.83)",
                    "one called back to",
                ],
            );
        }
    }
}
