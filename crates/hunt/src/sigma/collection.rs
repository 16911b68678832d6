//! Rule collections: several documents in one file, and Sigma 1's `action`, by which one
//! document adds to others. Deprecated, and still found in rules.

use super::Fault;
use super::yaml::{Kind, Node};

/// Nodes that the documents of one file may have in all after others were added to them;
/// otherwise a short file could describe a huge one.
const NODES_MAX: usize = 1 << 20;

/// A document ready to be read.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) document: Node,
    /// Its id stands in a document that others share, so others have it too.
    pub(crate) shares_id: bool,
}

/// Carries out the actions of a file's documents.
///
/// `global` adds to all documents that follow, `reset` forgets what was added, and `repeat`
/// makes the document before once more, with changes. Where two documents say something
/// about the same key, the one for fewer documents wins.
pub(crate) fn members(documents: Vec<Node>) -> (Vec<Member>, Vec<Fault>) {
    let (mut members, mut faults) = (Vec::new(), Vec::new());
    let mut global: Option<Node> = None;
    let mut previous: Option<Node> = None;
    let mut nodes = 0;
    for mut document in documents {
        if nodes > NODES_MAX {
            let reason = format!("the collection grows beyond {NODES_MAX} values");
            faults.push(Fault::at(document.line, reason));
            break;
        }
        // What a last `---` leaves behind is no document.
        if document.is_null() {
            continue;
        }
        let action = take(&mut document, "action");
        let Some(action) = action else {
            let shares_id = document.get("id").is_none();
            let merged = match &global {
                Some(global) => merged(global, document),
                None => document,
            };
            nodes += global.as_ref().map_or(0, |_| size(&merged));
            previous = Some(merged.clone());
            members.push(Member {
                shares_id: shares_id && global.is_some(),
                document: merged,
            });
            continue;
        };
        match action.text().unwrap_or_default() {
            "global" => {
                global = Some(match global {
                    Some(global) => merged(&global, document),
                    None => document,
                });
            }
            "reset" => global = None,
            "repeat" => match &previous {
                Some(before) => {
                    let shares_id = document.get("id").is_none();
                    let document = merged(before, document);
                    nodes += size(&document);
                    previous = Some(document.clone());
                    members.push(Member {
                        document,
                        shares_id,
                    });
                }
                None => faults.push(Fault::at(action.line, "nothing stands before to repeat")),
            },
            other => {
                let reason = format!("`{other}` is no action of a rule collection");
                faults.push(Fault::at(action.line, reason));
            }
        }
    }
    (members, faults)
}

fn take(document: &mut Node, key: &str) -> Option<Node> {
    let Kind::Mapping(entries) = &mut document.kind else {
        return None;
    };
    let at = entries
        .iter()
        .position(|(name, _)| name.text() == Some(key))?;
    Some(entries.remove(at).1)
}

fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar { .. } => 1,
        Kind::Sequence(items) => 1 + items.iter().map(size).sum::<usize>(),
        Kind::Mapping(entries) => {
            let sizes = entries.iter().map(|(key, value)| size(key) + size(value));
            1 + sizes.sum::<usize>()
        }
    }
}

/// Both documents in one; maps are merged key by key, everything else of `over` replaces.
/// The reader has bounded how deep documents nest.
fn merged(under: &Node, over: Node) -> Node {
    let line = over.line;
    let (Kind::Mapping(below), Kind::Mapping(above)) = (&under.kind, over.kind) else {
        // A scalar that says nothing takes nothing away.
        return under.clone();
    };
    let mut entries = below.clone();
    for (key, value) in above {
        let place = entries
            .iter_mut()
            .find(|(name, _)| name.text().is_some() && name.text() == key.text());
        match place {
            Some((_, old)) if old.is_mapping() && value.is_mapping() => {
                *old = merged(old, value);
            }
            Some((_, old)) => *old = value,
            None => entries.push((key, value)),
        }
    }
    Node {
        line,
        kind: Kind::Mapping(entries),
    }
}
