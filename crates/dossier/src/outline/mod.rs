//! The dossier as headings, paragraphs, lists and tables: what is written out as Markdown, and
//! set as pages elsewhere.

mod found;
mod told;

use daylight_model::Outcome;
use serde::Serialize;

use crate::html::{evidence_in_words, problem_in_words, problems, rules_in_words};
use crate::picture::Picture;
use crate::{Case, When, clean, verdict, views, words};

/// How many files and problems are listed; `manifest.json` holds all.
const FILES_MAX: usize = 100;

/// A dossier without any form of its own. Every text in it is plain and fit to be shown: what
/// hides or acts is visible, what is too long is shortened and says so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outline {
    /// The headline.
    pub title: String,
    /// When it was made, and by what.
    pub made: String,
    /// The TLP 2.0 label it carries.
    pub marking: Option<&'static str>,
    /// What was left out for that label.
    pub held_back: Option<String>,
    /// How the hunt ended.
    pub outcome: Outcome,
    /// The same in words, with its sign.
    pub answer: String,
    /// The answer in five lines: name and text.
    pub lines: Vec<(&'static str, String)>,
    /// Everything else, in order.
    pub sections: Vec<Section>,
}

/// A part of a dossier under a heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// What stands under it.
    pub blocks: Vec<Block>,
}

/// What a section is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "of")]
pub enum Block {
    /// A heading below that of the section.
    Heading(String),
    /// Running text.
    Paragraph(String),
    /// Running text that warns.
    Warning(String),
    /// A list.
    Items(Vec<Item>),
    /// A table.
    Table(Table),
    /// A drawing of what the list or the table after it says in words.
    Picture(Picture),
}

/// An entry of a list.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Item {
    /// The words it is found by.
    pub lead: String,
    /// The rest of it.
    pub text: String,
    /// With what force or probability it is said.
    pub mark: String,
    /// The sentence it was read from.
    pub quote: String,
    /// What belongs to it.
    pub items: Vec<Item>,
}

/// Rows and columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// Each column's name, and how wide it is beside the others.
    pub head: Vec<(&'static str, u8)>,
    /// As many cells as columns each.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Cell {
    /// The words it is found by.
    pub lead: String,
    /// The rest of it.
    pub text: String,
    /// The outcome that it tells, with its sign before the text.
    pub outcome: Option<Outcome>,
}

/// The case as an outline.
#[must_use]
pub fn outline(case: &Case<'_>) -> Outline {
    let verdict = verdict(case);
    let lines = verdict
        .lines()
        .map(|(name, text)| (name, clean::line(&text)));
    let sections = [
        Some(told::said(case)),
        told::happened(case),
        told::who(case),
        Some(told::means(case)),
        Some(found::found(case)),
        Some(found::coverage(case)),
        Some(to_do(case)),
        Some(sources(case)),
    ];
    Outline {
        title: views::title(case),
        made: format!("Daylight dossier, {}", words::moment(case.generated)),
        marking: views::tlp(case),
        held_back: views::held_back(case),
        outcome: verdict.outcome,
        answer: format!(
            "{} {}",
            sign(verdict.outcome),
            words::capital(verdict.outcome.title())
        ),
        lines: lines.into(),
        sections: sections.into_iter().flatten().collect(),
    }
}

impl Section {
    fn new(title: &str, lead: Option<&str>) -> Self {
        Self {
            title: title.into(),
            blocks: lead
                .map(|it| Block::Paragraph(it.into()))
                .into_iter()
                .collect(),
        }
    }

    fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    fn paragraph(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    /// A list, where it has entries.
    fn items(&mut self, items: impl IntoIterator<Item = Item>) {
        let items: Vec<Item> = items.into_iter().collect();
        if !items.is_empty() {
            self.blocks.push(Block::Items(items));
        }
    }
}

impl Item {
    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

impl Cell {
    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    fn outcome(outcome: Outcome, text: &str) -> Self {
        Self {
            text: format!("{} {text}", sign(outcome)),
            outcome: Some(outcome),
            ..Self::default()
        }
    }
}

fn to_do(case: &Case<'_>) -> Section {
    let mut section = Section::new("What to do", None);
    if case.advice.is_empty() {
        section.paragraph("Nothing follows from what was read and found.");
    }
    for when in When::ALL {
        let items = case.advice.iter().filter(|advice| advice.when == when);
        let items: Vec<Item> = items
            .map(|advice| {
                let mut text = clean::line(&advice.reason);
                if !advice.source.is_empty() {
                    text.push_str(&format!(" Source: {}.", clean::value(&advice.source)));
                }
                Item {
                    lead: clean::line(&advice.text),
                    text,
                    ..Item::default()
                }
            })
            .collect();
        if !items.is_empty() {
            section.heading(when.title());
            section.items(items);
        }
    }
    section
}

fn sources(case: &Case<'_>) -> Section {
    let mut section = Section::new("Sources, and how it was made", None);
    let reports = case.readings.iter().map(|reading| {
        let document = &reading.document;
        let first = document.originator.as_ref();
        let parts = [
            document.publisher.clone(),
            first.map(|it| format!("first published by {}", it.name)),
            document.published.map(words::moment),
            document.url.clone(),
            document.tlp.clone(),
            Some(format!("SHA-256 {}", document.sha256)),
        ];
        let parts: Vec<String> = parts.iter().flatten().map(|it| clean::value(it)).collect();
        named(
            "Report:",
            format!("{}, {}", clean::value(document.name()), parts.join(", ")),
        )
    });
    let tool = format!(
        "Daylight {}, {}",
        clean::value(case.tool_version),
        words::duration(case.duration_seconds)
    );
    let mut made = vec![named("Tool:", tool)];
    made.extend(
        case.command
            .map(|command| named("Command:", clean::value(command))),
    );
    made.push(named("Rules:", rules_in_words(case)));
    let mut evidence = named("Evidence:", evidence_in_words(case));
    evidence.items = files(case);
    made.push(evidence);
    let unread = problems(case).into_iter().take(FILES_MAX);
    made.extend(unread.map(|problem| named("Could not be read:", problem_in_words(problem))));
    section.items(reports.chain(made));
    section
}

fn named(lead: &str, text: String) -> Item {
    Item {
        lead: lead.into(),
        text,
        ..Item::default()
    }
}

fn files(case: &Case<'_>) -> Vec<Item> {
    let sources = &case.manifest.sources;
    let shown = sources.iter().take(FILES_MAX).map(|file| {
        Item::text(format!(
            "{} ({}, {}), SHA-256 {}",
            clean::value(&file.path),
            clean::value(&file.kind),
            words::count(file.events as usize, "event", "events"),
            clean::value(&file.sha256)
        ))
    });
    let more = sources.len().saturating_sub(FILES_MAX) as u64;
    let more =
        (more > 0).then(|| Item::text(format!("{} more in manifest.json", words::number(more))));
    shown.chain(more).collect()
}

const fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hit => "●",
        Outcome::NotSeen => "○",
        Outcome::CouldNotSee => "?",
    }
}
