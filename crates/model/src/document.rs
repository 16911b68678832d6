use serde::{Deserialize, Serialize};

use crate::{Span, Timestamp};

/// A report as read: its text, what each part of it is, and where it came from.
///
/// `text` keeps everything, page furniture included; `blocks` say which parts are the
/// report's own words. Later stages read only blocks for which
/// [`BlockKind::is_content`] holds, so nothing is lost and nothing foreign is believed.
/// For plain text, `text` is the decoded input unchanged, so offsets hold in the original.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document {
    /// `report--<uuid>`, derived from the SHA-256 of the input.
    pub id: String,
    /// The path, address or `-` it was read from, as given.
    pub source: String,
    /// SHA-256 of the input bytes, lower-case hex.
    pub sha256: String,
    /// What the bytes were.
    pub media: MediaType,
    /// The headline, without the site's name.
    pub title: Option<String>,
    /// When it was published, in UTC.
    pub published: Option<Timestamp>,
    /// The publication time as written, zone included.
    pub published_as_written: Option<String>,
    /// Who published the page that was read.
    pub publisher: Option<String>,
    /// Named authors.
    pub authors: Vec<String>,
    /// Who wrote the story first, where the page says that it republishes another's.
    pub originator: Option<Originator>,
    /// The address of the page that was read, where known.
    pub url: Option<String>,
    /// TLP 2.0 marking found in the text, such as `TLP:AMBER+STRICT`.
    pub tlp: Option<String>,
    /// The whole text.
    pub text: String,
    /// The parts of the text in order, without overlaps.
    pub blocks: Vec<Block>,
    /// What went wrong on the way, none of it fatal.
    pub diagnostics: Vec<Diagnostic>,
}

impl Document {
    /// What to call it: its headline, or where it was read where it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.source)
    }

    /// The blocks that are the report's own words.
    pub fn content(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| block.kind.is_content())
    }
}

/// What kind of file a document came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum MediaType {
    /// Plain text, Markdown included.
    Text,
    /// HTML or XHTML.
    Html,
    /// PDF.
    Pdf,
    /// Office Open XML text document.
    Docx,
}

/// Who wrote a republished story first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Originator {
    /// The outlet's name, from the page where it says so, else from the address's host.
    pub name: String,
    /// The address of the original, where given.
    pub url: Option<String>,
}

/// One part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Where it stands in [`Document::text`].
    pub span: Span,
    /// What it is.
    #[serde(flatten)]
    pub kind: BlockKind,
}

/// What a part of a document is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BlockKind {
    /// The headline.
    Title,
    /// A heading inside the text.
    Heading,
    /// Running text.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// A row of a table, cells separated by tabs.
    TableRow,
    /// Preformatted text: code, rules, log lines.
    Code,
    /// Not the report's own words: navigation, share bars, comment forms, datelines of the
    /// content-management system. Kept, with the reason it was set aside.
    Furniture {
        /// Why it was set aside, in a few words.
        reason: String,
    },
}

impl BlockKind {
    /// Whether the block is the report's own words.
    #[must_use]
    pub const fn is_content(&self) -> bool {
        !matches!(self, Self::Furniture { .. })
    }
}

/// Something that went wrong without stopping the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The file, member or address concerned.
    pub path: String,
    /// Byte offset into it, where known.
    pub offset: Option<u64>,
    /// What happened, in a sentence.
    pub message: String,
}
