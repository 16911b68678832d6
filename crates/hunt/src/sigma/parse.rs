//! What a rule file says, read into plain data.

use daylight_model::Level;

use super::Fault;
use super::aggregation::{self, Aggregation};
use super::condition::{self, Condition};
use super::modifier::{self, Modifier};
use super::placeholder::{self, Placeholders};
use super::yaml::{Kind, Node};

/// What every kind of document says of itself.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) id: Option<String>,
    /// The word by which other documents may refer to this one.
    pub(crate) name: Option<String>,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) level: Level,
    pub(crate) tags: Vec<String>,
    pub(crate) references: Vec<String>,
    pub(crate) false_positives: Vec<String>,
}

/// A rule as written.
#[derive(Debug, Clone)]
pub(crate) struct ParsedRule {
    pub(crate) head: Head,
    pub(crate) source: SourceWords,
    pub(crate) detections: Vec<(String, Detection)>,
    /// Any of them is enough.
    pub(crate) conditions: Vec<Condition>,
    /// What Sigma 1 wrote behind the condition, now the work of correlations.
    pub(crate) aggregation: Option<Aggregation>,
    /// Where the detection section begins.
    pub(crate) line: usize,
}

/// What reading depends on besides the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'c> {
    pub(crate) depth_max: usize,
    pub(crate) placeholders: &'c Placeholders,
}

/// The words of `logsource`, in lower case.
#[derive(Debug, Clone, Default)]
pub(crate) struct SourceWords {
    pub(crate) product: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) service: Option<String>,
}

/// A named detection.
#[derive(Debug, Clone)]
pub(crate) enum Detection {
    All(Vec<Detection>),
    Any(Vec<Detection>),
    Item(Item),
}

/// One field, or a keyword search where there is no field, with its values.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) field: Option<String>,
    pub(crate) modifiers: Vec<Modifier>,
    pub(crate) values: Vec<Scalar>,
    pub(crate) line: usize,
}

/// A value as YAML means it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    /// A number and how it is written.
    Number(f64, String),
    Text(String),
}

/// Reads a document that describes events.
pub(crate) fn rule(document: &Node, context: Context<'_>) -> Result<ParsedRule, Fault> {
    let detection = section(document, "detection")?;
    let source = source_words(document)?;
    let head = head(document)?;
    let (conditions, aggregation) = conditions(detection, context.depth_max)?;
    Ok(ParsedRule {
        head,
        source,
        detections: detections(detection, &["condition", "timeframe"], context)?,
        conditions,
        aggregation,
        line: detection.line,
    })
}

/// A section without which the document says nothing.
pub(crate) fn section<'n>(document: &'n Node, key: &str) -> Result<&'n Node, Fault> {
    document
        .get(key)
        .ok_or_else(|| Fault::at(document.line, format!("`{key}` is missing")))
}

pub(crate) fn head(document: &Node) -> Result<Head, Fault> {
    let name = text_of(document, "name");
    // The specification's own examples of rules that correlations are made of have no title.
    let title = text_of(document, "title").or_else(|| name.clone());
    Ok(Head {
        id: text_of(document, "id"),
        name,
        title: title.ok_or_else(|| Fault::at(document.line, "`title` is missing"))?,
        description: text_of(document, "description").unwrap_or_default(),
        level: level(document)?,
        tags: texts_of(document, "tags"),
        references: texts_of(document, "references"),
        false_positives: texts_of(document, "falsepositives"),
    })
}

pub(crate) fn source_words(document: &Node) -> Result<SourceWords, Fault> {
    let source = section(document, "logsource")?;
    let word = |key: &str| {
        let text = source.get(key)?.text()?.trim().to_lowercase();
        (!text.is_empty()).then_some(text)
    };
    Ok(SourceWords {
        product: word("product"),
        category: word("category"),
        service: word("service"),
    })
}

/// The id of a document that may not be a sound rule, to name a problem with.
pub(crate) fn id_of(document: &Node) -> Option<String> {
    text_of(document, "id")
}

