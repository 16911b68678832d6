//! Filters (filters specification 2.1): conditions that rules written by others must meet
//! too.
//!
//! The specification does not say how a filter's condition is joined with a rule's. As in
//! pySigma, an event must meet both, so what is to be left out stands behind `not`.

use super::Fault;
use super::condition;
use super::parse::{self, Context, ParsedRule, SourceWords};
use super::yaml::Node;

/// A filter as written. Its detections and condition are those of a rule.
#[derive(Debug, Clone)]
pub(crate) struct ParsedFilter {
    pub(crate) body: ParsedRule,
    pub(crate) rules: FilteredRules,
}

/// Which rules a filter is meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FilteredRules {
    /// Every rule of the log source (`any`, `all`, as pySigma has them).
    Every,
    /// Ids or names.
    Named(Vec<String>),
}

/// Reads a document with a `filter` section.
pub(crate) fn parse(document: &Node, context: Context<'_>) -> Result<ParsedFilter, Fault> {
    let section = parse::section(document, "filter")?;
    let rules = parse::section(section, "rules")?;
    let rules = match rules.text() {
        Some(word) if ["any", "all"].iter().any(|w| word.eq_ignore_ascii_case(w)) => {
            FilteredRules::Every
        }
        _ => FilteredRules::Named(parse::texts_of(section, "rules")),
    };
    if rules == FilteredRules::Named(Vec::new()) {
        return Err(Fault::at(section.line, "`rules` names no rule"));
    }
    let node = parse::section(section, "condition")?;
    let text = node.text().unwrap_or_default();
    let condition = condition::parse(text, context.depth_max);
    let condition = condition.map_err(|reason| Fault::at(node.line, reason))?;
    Ok(ParsedFilter {
        body: ParsedRule {
            head: parse::head(document)?,
            source: parse::source_words(document)?,
            detections: parse::detections(section, &["condition", "rules"], context)?,
            conditions: vec![condition],
            aggregation: None,
            line: section.line,
        },
        rules,
    })
}

impl SourceWords {
    /// Whether the other log source is this one or a part of it: what these words say, the
    /// others say too.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        let fits = |own: &Option<String>, other: &Option<String>| own.is_none() || own == other;
        fits(&self.product, &other.product)
            && fits(&self.category, &other.category)
            && fits(&self.service, &other.service)
    }
}
