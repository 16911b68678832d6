//! What a rule file says, read into plain data.

use daylight_model::Level;

use super::Fault;
use super::condition::{self, Condition};
use super::modifier::Modifier;
use super::yaml::{Kind, Node};

/// A rule as written.
#[derive(Debug, Clone)]
pub(crate) struct ParsedRule {
    pub(crate) id: Option<String>,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) level: Level,
    pub(crate) tags: Vec<String>,
    pub(crate) references: Vec<String>,
    pub(crate) false_positives: Vec<String>,
    pub(crate) source: SourceWords,
    pub(crate) detections: Vec<(String, Detection)>,
    /// Any of them is enough.
    pub(crate) conditions: Vec<Condition>,
    /// Where the detection section begins.
    pub(crate) line: usize,
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

/// Reads one document of a rule file.
pub(crate) fn rule(document: &Node, depth_max: usize) -> Result<ParsedRule, Fault> {
    for (key, what) in [
        ("correlation", "correlation rules are"),
        ("filter", "filter documents are"),
        ("action", "rule collections (`action:`) are"),
    ] {
        if let Some(node) = document.get(key) {
            return Err(Fault::at(node.line, format!("{what} not supported yet")));
        }
    }
    let missing = |key: &str| Fault::at(document.line, format!("`{key}` is missing"));
    let detection = document
        .get("detection")
        .ok_or_else(|| missing("detection"))?;
    let source = document
        .get("logsource")
        .ok_or_else(|| missing("logsource"))?;
    let word = |key: &str| {
        let text = source.get(key)?.text()?.trim().to_lowercase();
        (!text.is_empty()).then_some(text)
    };
    Ok(ParsedRule {
        id: text_of(document, "id"),
        title: text_of(document, "title").ok_or_else(|| missing("title"))?,
        description: text_of(document, "description").unwrap_or_default(),
        level: level(document)?,
        tags: texts_of(document, "tags"),
        references: texts_of(document, "references"),
        false_positives: texts_of(document, "falsepositives"),
        source: SourceWords {
            product: word("product"),
            category: word("category"),
            service: word("service"),
        },
        detections: detections(detection)?,
        conditions: conditions(detection, depth_max)?,
        line: detection.line,
    })
}

/// The id of a document that may not be a sound rule, to name a problem with.
pub(crate) fn id_of(document: &Node) -> Option<String> {
    text_of(document, "id")
}

fn text_of(document: &Node, key: &str) -> Option<String> {
    let text = document.get(key)?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn texts_of(document: &Node, key: &str) -> Vec<String> {
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

fn conditions(detection: &Node, depth_max: usize) -> Result<Vec<Condition>, Fault> {
    let node = detection
        .get("condition")
        .ok_or_else(|| Fault::at(detection.line, "`condition` is missing"))?;
    let parse = |node: &Node| {
        condition::parse(node.text().unwrap_or_default(), depth_max)
            .map_err(|reason| Fault::at(node.line, reason))
    };
    node.items().iter().map(parse).collect()
}

fn detections(section: &Node) -> Result<Vec<(String, Detection)>, Fault> {
    let mut detections = Vec::new();
    for (key, node) in section.entries() {
        let name = key.text().unwrap_or_default();
        match name {
            "condition" => {}
            "timeframe" => return Err(Fault::at(key.line, "`timeframe` is not supported")),
            _ => detections.push((name.to_owned(), detection(node)?)),
        }
    }
    Ok(detections)
}

/// Maps hold together, lists offer a choice, anything else is searched for as a keyword.
fn detection(node: &Node) -> Result<Detection, Fault> {
    match &node.kind {
        Kind::Mapping(entries) if entries.is_empty() => {
            Err(Fault::at(node.line, "a detection is empty"))
        }
        Kind::Mapping(entries) => {
            let items = entries.iter().map(|(key, value)| item(key, value));
            Ok(Detection::All(items.collect::<Result<_, _>>()?))
        }
        Kind::Sequence(nodes) if nodes.is_empty() => {
            Err(Fault::at(node.line, "a detection is empty"))
        }
        Kind::Sequence(nodes) if nodes.iter().any(Node::is_mapping) => {
            let parts = nodes.iter().map(detection);
            Ok(Detection::Any(parts.collect::<Result<_, _>>()?))
        }
        Kind::Sequence(_) | Kind::Scalar { .. } => Ok(Detection::Item(Item {
            field: None,
            modifiers: Vec::new(),
            values: scalars(node)?,
            line: node.line,
        })),
    }
}

fn item(key: &Node, value: &Node) -> Result<Detection, Fault> {
    let mut words = key.text().unwrap_or_default().split('|');
    let field = words.next().filter(|name| !name.is_empty());
    let modifiers = words.map(|word| {
        Modifier::parse(word)
            .ok_or_else(|| Fault::at(key.line, format!("modifier `{word}` is not known")))
    });
    Ok(Detection::Item(Item {
        field: field.map(str::to_owned),
        modifiers: modifiers.collect::<Result<_, _>>()?,
        values: scalars(value)?,
        line: key.line,
    }))
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
