//! Correlation documents (correlation rules specification 2.1): what they say, with the rules
//! they name still unresolved.

use super::Fault;
use super::condition::{self, Condition};
use super::modifier;
use super::parse::{self, Context, Head};
use super::yaml::Node;

/// A correlation as written.
#[derive(Debug, Clone)]
pub(crate) struct ParsedCorrelation {
    pub(crate) head: Head,
    /// Ids or names.
    pub(crate) rules: Vec<String>,
    pub(crate) group_by: Vec<String>,
    pub(crate) aliases: Vec<Alias>,
    pub(crate) logic: Logic,
    /// Whether the rules it names report by themselves too; they do not where it says nothing.
    pub(crate) generate: bool,
    pub(crate) line: usize,
}

/// One name for fields that are called differently in the events of different rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alias {
    pub(crate) name: String,
    /// A rule, by id or name, and the field's name in its events.
    pub(crate) fields: Vec<(String, String)>,
}

/// What is looked for among matches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Logic {
    pub(crate) kind: Kind,
    /// Seconds that matches may lie apart; `None` for any time, which only rules of Sigma 1
    /// can ask for.
    pub(crate) span: Option<i64>,
    pub(crate) condition: Wanted,
}

/// What is measured in a window of time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// How many matches.
    EventCount,
    /// How many different values, or combinations of values.
    ValueCount(Vec<String>),
    /// A number made from the numbers that a field holds.
    Value(Measure, String),
    /// How many of the rules match.
    Temporal { ordered: bool },
}

impl Kind {
    /// The fields whose values are measured.
    pub(crate) fn fields(&self) -> &[String] {
        match self {
            Self::EventCount | Self::Temporal { .. } => &[],
            Self::ValueCount(fields) => fields,
            Self::Value(_, field) => std::slice::from_ref(field),
        }
    }
}

/// How one number is made of many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Measure {
    Sum,
    Average,
    Median,
    /// The smallest number that so many in a hundred do not pass (nearest rank): 0 asks for
    /// the smallest, 100 for the largest.
    Percentile(u32),
}

/// What the measured number must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wanted {
    /// All of these must hold.
    Bounds(Vec<(Operator, f64)>),
    /// Temporal: which rules must match, by the names the correlation gives them.
    Rules(Condition),
    /// Temporal without a condition: all of its rules.
    AllRules,
}

/// How a number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

impl Operator {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "lt" => Self::Less,
            "lte" => Self::LessOrEqual,
            "gt" => Self::Greater,
            "gte" => Self::GreaterOrEqual,
            "eq" => Self::Equal,
            "neq" => Self::NotEqual,
            _ => return None,
        })
    }

    #[expect(
        clippy::float_cmp,
        reason = "counts are whole, and rules ask for the very number"
    )]
    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
        }
    }
}

/// Reads a document with a `correlation` section.
pub(crate) fn parse(document: &Node, context: Context<'_>) -> Result<ParsedCorrelation, Fault> {
    let section = parse::section(document, "correlation")?;
    let mut rules = parse::texts_of(section, "rules");
    let logic = logic(section, context)?;
    if rules.is_empty()
        && let Wanted::Rules(condition) = &logic.condition
    {
        condition.names(&mut rules);
    }
    if rules.is_empty() {
        return Err(Fault::at(section.line, "`rules` names no rule"));
    }
    for (at, rule) in rules.iter().enumerate() {
        if rules.get(..at).is_some_and(|before| before.contains(rule)) {
            return Err(Fault::at(section.line, format!("`{rule}` is named twice")));
        }
    }
    check_names(&logic.condition, &rules).map_err(|reason| Fault::at(section.line, reason))?;
    // The specification's text has it in the section, its schema beside it.
    let generate = section.get("generate").or_else(|| document.get("generate"));
    let generate = match generate.map(|node| (node, node.text().unwrap_or_default())) {
        None | Some((_, "false" | "False" | "FALSE")) => false,
        Some((_, "true" | "True" | "TRUE")) => true,
        Some((node, _)) => return Err(Fault::at(node.line, "`generate` needs true or false")),
    };
    Ok(ParsedCorrelation {
        head: parse::head(document)?,
        rules,
        group_by: parse::texts_of(section, "group-by"),
        aliases: aliases(section)?,
        logic,
        generate,
        line: section.line,
    })
}

