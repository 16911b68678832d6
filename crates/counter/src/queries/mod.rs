//! The same searches in the languages of others: KQL, SPL and ES|QL.

mod esql;
mod kql;
mod spl;

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::entry::day;
use crate::escape::{comment, is_hidden};
use crate::search::{Field, Log, Term, Test, terms};
use crate::{Chosen, File};

/// Comparisons in one query; servers refuse longer ones.
const TERMS_MAX: usize = 400;

/// How a language writes a search.
trait Language {
    /// How its files end.
    const EXTENSION: &'static str;
    /// What stands at the top of its file: which tables and fields are expected.
    const EXPECTS: &'static str;
    /// Comments, from lines without an end of line.
    fn comments(lines: &[String]) -> String;
    /// What stands before the conditions.
    fn begin(log: Log) -> &'static str;
    /// The name of a field, where the log has it.
    fn field(log: Log, field: Field) -> Option<&'static str>;
    /// A field compared with values, any of which is enough.
    fn compare(field: &str, test: Test, values: &[&str]) -> String;
}

/// A file for each language. What a language's tables do not hold is not looked for there.
#[must_use]
pub fn queries(chosen: &Chosen) -> Vec<File> {
    vec![
        file::<kql::Kql>(chosen),
        file::<spl::Spl>(chosen),
        file::<esql::Esql>(chosen),
    ]
}

fn file<L: Language>(chosen: &Chosen) -> File {
    let head = [
        format!("Written by Daylight on {}.", day(chosen.now)),
        L::EXPECTS.to_owned(),
    ];
    let mut text = L::comments(&head);
    for log in Log::ALL {
        let terms = terms(chosen, log);
        for part in terms.chunks(TERMS_MAX) {
            if let Some(query) = query::<L>(log, part) {
                let _ = write!(text, "\n{}{query}\n", L::comments(&notes(log, part)));
            }
        }
    }
    File {
        path: format!("queries/indicators.{}", L::EXTENSION),
        text,
    }
}

/// A query, where the language can see something of it in this log.
fn query<L: Language>(log: Log, terms: &[Term<'_>]) -> Option<String> {
    let groups = terms.chunk_by(|one, two| (one.field, one.test) == (two.field, two.test));
    let conditions: Vec<String> = groups
        .filter_map(|group| {
            let first = group.first()?;
            let field = L::field(log, first.field)?;
            let values: Vec<&str> = group.iter().map(|term| term.value.as_str()).collect();
            Some(L::compare(field, first.test, &values))
        })
        .collect();
    let conditions = conditions.join("\n    or ");
    (!conditions.is_empty()).then(|| format!("{}\n| where {conditions}", L::begin(log)))
}

/// What is looked for, and where each value comes from.
fn notes(log: Log, terms: &[Term<'_>]) -> Vec<String> {
    let mut lines = vec![log.title().to_owned()];
    let mut seen = BTreeSet::new();
    // A name and those below it are two comparisons of one entry.
    for entry in terms.iter().map(|term| term.entry) {
        if seen.insert(&entry.id) {
            lines.push(comment(&entry.value));
            lines.extend(entry.comments());
        }
    }
    lines
}

/// Lines that begin with a mark.
fn marked(mark: &str, lines: &[String]) -> String {
    lines.iter().map(|it| format!("{mark} {it}\n")).collect()
}

/// Text between quotation marks in KQL and ES|QL, which both escape with a backslash.
fn quoted(value: &str) -> String {
    let mut text = String::from('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            _ if is_hidden(character) => text.push('\u{FFFD}'),
            _ => text.push(character),
        }
    }
    text.push('"');
    text
}

/// Conditions of which one is enough.
fn any(conditions: impl Iterator<Item = String>) -> String {
    conditions.collect::<Vec<_>>().join(" or ")
}

/// Values between quotation marks, with commas.
fn listed(values: &[&str], quote: impl Fn(&str) -> String) -> String {
    let values = values.iter().map(|value| quote(value));
    values.collect::<Vec<_>>().join(", ")
}
