//! Texts that stand at one end of a value, found letter by letter from that end.

/// Stands for no text.
const NONE: u32 = u32::MAX;

/// Many texts at once; most values leave it after a few letters.
#[derive(Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// Sorted by letter within each node.
    edges: Vec<(u8, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    first_edge: u32,
    edges: u32,
    /// The text that ends here and may go on.
    open: u32,
    /// The text that ends here and must be the whole value.
    whole: u32,
}

/// A text on its way into a trie.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) letters: Vec<u8>,
    pub(super) whole: bool,
    pub(super) id: u32,
}

impl Trie {
    pub(super) fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable();
        let mut trie = Self {
            nodes: vec![Node::new()],
            edges: Vec::new(),
        };
        // Breadth first, so that the edges of a node stand together.
        let mut level = vec![(0_usize, 0_usize, entries.as_slice())];
        let mut at = 0;
        while let Some(&(node, depth, entries)) = level.get(at) {
            at += 1;
            let ended = entries
                .iter()
                .take_while(|entry| entry.letters.len() == depth)
                .count();
            let (ended, longer) = entries.split_at(ended);
            let mut made = Node::new();
            for entry in ended {
                *(if entry.whole {
                    &mut made.whole
                } else {
                    &mut made.open
                }) = entry.id;
            }
            made.first_edge = index(trie.edges.len());
            let letter = |entry: &Entry| entry.letters.get(depth).copied();
            for group in longer.chunk_by(|one, other| letter(one) == letter(other)) {
                let child = trie.nodes.len();
                trie.nodes.push(Node::new());
                let first = group.first().and_then(letter).unwrap_or_default();
                trie.edges.push((first, index(child)));
                level.push((child, depth + 1, group));
                made.edges += 1;
            }
            if let Some(place) = trie.nodes.get_mut(node) {
                *place = made;
            }
        }
        trie
    }

    /// Calls `found` with the id of each text that the letters begin with.
    pub(super) fn walk(&self, letters: impl Iterator<Item = u8>, mut found: impl FnMut(u32)) {
        let Some(mut node) = self.nodes.first() else {
            return;
        };
        for letter in letters {
            if node.open != NONE {
                found(node.open);
            }
            match self.child(node, letter) {
                Some(child) => node = child,
                None => return,
            }
        }
        for id in [node.open, node.whole] {
            if id != NONE {
                found(id);
            }
        }
    }

    fn child(&self, node: &Node, letter: u8) -> Option<&Node> {
        let start = node.first_edge as usize;
        let edges = self.edges.get(start..start + node.edges as usize)?;
        let at = if edges.len() <= 8 {
            edges.iter().position(|(edge, _)| *edge == letter)?
        } else {
            edges
                .binary_search_by_key(&letter, |(edge, _)| *edge)
                .ok()?
        };
        let (_, child) = edges.get(at)?;
        self.nodes.get(*child as usize)
    }
}

impl Node {
    const fn new() -> Self {
        Self {
            first_edge: 0,
            edges: 0,
            open: NONE,
            whole: NONE,
        }
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_and_wholes() {
        let texts = [
            ("", false),
            ("a", false),
            ("ab", true),
            ("abc", false),
            ("b", true),
        ];
        let entries = texts.iter().zip(0..).map(|((text, whole), id)| Entry {
            letters: text.as_bytes().to_vec(),
            whole: *whole,
            id,
        });
        let trie = Trie::new(entries.collect());
        let check = |text: &str, expected: &[u32]| {
            let mut found = Vec::new();
            trie.walk(text.bytes(), |id| found.push(id));
            assert_eq!(found, expected, "{text}");
        };
        check("", &[0]);
        check("a", &[0, 1]);
        check("ab", &[0, 1, 2]);
        check("abc", &[0, 1, 3]);
        check("abcd", &[0, 1, 3]);
        check("b", &[0, 4]);
        check("bc", &[0]);
        check("x", &[0]);
    }
}