fn logic(section: &Node, context: Context<'_>) -> Result<Logic, Fault> {
    let kind = parse::section(section, "type")?;
    let word = kind.text().unwrap_or_default().trim();
    let span = parse::timespan(parse::section(section, "timespan")?)?;
    let condition = section.get("condition");
    let needed = || parse::section(section, "condition");
    let fields = || -> Result<Vec<String>, Fault> {
        let condition = needed()?;
        let fields = parse::texts_of(condition, "field");
        if fields.is_empty() {
            let reason = format!("`{word}` needs a `field` in its condition");
            return Err(Fault::at(condition.line, reason));
        }
        Ok(fields)
    };
    let value = |measure| -> Result<Kind, Fault> {
        let mut fields = fields()?;
        match (fields.pop(), fields.is_empty()) {
            (Some(field), true) => Ok(Kind::Value(measure, field)),
            _ => Err(Fault::at(section.line, format!("`{word}` takes one field"))),
        }
    };
    let kind = match word {
        "event_count" => Kind::EventCount,
        "value_count" => Kind::ValueCount(fields()?),
        "value_sum" => value(Measure::Sum)?,
        "value_avg" => value(Measure::Average)?,
        "value_median" => value(Measure::Median)?,
        "value_percentile" => value(Measure::Percentile(percentile(needed()?)?))?,
        "temporal" => Kind::Temporal { ordered: false },
        "temporal_ordered" => Kind::Temporal { ordered: true },
        other => {
            let reason = format!("`{other}` is no type of correlation");
            return Err(Fault::at(kind.line, reason));
        }
    };
    let temporal = matches!(kind, Kind::Temporal { .. });
    let condition = match condition {
        None if temporal => Wanted::AllRules,
        None => return Err(Fault::at(section.line, "`condition` is missing")),
        Some(node) if node.is_mapping() => Wanted::Bounds(bounds(node)?),
        Some(node) if temporal => {
            let text = node.text().unwrap_or_default();
            let parsed = condition::parse(text, context.depth_max);
            Wanted::Rules(parsed.map_err(|reason| Fault::at(node.line, reason))?)
        }
        Some(node) => {
            let reason = format!("`{word}` needs a condition like `gte: 10`");
            return Err(Fault::at(node.line, reason));
        }
    };
    Ok(Logic {
        kind,
        span: Some(span),
        condition,
    })
}

fn percentile(condition: &Node) -> Result<u32, Fault> {
    let found = condition.get("percentile").and_then(Node::text);
    let found = found.and_then(|text| text.trim().parse().ok());
    found.filter(|percent| *percent <= 100).ok_or_else(|| {
        let reason = "`value_percentile` needs a `percentile` of 0 to 100 in its condition";
        Fault::at(condition.line, reason)
    })
}

fn bounds(node: &Node) -> Result<Vec<(Operator, f64)>, Fault> {
    let mut bounds = Vec::new();
    for (key, value) in node.entries() {
        let word = key.text().unwrap_or_default();
        if matches!(word, "field" | "percentile") {
            continue;
        }
        let at = |reason: String| Fault::at(key.line, reason);
        let operator = Operator::parse(word)
            .ok_or_else(|| at(format!("`{word}` is no part of a correlation's condition")))?;
        let number = value.text().and_then(modifier::number);
        let number = number.filter(|number| number.is_finite());
        bounds.push((
            operator,
            number.ok_or_else(|| at(format!("`{word}` needs a number")))?,
        ));
    }
    if bounds.is_empty() {
        let reason = "a correlation's condition needs one of gt, gte, lt, lte, eq and neq";
        return Err(Fault::at(node.line, reason));
    }
    Ok(bounds)
}

fn aliases(section: &Node) -> Result<Vec<Alias>, Fault> {
    let Some(node) = section.get("aliases") else {
        return Ok(Vec::new());
    };
    let wrong = |node: &Node| {
        let reason = "`aliases` gives for each alias a map from rules to fields";
        Fault::at(node.line, reason)
    };
    if !node.is_mapping() {
        return Err(wrong(node));
    }
    let text = |node: &Node| node.text().map(|text| text.trim().to_owned());
    let alias = |(name, fields): &(Node, Node)| {
        let pairs = fields.entries().iter();
        let pairs = pairs.map(|(rule, field)| Some((text(rule)?, text(field)?)));
        let found = Some(Alias {
            name: text(name).unwrap_or_default(),
            fields: pairs.collect::<Option<_>>().unwrap_or_default(),
        });
        found
            .filter(|alias| !alias.name.is_empty() && !alias.fields.is_empty())
            .ok_or_else(|| wrong(name))
    };
    node.entries().iter().map(alias).collect()
}

/// pySigma wants the list of rules and those that the condition names to be the same.
fn check_names(condition: &Wanted, rules: &[String]) -> Result<(), String> {
    let Wanted::Rules(condition) = condition else {
        return Ok(());
    };
    if condition.has_quantity() {
        return Err("`of` cannot stand in a correlation's condition".to_owned());
    }
    let mut named = Vec::new();
    condition.names(&mut named);
    if let Some(name) = named.iter().find(|name| !rules.contains(name)) {
        return Err(format!("condition names `{name}`, which `rules` does not"));
    }
    match rules.iter().find(|rule| !named.contains(rule)) {
        Some(rule) => Err(format!(
            "`rules` names `{rule}`, which the condition does not"
        )),
        None => Ok(()),
    }
}
