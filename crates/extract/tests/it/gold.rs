//! Claims against a gold set that was written without sight of the code. The rules of scoring
//! stand in `tests/gold/README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use daylight_extract::{Lexicon, read};
use daylight_model::{Block, BlockKind, Claim, Document, MediaType, Span};

/// One line of gold.
struct Expected {
    speaker: Vec<String>,
    subject: Vec<String>,
    relation: String,
    object: Vec<String>,
    force: String,
    negated: bool,
    line: String,
}

/// Right and wrong answers.
#[derive(Default, Clone, Copy)]
struct Score {
    right: usize,
    expected: usize,
    answered: usize,
}

impl Score {
    fn recall(self) -> f64 {
        self.right as f64 / self.expected.max(1) as f64
    }

    fn precision(self) -> f64 {
        self.right as f64 / self.answered.max(1) as f64
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.expected += other.expected;
        self.answered += other.answered;
    }
}

pub(crate) fn document(text: &str, publisher: &str, published: &str) -> Document {
    let mut blocks = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(start, start + line.len()).trimmed(text);
        if !span.is_empty() {
            blocks.push(Block {
                span,
                kind: BlockKind::Paragraph,
            });
        }
        start += line.len();
    }
    Document {
        id: "report--gold".into(),
        source: "gold".into(),
        sha256: String::new(),
        media: MediaType::Text,
        title: None,
        published: format!("{published}T12:00:00Z").parse().ok(),
        published_as_written: None,
        publisher: Some(publisher.into()),
        authors: Vec::new(),
        originator: None,
        url: None,
        tlp: None,
        text: text.into(),
        blocks,
        diagnostics: Vec::new(),
    }
}

/// A text of nobody's, of no date.
pub(crate) fn anonymous(text: &str) -> Document {
    Document {
        publisher: None,
        ..document(text, "", "")
    }
}

fn alternatives(field: &str) -> Vec<String> {
    field
        .split('/')
        .map(|word| word.trim().to_lowercase())
        .collect()
}

fn parse(file: &str) -> (Document, Vec<Expected>) {
    let (head, claims) = file
        .split_once("== claims\n")
        .expect("a gold file has claims");
    let (meta, text) = head
        .split_once("\n\n")
        .expect("an empty line after the head");
    let value = |key: &str| {
        meta.lines()
            .find_map(|line| line.strip_prefix(key))
            .map(str::trim)
            .unwrap_or_default()
    };
    let document = document(text.trim(), value("publisher:"), value("published:"));
    let expected = claims
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let fields: Vec<&str> = line.split('|').map(str::trim).collect();
            assert!(fields.len() >= 5, "too few fields: {line}");
            let [speaker, subject, relation, object, force] =
                std::array::from_fn(|field| fields[field]);
            Expected {
                speaker: alternatives(speaker),
                subject: alternatives(subject),
                relation: relation.into(),
                object: alternatives(object),
                force: force.into(),
                negated: fields
                    .get(5)
                    .is_some_and(|extra| extra.split(';').any(|part| part.trim() == "neg")),
                line: line.into(),
            }
        })
        .collect();
    (document, expected)
}

fn fits(answers: &[&str], alternatives: &[String]) -> bool {
    answers
        .iter()
        .map(|answer| answer.to_lowercase().replace('’', "'"))
        .any(|answer| {
            alternatives
                .iter()
                .map(|word| word.replace('’', "'"))
                .any(|word| {
                    word == "-"
                        || !answer.is_empty() && (answer.contains(&word) || word.contains(&answer))
                })
        })
}

fn same_relation(claim: &Claim, expected: &Expected) -> bool {
    if claim.relation.as_str() != expected.relation {
        return false;
    }
    let (subject, object) = parties(claim);
    let straight = fits(&subject, &expected.subject) && fits(&object, &expected.object);
    let symmetric = matches!(expected.relation.as_str(), "alias-of" | "works-with");
    straight || symmetric && fits(&object, &expected.subject) && fits(&subject, &expected.object)
}

