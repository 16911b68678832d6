//! YAML documents as a small tree that knows its lines.
//!
//! Built from parser events rather than through a ready-made value type, for two reasons:
//! a problem in a rule is told with its line, and aliases, with which a short file can
//! describe a huge one, are refused.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::Fault;

/// One node of a document.
#[derive(Debug, Clone, Hash)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

/// What a node holds.
#[derive(Debug, Clone, Hash)]
pub(crate) enum Kind {
    /// `quoted` says that the text was written in quotes or as a block, and so is text
    /// even where it looks like a number.
    Scalar {
        text: String,
        quoted: bool,
    },
    Sequence(Vec<Node>),
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The value of a key of a mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|(name, _)| name.text() == Some(key))
            .map(|(_, value)| value)
    }

    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn is_mapping(&self) -> bool {
        matches!(self.kind, Kind::Mapping(_))
    }

    /// A scalar that stands for nothing: empty, `~` or `null`, unquoted.
    pub(crate) fn is_null(&self) -> bool {
        match &self.kind {
            Kind::Scalar { text, quoted } => {
                !quoted && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// A sequence's items, or the node itself where it stands alone.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Sequence(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

/// A collection that is still open.
enum Open {
    Sequence(usize, Vec<Node>),
    /// With the names of its keys, which must differ, and the key whose value is to come.
    Mapping(usize, Vec<(Node, Node)>, HashSet<String>, Option<Node>),
}

/// The documents of a file, and the fault that ended the reading, where one did.
pub(crate) type Found = (Vec<Node>, Option<Fault>);

/// Reads all documents of a file; a fault ends the reading, what came before is returned.
pub(crate) fn documents(text: &str, depth_max: usize) -> Found {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let fault = Fault::at(error.marker().line(), format!("YAML: {}", error.info()));
                return (documents, Some(fault));
            }
        };
        let line = span.start.line();
        let closed = match event {
            Event::Alias(_) => {
                let fault = Fault::at(line, "YAML aliases are not accepted in rules");
                return (documents, Some(fault));
            }
            Event::SequenceStart(..) => {
                open.push(Open::Sequence(line, Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Mapping(line, Vec::new(), HashSet::new(), None));
                None
            }
            Event::Scalar(text, style, ..) => Some(Node {
                line,
                kind: Kind::Scalar {
                    text: text.into_owned(),
                    quoted: style != ScalarStyle::Plain,
                },
            }),
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(close),
            _ => None,
        };
        if open.len() > depth_max {
            let fault = Fault::at(line, format!("nested deeper than {depth_max}"));
            return (documents, Some(fault));
        }
        if let Some(node) = closed
            && let Err(fault) = attach(node, &mut open, &mut documents)
        {
            return (documents, Some(fault));
        }
    }
    (documents, None)
}

fn close(open: Open) -> Node {
    match open {
        Open::Sequence(line, items) => Node {
            line,
            kind: Kind::Sequence(items),
        },
        Open::Mapping(line, entries, ..) => Node {
            line,
            kind: Kind::Mapping(entries),
        },
    }
}

/// Puts a finished node where it belongs.
fn attach(node: Node, open: &mut [Open], documents: &mut Vec<Node>) -> Result<(), Fault> {
    match open.last_mut() {
        None => documents.push(node),
        Some(Open::Sequence(_, items)) => items.push(node),
        Some(Open::Mapping(_, entries, names, key)) => match key.take() {
            None => {
                if let Some(name) = node.text()
                    && !names.insert(name.to_owned())
                {
                    return Err(Fault::at(node.line, format!("key `{name}` stands twice")));
                }
                *key = Some(node);
            }
            Some(key) => entries.push((key, node)),
        },
    }
    Ok(())
}
