//! Prints what is read out of a text file: `cargo run -p daylight-extract --example claims -- FILE`.
#![allow(clippy::print_stdout, reason = "an example speaks to the terminal")]

use daylight_extract::{Lexicon, read};
use daylight_model::{Block, BlockKind, Document, MediaType, Span};

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_default();
    let text = std::fs::read_to_string(&path)?;
    let mut blocks = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(start, start + line.len()).trimmed(&text);
        if !span.is_empty() {
            blocks.push(Block {
                span,
                kind: BlockKind::Paragraph,
            });
        }
        start += line.len();
    }
    let document = Document {
        id: "report--1".into(),
        source: path,
        sha256: String::new(),
        media: MediaType::Text,
        title: None,
        published: "2021-07-19T12:00:00Z".parse().ok(),
        published_as_written: None,
        publisher: Some("Outlet".into()),
        authors: Vec::new(),
        originator: None,
        url: None,
        tlp: None,
        text,
        blocks,
        diagnostics: Vec::new(),
    };
    let reading = read(document, &Lexicon::new([]), &|_| true);
    for entity in &reading.entities {
        println!(
            "{:?} {} {:?} x{}",
            entity.kind,
            entity.name,
            entity.aliases,
            entity.mentions.len()
        );
    }
    let mut last = Span::new(0, 0);
    for claim in &reading.claims {
        if claim.span != last {
            println!("\n{}", claim.sentence);
            last = claim.span;
        }
        let chain: Vec<&str> = claim
            .speakers
            .iter()
            .map(|speaker| speaker.name.as_str())
            .collect();
        let quantities: Vec<&str> = claim
            .quantities
            .iter()
            .map(|quantity| quantity.text.as_str())
            .collect();
        let confidence: Vec<&str> = claim
            .confidence
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        println!(
            "  [{}] {} —{}→ {} ({}{}) q={quantities:?} c={confidence:?} s={:?} t={:?} p={:?}",
            chain.join(" ← "),
            claim.subject.name,
            claim.relation.as_str(),
            claim
                .object
                .as_ref()
                .map_or("-", |object| object.name.as_str()),
            claim.force.as_str(),
            if claim.negated { ", not" } else { "" },
            claim.scope,
            claim.time.as_ref().map(|time| time.text.as_str()),
            claim.place,
        );
    }
    Ok(())
}