pub(crate) fn text_of(document: &Node, key: &str) -> Option<String> {
    let text = document.get(key)?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

pub(crate) fn texts_of(document: &Node, key: &str) -> Vec<String> {
    let Some(node) = document.get(key) else {
        return Vec::new();
    };
    let texts = node.items().iter().filter_map(Node::text);
    texts.map(|text| text.trim().to_owned()).collect()
}

/// Rules that say nothing are taken to be worth a look.
fn level(document: &Node) -> Result<Level, Fault> {
    let Some(node) = document.get("level") else {
        return Ok(Level::Medium);
    };
    match node.text().unwrap_or_default() {
        "informational" => Ok(Level::Informational),
        "low" => Ok(Level::Low),
        "medium" => Ok(Level::Medium),
        "high" => Ok(Level::High),
        "critical" => Ok(Level::Critical),
        other => Err(Fault::at(node.line, format!("`{other}` is no level"))),
    }
}

fn conditions(
    detection: &Node,
    depth_max: usize,
) -> Result<(Vec<Condition>, Option<Aggregation>), Fault> {
    let node = section(detection, "condition")?;
    let span = detection.get("timeframe").map(timespan).transpose()?;
    let (mut conditions, mut aggregations) = (Vec::new(), Vec::new());
    for item in node.items() {
        let at = |reason| Fault::at(item.line, reason);
        let text = item.text().unwrap_or_default();
        let (text, behind) = match text.split_once('|') {
            Some((text, behind)) => (text, Some(behind)),
            None => (text, None),
        };
        conditions.push(condition::parse(text, depth_max).map_err(at)?);
        if let Some(behind) = behind {
            aggregations.push(aggregation::parse(behind, span, depth_max).map_err(at)?);
        }
    }
    let aggregation = aggregations.pop();
    if aggregation.is_some() && conditions.len() > 1 {
        let reason = "an aggregation stands beside other conditions";
        return Err(Fault::at(node.line, reason));
    }
    Ok((conditions, aggregation))
}

/// A stretch of time in seconds: a number and one of `s`, `m`, `h`, `d`, and as pySigma has
/// it `w`, `M` (a twelfth of a year) and `y` (a mean Gregorian year).
pub(crate) fn timespan(node: &Node) -> Result<i64, Fault> {
    let text = node.text().unwrap_or_default().trim();
    let seconds = || {
        let unit = text.chars().next_back()?;
        let number = text.strip_suffix(unit)?;
        if !number.chars().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let unit = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            'M' => 2_629_746,
            'y' => 31_556_952,
            _ => return None,
        };
        let seconds = number.parse::<i64>().ok()?.checked_mul(unit)?;
        (seconds > 0).then_some(seconds)
    };
    seconds().ok_or_else(|| {
        Fault::at(
            node.line,
            format!("`{text}` is no stretch of time like 15m"),
        )
    })
}

/// The named detections of a section; `others` are keys with a meaning of their own.
pub(crate) fn detections(
    section: &Node,
    others: &[&str],
    context: Context<'_>,
) -> Result<Vec<(String, Detection)>, Fault> {
    let mut detections = Vec::new();
    for (key, node) in section.entries() {
        let name = key.text().unwrap_or_default();
        if !others.contains(&name) {
            detections.push((name.to_owned(), detection(node, context)?));
        }
    }
    Ok(detections)
}

/// Maps hold together, lists offer a choice, anything else is searched for as a keyword.
fn detection(node: &Node, context: Context<'_>) -> Result<Detection, Fault> {
    match &node.kind {
        Kind::Mapping(entries) if entries.is_empty() => {
            Err(Fault::at(node.line, "a detection is empty"))
        }
        Kind::Mapping(entries) => {
            let items = entries.iter().map(|(key, value)| item(key, value, context));
            Ok(Detection::All(items.collect::<Result<_, _>>()?))
        }
        Kind::Sequence(nodes) if nodes.is_empty() => {
            Err(Fault::at(node.line, "a detection is empty"))
        }
        Kind::Sequence(nodes) if nodes.iter().any(Node::is_mapping) => {
            let parts = nodes.iter().map(|node| detection(node, context));
            Ok(Detection::Any(parts.collect::<Result<_, _>>()?))
        }
        Kind::Sequence(_) | Kind::Scalar { .. } => {
            let values = scalars(node)?;
            if values.contains(&Scalar::Null) {
                return Err(Fault::at(node.line, "null needs a field"));
            }
            Ok(Detection::Item(Item {
                field: None,
                modifiers: Vec::new(),
                values,
                line: node.line,
            }))
        }
    }
}

