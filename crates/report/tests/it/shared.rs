//! Real reports, where the folder with them lies beside the workspace.

use std::{collections::HashMap, path::PathBuf};

use daylight_model::{BlockKind, Document};
use daylight_report::{Options, read};

#[allow(clippy::print_stdout)] // A skipped test says so.
fn report(name: &str) -> Option<Document> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let folder = std::env::var_os("DAYLIGHT_SHARED").map_or_else(beside, PathBuf::from);
    let path = folder.join("reports").join(name);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(read(&path.to_string_lossy(), &Options::default()).expect("a report"))
}

#[test]
fn a_republished_news_story() {
    let Some(document) = report("newsweek-2021-07-19.txt") else {
        return;
    };
    assert_eq!(
        document.title.as_deref(),
        Some("U.S. Says China Working With Criminal Gangs to Commit Global Cyberattacks")
    );
    assert_eq!(
        document.published.map(|at| at.to_string()).as_deref(),
        Some("2021-07-19T11:54:41Z")
    );
    let originator = document.originator.as_ref().expect("an originator");
    assert_eq!(originator.name, "Newsweek");
    let url = "https://www.newsweek.com/us-says-china-working-criminal-gangs-commit-global-cyberattacks-1610949";
    assert_eq!(originator.url.as_deref(), Some(url));
    assert_eq!(
        document.blocks.first().map(|block| &block.kind),
        Some(&BlockKind::Title)
    );
    assert_eq!(document.content().count(), 10);
    let set_aside = document
        .blocks
        .iter()
        .filter(|block| !block.kind.is_content());
    let words: Vec<&str> = set_aside
        .map(|block| block.span.of(&document.text))
        .collect();
    assert_eq!(words.len(), 7, "{words:?}");
    assert!(words.contains(&"Breaking news") && words.contains(&"Leave a Reply"));
}

#[test]
fn advisories_as_text() {
    for (name, title) in [("aa21200a.txt", "AA21-200A"), ("aa21200b.txt", "AA21-200B")] {
        let Some(document) = report(name) else { return };
        assert!(
            document
                .title
                .as_deref()
                .is_some_and(|found| found.starts_with(title)),
            "{:?}",
            document.title
        );
        assert_eq!(
            document.published.map(|at| at.to_string()).as_deref(),
            Some("2021-07-19T00:00:00Z")
        );
        assert!(document.url.is_some());
        let heading = document
            .blocks
            .iter()
            .find(|block| block.kind == BlockKind::Heading);
        assert_eq!(
            heading.map(|block| block.span.of(&document.text)),
            Some("Summary")
        );
        let lost: usize = document
            .blocks
            .iter()
            .filter(|block| !block.kind.is_content())
            .map(|block| block.span.len())
            .sum();
        assert!(lost * 50 < document.text.len(), "{lost} bytes set aside");
    }
}

/// How many of the words of one report stand in the other, in percent.
fn shared_words(one: &Document, other: &Document) -> usize {
    let count = |document: &Document| {
        let mut words: HashMap<String, usize> = HashMap::new();
        for block in document.content() {
            for word in block.span.of(&document.text).split_whitespace() {
                *words.entry(word.to_lowercase()).or_default() += 1;
            }
        }
        words
    };
    let (one, other) = (count(one), count(other));
    let common: usize = one
        .iter()
        .map(|(word, count)| *count.min(other.get(word).unwrap_or(&0)))
        .sum();
    common * 100 / one.values().sum::<usize>().max(1)
}

#[test]
fn one_advisory_as_pdf_and_docx() {
    let (Some(pdf), Some(docx)) = (report("AA20-302A.pdf"), report("AA20-302A.docx")) else {
        return;
    };
    for document in [&pdf, &docx] {
        let title = "Ransomware Activity Targeting the Healthcare and Public Health Sector";
        assert_eq!(
            document.title.as_deref(),
            Some(title),
            "{:?}",
            document.media
        );
        assert_eq!(
            document.published.map(|at| at.to_string()).as_deref(),
            Some("2020-10-28T00:00:00Z")
        );
        assert_eq!(document.tlp.as_deref(), Some("TLP:CLEAR"));
        assert!(
            document
                .content()
                .all(|block| !block.span.of(&document.text).contains("Page 3 of 22"))
        );
        assert!(document.text.contains(
            "These threat actors increasingly use loaders—like TrickBot and BazarLoader"
        ));
        assert!(document.text.contains(
            "your local FBI field office at www.fbi.gov/contact-us/field, or the FBI’s 24/7"
        ));
    }
    let (there, back) = (shared_words(&pdf, &docx), shared_words(&docx, &pdf));
    assert!(
        there >= 95 && back >= 95,
        "{there} and {back} percent of the words are the same"
    );
}
