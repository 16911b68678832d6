//! What every reader hands to the common last step: text, its parts, and what was learnt.

use std::collections::HashMap;

use daylight_model::{Block, BlockKind, Diagnostic, Originator, Span, Timestamp};

/// A report between reading its format and setting its furniture aside.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
    /// The first outside address each block links to, by the block's start.
    pub(crate) links: HashMap<usize, String>,
    pub(crate) metadata: Metadata,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What a report says about itself. The first to fill a field wins.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    pub(crate) published: Option<(Timestamp, String)>,
    pub(crate) publisher: Option<String>,
    pub(crate) authors: Vec<String>,
    pub(crate) originator: Option<Originator>,
    pub(crate) url: Option<String>,
    pub(crate) tlp: Option<String>,
}

/// One part of a report whose text is still to be laid out.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) text: String,
    pub(crate) kind: BlockKind,
    pub(crate) link: Option<String>,
}

/// A block set aside for `reason`.
pub(crate) fn furniture(reason: &str) -> BlockKind {
    BlockKind::Furniture {
        reason: reason.to_owned(),
    }
}

impl Page {
    /// Lays drafts out as one text: list items and table rows on lines of their own, an
    /// empty line between everything else.
    pub(crate) fn from_drafts(drafts: impl IntoIterator<Item = Draft>) -> Self {
        let mut page = Self::default();
        for draft in drafts {
            page.push(&draft);
        }
        page
    }

    fn push(&mut self, draft: &Draft) {
        let words = draft
            .text
            .trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if words.is_empty() {
            return;
        }
        if let Some(previous) = self.blocks.last() {
            let tight = previous.kind == draft.kind
                && matches!(draft.kind, BlockKind::ListItem | BlockKind::TableRow);
            self.text.push_str(if tight { "\n" } else { "\n\n" });
        }
        let start = self.text.len();
        self.text.push_str(words);
        if let Some(link) = &draft.link {
            self.links.insert(start, link.clone());
        }
        self.blocks.push(Block {
            span: Span::new(start, self.text.len()),
            kind: draft.kind.clone(),
        });
    }

    /// The text of block `index`.
    pub(crate) fn block_text(&self, index: usize) -> &str {
        self.blocks
            .get(index)
            .map_or("", |block| block.span.of(&self.text))
    }

    /// For every block, whether fewer than `count` of the report's own blocks stand before
    /// it, or after it: however much navigation surrounds the story, its edges are there.
    pub(crate) fn edges(&self, count: usize) -> Vec<bool> {
        let total = self
            .blocks
            .iter()
            .filter(|block| block.kind.is_content())
            .count();
        let mut before = 0;
        let place = |block: &Block| {
            let edge = before < count || before + count >= total;
            before += usize::from(block.kind.is_content());
            edge
        };
        self.blocks.iter().map(place).collect()
    }

    /// Sets block `index` aside, unless that has been done.
    pub(crate) fn set_aside(&mut self, index: usize, reason: &str) {
        if let Some(block) = self.blocks.get_mut(index)
            && block.kind.is_content()
        {
            block.kind = furniture(reason);
        }
    }
}