fn item(key: &Node, value: &Node, context: Context<'_>) -> Result<Detection, Fault> {
    let at = |reason| Fault::at(key.line, reason);
    let mut words = key.text().unwrap_or_default().split('|');
    let field = words.next().filter(|name| !name.is_empty());
    let parse = |word| match Modifier::parse(word) {
        Some(modifier) => Ok((word, modifier)),
        None => Err(at(format!("modifier `{word}` is not known"))),
    };
    let words: Vec<(&str, Modifier)> = words.map(parse).collect::<Result<_, _>>()?;
    modifier::check(&words, field.is_some()).map_err(at)?;
    let modifiers: Vec<Modifier> = words.into_iter().map(|(_, modifier)| modifier).collect();
    let item = Item {
        field: field.map(str::to_owned),
        values: scalars(value)?,
        modifiers,
        line: key.line,
    };
    if item.field.is_none() && item.values.contains(&Scalar::Null) {
        return Err(at("null needs a field".to_owned()));
    }
    if item.modifiers.contains(&Modifier::Expand) {
        return expanded(item, context.placeholders).map_err(at);
    }
    Ok(Detection::Item(item))
}

/// Puts the values of placeholders in. Those of one placeholder are a choice, also where
/// the values that the rule lists must all be met.
fn expanded(item: Item, placeholders: &Placeholders) -> Result<Detection, String> {
    let modifiers = |all: bool| -> Vec<Modifier> {
        let wanted = |one: &Modifier| match one {
            Modifier::Expand => false,
            Modifier::All => all,
            _ => true,
        };
        item.modifiers.iter().copied().filter(wanted).collect()
    };
    let with = |values: Vec<Scalar>, all: bool| Item {
        field: item.field.clone(),
        modifiers: modifiers(all),
        values,
        line: item.line,
    };
    let mut choices = Vec::with_capacity(item.values.len());
    for value in &item.values {
        choices.push(match value {
            Scalar::Text(text) => {
                let texts = placeholder::expand(text, placeholders)?;
                texts.into_iter().map(Scalar::Text).collect()
            }
            other => vec![other.clone()],
        });
    }
    let single = choices.iter().all(|choice| choice.len() == 1);
    if single || !item.modifiers.contains(&Modifier::All) {
        return Ok(Detection::Item(with(choices.concat(), single)));
    }
    // `neq` stands for "not all of them", so the choice is negated as a whole.
    let negated = item.modifiers.contains(&Modifier::NotEqual);
    let parts = choices.into_iter();
    let parts = parts.map(|choice| Detection::Item(with(choice, false)));
    Ok(if negated {
        Detection::Any(parts.collect())
    } else {
        Detection::All(parts.collect())
    })
}

fn scalars(node: &Node) -> Result<Vec<Scalar>, Fault> {
    let values: Vec<Scalar> = node
        .items()
        .iter()
        .map(|item| scalar(item).ok_or_else(|| Fault::at(item.line, "a value was expected")))
        .collect::<Result<_, _>>()?;
    if values.is_empty() {
        return Err(Fault::at(node.line, "a field has no values"));
    }
    Ok(values)
}

/// YAML's core schema, in which unquoted words may be more than text.
fn scalar(node: &Node) -> Option<Scalar> {
    let Kind::Scalar { text, quoted } = &node.kind else {
        return None;
    };
    if *quoted {
        return Some(Scalar::Text(text.clone()));
    }
    if node.is_null() {
        return Some(Scalar::Null);
    }
    Some(match text.as_str() {
        "true" | "True" | "TRUE" => Scalar::Bool(true),
        "false" | "False" | "FALSE" => Scalar::Bool(false),
        _ => match super::modifier::number(text) {
            Some(number) => Scalar::Number(number, text.clone()),
            None => Scalar::Text(text.clone()),
        },
    })
}