fn parties(claim: &Claim) -> (Vec<&str>, Vec<&str>) {
    let object = claim.object.as_ref().map_or(vec![""], |object| {
        vec![object.name.as_str(), object.text.as_str()]
    });
    (
        vec![claim.subject.name.as_str(), claim.subject.text.as_str()],
        object,
    )
}

fn same_speaker(claim: &Claim, expected: &Expected) -> bool {
    let outlet = claim.speakers.len() == 1;
    let last = claim
        .speakers
        .last()
        .map(|speaker| [speaker.name.as_str(), speaker.text.as_str()]);
    outlet && expected.speaker.iter().any(|word| word == "outlet")
        || last.is_some_and(|names| fits(&names, &expected.speaker))
}

#[test]
fn claims_against_gold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gold");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "gold"))
        .collect();
    paths.sort();
    let lexicon = Lexicon::new([]);
    let (mut triple, mut speaker, mut force, mut polarity) = (
        Score::default(),
        Score::default(),
        Score::default(),
        Score::default(),
    );
    let mut by_relation: BTreeMap<String, Score> = BTreeMap::new();
    let verbose = std::env::var_os("GOLD_VERBOSE").is_some();
    for path in paths {
        let (document, expected) = parse(&fs::read_to_string(&path).unwrap());
        let claims = read(document, &lexicon, &|_| true).claims;
        for claim in &claims {
            let (from, to) = (claim.span.start, claim.span.end);
            assert_eq!(claim.sentence.len(), to - from);
        }
        if verbose {
            println!("== {}", path.display());
        }
        let mut score = Score {
            expected: expected.len(),
            ..Score::default()
        };
        for gold in &expected {
            let answer = claims
                .iter()
                .filter(|claim| same_relation(claim, gold))
                .max_by_key(|claim| {
                    (
                        same_speaker(claim, gold),
                        claim.force.as_str() == gold.force,
                    )
                });
            let relation = by_relation.entry(gold.relation.clone()).or_default();
            relation.expected += 1;
            let Some(claim) = answer else {
                if verbose {
                    println!("  missed: {}", gold.line);
                }
                continue;
            };
            score.right += 1;
            relation.right += 1;
            for (field, right) in [
                (&mut speaker, same_speaker(claim, gold)),
                (&mut force, claim.force.as_str() == gold.force),
                (&mut polarity, claim.negated == gold.negated),
            ] {
                field.add(Score {
                    right: usize::from(right),
                    expected: 1,
                    answered: 1,
                });
            }
            if verbose && !same_speaker(claim, gold) {
                println!(
                    "  speaker {:?}: {}",
                    claim.speakers.last().map(|speaker| &speaker.name),
                    gold.line
                );
            }
            if verbose && claim.force.as_str() != gold.force {
                println!("  force {}: {}", claim.force.as_str(), gold.line);
            }
        }
        for claim in &claims {
            let wanted = expected.iter().any(|gold| same_relation(claim, gold));
            by_relation
                .entry(claim.relation.as_str().into())
                .or_default()
                .answered += 1;
            score.answered += 1;
            if !wanted && verbose {
                let (subject, object) = parties(claim);
                println!(
                    "  extra: {} | {} | {} | {}",
                    subject[0],
                    claim.relation.as_str(),
                    object[0],
                    claim.sentence
                );
            }
        }
        // Several answers to one line count once and are not too many.
        let wanted_answers = claims
            .iter()
            .filter(|claim| expected.iter().any(|gold| same_relation(claim, gold)))
            .count();
        score.answered = score.right + (score.answered - wanted_answers);
        triple.add(score);
    }
    println!(
        "claims against gold: precision {:.3}, recall {:.3} ({} of {} lines)",
        triple.precision(),
        triple.recall(),
        triple.right,
        triple.expected
    );
    println!(
        "of those found: speaker {:.3}, force {:.3}, negation {:.3}",
        speaker.recall(),
        force.recall(),
        polarity.recall()
    );
    for (relation, score) in by_relation {
        println!(
            "  {relation:14} {:3} of {:3} found",
            score.right, score.expected
        );
    }
    assert!(triple.precision() >= 0.96 && triple.recall() >= 0.93);
    assert!(speaker.recall() >= 0.92 && force.recall() >= 0.97 && polarity.recall() >= 0.97);
}
