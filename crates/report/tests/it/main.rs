//! What reports are read as, format by format.

mod fetch;
mod formats;
mod frames;
mod html;
mod robust;
mod shared;
mod text;

use daylight_model::{BlockKind, Document};
use daylight_report::{Options, read_bytes};

/// Reads `input` with default options.
fn document(input: impl AsRef<[u8]>) -> Document {
    read_bytes("test", input.as_ref(), &Options::default()).expect("a report")
}

/// The document's parts as lines: a letter for the kind, then the words. Furniture is `-`.
fn outline(document: &Document) -> String {
    let mut lines = String::new();
    for block in &document.blocks {
        let mark = match &block.kind {
            BlockKind::Title => "T",
            BlockKind::Heading => "H",
            BlockKind::Paragraph => "P",
            BlockKind::ListItem => "L",
            BlockKind::TableRow => "R",
            BlockKind::Code => "C",
            _ => "-",
        };
        let words = block
            .span
            .of(&document.text)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        lines.push_str(&format!("{mark} {words}\n"));
    }
    lines
}

/// Checks the outline, one line a block.
#[track_caller]
fn check(input: impl AsRef<[u8]>, expected: &str) -> Document {
    let document = document(input);
    let expected: String = expected
        .trim()
        .lines()
        .map(|line| format!("{}\n", line.trim()))
        .collect();
    assert_eq!(outline(&document), expected);
    document
}

/// What the document says about itself, in one line.
fn about(document: &Document) -> String {
    let originator = document.originator.as_ref().map(|originator| {
        (
            originator.name.as_str(),
            originator.url.as_deref().unwrap_or(""),
        )
    });
    format!(
        "{} | {} | {} | {} | {:?}",
        document.title.as_deref().unwrap_or("-"),
        document
            .published
            .map_or_else(|| "-".to_owned(), |at| at.to_string()),
        document.publisher.as_deref().unwrap_or("-"),
        document.authors.join(" + "),
        originator.unwrap_or_default(),
    )
}
