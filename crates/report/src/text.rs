//! Plain text and Markdown: lines to blocks, the text itself left as it is.

use daylight_model::{Block, BlockKind, Span};

use crate::{
    furniture,
    page::{Metadata, Page, furniture as set_aside},
};

/// Widest text that counts as wrapped by hand or by a mail program.
const WRAP_COLUMNS_MAX: usize = 100;
/// Narrowest.
const WRAP_COLUMNS_MIN: usize = 45;
/// Longest line that may be a heading.
const HEADING_BYTES_MAX: usize = 120;

/// Shortest first line of a headline that goes on in the next.
const HEADING_COLUMNS_WRAPPED_MIN: usize = 30;

/// Longest headline.
const TITLE_BYTES_MAX: usize = 250;
/// Words that make a short line at the top the headline for sure.
const TITLE_WORDS_SURE: usize = 4;
/// Short lines at the top among which the headline is.
const TITLE_BLOCKS_MAX: usize = 5;

/// One line: where it stands and how many columns it takes.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// Without white space at either end.
    span: Span,
    /// Characters, not bytes.
    columns: usize,
    /// White space before the first word.
    indent: usize,
}

/// Cuts `text` into blocks.
pub(crate) fn read(text: String) -> Page {
    let mut page = Page {
        text,
        ..Page::default()
    };
    let lines = lines_of(&page.text);
    let body = head(&page.text, &lines, &mut page.blocks, &mut page.metadata);
    let rest = lines.get(body..).unwrap_or_default();
    let columns = wrap_columns(&page.text, rest);
    blocks_of(&page.text, rest, columns, &mut page.blocks);
    title(&mut page);
    page
}

/// The blocks of a piece of text whose line breaks are meant, as those of `<br>` are.
pub(crate) fn blocks_in(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    blocks_of(text, &lines_of(text), None, &mut blocks);
    blocks
}

fn lines_of(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(['\n', '\u{c}', '\u{2028}', '\u{2029}']) {
        let whole = Span::new(start, start + piece.len());
        let span = whole.trimmed(text);
        let indent = span.start - whole.start;
        lines.push(Line {
            span,
            columns: span.of(text).chars().count(),
            indent,
        });
        start = whole.end;
    }
    lines
}

/// Reads `key: value` lines at the very top, or Markdown front matter; returns how many
/// lines that took.
fn head(text: &str, lines: &[Line], blocks: &mut Vec<Block>, metadata: &mut Metadata) -> usize {
    let fence = |line: &Line| line.span.of(text) == "---";
    let first = lines.iter().position(|line| line.columns > 0).unwrap_or(0);
    let front =
        lines.get(first).is_some_and(fence) && lines.iter().skip(first + 1).take(40).any(fence);
    let mut index = first + usize::from(front);
    while let Some(line) = lines.get(index) {
        if front && fence(line) {
            return index + 1;
        }
        let read = line
            .span
            .of(text)
            .split_once(':')
            .filter(|(key, _)| front || is_head_key(key));
        let Some((key, value)) = read else {
            if front {
                index += 1;
                continue;
            }
            break;
        };
        let place = Span::new(line.span.start + key.len() + 1, line.span.end).trimmed(text);
        let value = value.trim().trim_matches(['"', '\'']);
        let is_title = matches!(
            key.trim().to_lowercase().as_str(),
            "title" | "headline" | "subject"
        );
        if is_title && !value.is_empty() && metadata.title.is_none() {
            blocks.push(Block {
                span: Span::new(line.span.start, place.start).trimmed(text),
                kind: set_aside("metadata"),
            });
            blocks.push(Block {
                span: place,
                kind: BlockKind::Title,
            });
        } else {
            blocks.push(Block {
                span: line.span,
                kind: set_aside("metadata"),
            });
        }
        crate::mine::head_field(&key.trim().to_lowercase(), value, metadata);
        index += 1;
    }
    index
}

fn is_head_key(key: &str) -> bool {
    const KEYS: &[&str] = &[
        "title",
        "headline",
        "subject",
        "url",
        "link",
        "permalink",
        "canonical",
        "date",
        "published",
        "publication date",
        "author",
        "authors",
        "byline",
        "publisher",
        "site",
        "source",
        "tags",
        "keywords",
        "category",
        "language",
        "lang",
        "description",
        "from",
        "to",
        "cc",
        "reply-to",
        "message-id",
    ];
    KEYS.contains(&key.trim().to_lowercase().as_str())
}

fn blocks_of(text: &str, lines: &[Line], columns: Option<usize>, blocks: &mut Vec<Block>) {
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        let content = line.span.of(text);
        if line.columns == 0 || is_rule(content) {
            index += 1;
        } else if let Some(fence) = fence_of(content) {
            index = code_block(text, lines, index, fence, blocks);
        } else {
            index = prose_block(text, lines, index, columns, blocks);
        }
    }
}

fn fence_of(line: &str) -> Option<&'static str> {
    ["```", "~~~"]
        .into_iter()
        .find(|fence| line.starts_with(fence))
}

/// A line of nothing but `---`, `***` or `===`.
fn is_rule(line: &str) -> bool {
    line.len() >= 3
        && line
            .chars()
            .all(|c| matches!(c, '-' | '*' | '=' | '_' | '~' | '—' | '|' | '+' | ':' | ' '))
}

fn code_block(
    text: &str,
    lines: &[Line],
    opening: usize,
    fence: &str,
    blocks: &mut Vec<Block>,
) -> usize {
    let closing = lines
        .iter()
        .skip(opening + 1)
        .position(|line| line.span.of(text).starts_with(fence))
        .map_or(lines.len(), |place| opening + 1 + place);
    if let (Some(first), Some(last)) =
        (lines.get(opening + 1), lines.get(closing.saturating_sub(1)))
        && closing > opening + 1
    {
        let span = Span::new(first.span.start - first.indent, last.span.end).trimmed(text);
        if !span.is_empty() {
            blocks.push(Block {
                span,
                kind: BlockKind::Code,
            });
        }
    }
    closing + 1
}

/// Takes in the line at `index` and those that continue it.
fn prose_block(
    text: &str,
    lines: &[Line],
    index: usize,
    columns: Option<usize>,
    blocks: &mut Vec<Block>,
) -> usize {
    let Some(first) = lines.get(index) else {
        return index + 1;
    };
    let content = first.span.of(text);
    let kind = line_kind(text, lines, index);
    let mut last = *first;
    let mut next = index + 1;
    let joins = !matches!(kind, BlockKind::TableRow) && !content.starts_with('#');
    while joins
        && let Some(line) = lines.get(next)
        && line.columns > 0
        && continues(text, &last, line, columns, kind == BlockKind::ListItem)
    {
        last = *line;
        next += 1;
    }
    // A headline may take two lines, narrower than the text.
    if kind == BlockKind::Heading
        && next == index + 1
        && first.columns >= HEADING_COLUMNS_WRAPPED_MIN
        && let Some(second) = lines.get(next)
        && looks_like_heading(second.span.of(text))
        && lines.get(next + 1).is_none_or(|line| line.columns == 0)
    {
        let span = first.span.join(second.span);
        blocks.push(Block { span, kind });
        return next + 1;
    }
    let mut span = first.span.join(last.span);
    // The marks of Markdown headings are not words.
    if kind == BlockKind::Heading {
        let marks = span.of(text).len() - span.of(text).trim_start_matches(['#', ' ']).len();
        span.start += marks;
    }
    let kind = if next > index + 1 && kind == BlockKind::Heading {
        BlockKind::Paragraph
    } else {
        kind
    };
    blocks.push(Block { span, kind });
    next
}

fn line_kind(text: &str, lines: &[Line], index: usize) -> BlockKind {
    let Some(line) = lines.get(index) else {
        return BlockKind::Paragraph;
    };
    let content = line.span.of(text);
    let blank = |place: Option<&Line>| place.is_none_or(|line| line.columns == 0);
    let after = lines.get(index + 1);
    let underlined = after.is_some_and(|next| {
        next.columns >= 3 && next.span.of(text).chars().all(|c| matches!(c, '=' | '-'))
    });
    if is_table_row(content) {
        BlockKind::TableRow
    } else if bullet_bytes(content).is_some() {
        BlockKind::ListItem
    } else if is_markdown_heading(content)
        || underlined && content.len() <= HEADING_BYTES_MAX
        || looks_like_heading(content)
            && blank(index.checked_sub(1).and_then(|before| lines.get(before)))
            && !is_last(lines, index)
    {
        BlockKind::Heading
    } else {
        BlockKind::Paragraph
    }
}

fn is_last(lines: &[Line], index: usize) -> bool {
    lines.iter().skip(index + 1).all(|line| line.columns == 0)
}

fn is_markdown_heading(line: &str) -> bool {
    let marks = line.bytes().take_while(|byte| *byte == b'#').count();
    (1..=6).contains(&marks) && line.get(marks..).is_some_and(|rest| rest.starts_with(' '))
}

/// A short line in capitals or in title case that does not end like a sentence.
pub(crate) fn looks_like_heading(line: &str) -> bool {
    if line.len() > HEADING_BYTES_MAX || line.ends_with(['.', ',', ';', '!', ')', ']', '"', '”'])
    {
        return false;
    }
    // Addresses, file names and hashes are never headings.
    let odd = |word: &str| {
        word.contains(['/', '\\', '@', '=', '_', '[', '{', '<'])
            || word.trim_end_matches(['.', ':']).contains('.')
            || word.len() > 24
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.is_empty() || words.len() > 14 || words.iter().any(|word| odd(word)) {
        return false;
    }
    let starts_upper = |word: &&&str| {
        word.chars()
            .find(|c| c.is_alphanumeric())
            .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
    };
    let long: Vec<&&str> = words
        .iter()
        .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 3)
        .collect();
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    words.first().is_some_and(|word| starts_upper(&word))
        && !long.is_empty()
        && letters * 2 > line.len()
        && long.iter().filter(|word| starts_upper(word)).count() * 3 >= long.len() * 2
}

/// Cells divided by tabs, or by at least two bars.
fn is_table_row(line: &str) -> bool {
    line.contains('\t')
        || line.starts_with('|') && line.len() > 1
        || line.matches('|').count() >= 2 && line.contains(" | ")
}

/// Length of a list mark with the space after it.
pub(crate) fn bullet_bytes(line: &str) -> Option<usize> {
    let mark: String = line
        .chars()
        .take_while(|c| !c.is_whitespace())
        .take(6)
        .collect();
    let rest = line.get(mark.len()..)?;
    let spaces = rest.len() - rest.trim_start().len();
    if spaces == 0 || rest.trim_start().is_empty() {
        return None;
    }
    let sign = [
        "-", "*", "+", "•", "‣", "▪", "●", "○", "◦", "–", "·", "∙", "■", "□", "➢", "✓", "", "o",
    ]
    .contains(&mark.as_str());
    let number = mark
        .trim_start_matches('(')
        .strip_suffix(['.', ')'])
        .is_some_and(|inner| {
            !inner.is_empty()
                && inner.len() <= 2
                && (inner.chars().all(|c| c.is_ascii_digit())
                    || inner.len() == 1 && inner.chars().all(|c| c.is_ascii_lowercase()))
        });
    (sign || number).then_some(mark.len() + spaces)
}

/// The width at which the text was wrapped, if it was: nearly no line is longer, and most
/// lines that another one follows could not have taken in its first word.
fn wrap_columns(text: &str, lines: &[Line]) -> Option<usize> {
    let words = |line: &&Line| line.span.of(text).contains(' ');
    let filled: Vec<&Line> = lines
        .iter()
        .filter(|line| line.columns > 0)
        .filter(words)
        .collect();
    let long = filled
        .iter()
        .filter(|line| line.columns > WRAP_COLUMNS_MAX)
        .count();
    if filled.len() < 2 || long * 20 > filled.len() {
        return None;
    }
    let columns = filled
        .iter()
        .map(|line| line.columns)
        .filter(|columns| *columns <= WRAP_COLUMNS_MAX)
        .max()?;
    (columns >= WRAP_COLUMNS_MIN).then_some(columns)
}

/// Whether `line` goes on where `previous` was cut.
fn continues(
    text: &str,
    previous: &Line,
    line: &Line,
    columns: Option<usize>,
    in_item: bool,
) -> bool {
    let (before, after) = (previous.span.of(text), line.span.of(text));
    if bullet_bytes(after).is_some()
        || is_table_row(after)
        || is_rule(after)
        || is_markdown_heading(after)
        || fence_of(after).is_some()
    {
        return false;
    }
    // One word alone on its line is an entry of a list: a hash, a host, a name.
    if !before.contains(' ')
        || furniture::reason_of(after).is_some()
        || furniture::reason_of(before).is_some()
    {
        return false;
    }
    if before.ends_with(':') {
        return false;
    }
    let lower = after.starts_with(|c: char| c.is_lowercase());
    let closed = before.ends_with(['.', '!', '?', ':', '”', '"']);
    let hanging = in_item && line.indent > previous.indent;
    let Some(columns) = columns else {
        return lower
            && !closed
            && previous.columns <= WRAP_COLUMNS_MAX
            && previous.columns >= WRAP_COLUMNS_MIN
            && after.contains(' ');
    };
    let indented = line.indent >= previous.indent + 2 && !in_item;
    let first_word = after
        .split_whitespace()
        .next()
        .map_or(0, |word| word.chars().count());
    let no_room = previous.columns + previous.indent + 1 + first_word > columns;
    !indented
        && (no_room || hanging || lower && !closed && previous.columns >= WRAP_COLUMNS_MIN / 2)
}

/// Chooses the headline: of the short lines above the first sentence, the first that is long
/// enough to be one. Names of outlets and sections stand above it.
fn title(page: &mut Page) {
    if page.metadata.title.is_some() {
        return;
    }
    let own = |block: &&Block| block.kind.is_content();
    if page.blocks.iter().filter(own).count() < 2 {
        return;
    }
    let mut best: Option<(usize, usize)> = None;
    let mut seen = 0;
    for (index, block) in page.blocks.iter().enumerate() {
        let words = block.span.of(&page.text);
        let row = block.kind == BlockKind::TableRow;
        let aside =
            furniture::reason_of(words).is_some() && (!row || furniture::stands_alone(page, index));
        if !block.kind.is_content() || aside || furniture::navigation_item(words).is_some() {
            continue;
        }
        seen += 1;
        let plain = matches!(block.kind, BlockKind::Heading | BlockKind::Paragraph);
        let sentence = block.kind == BlockKind::Paragraph
            && words
                .trim_end_matches(['”', '"', '’', ')'])
                .ends_with(['.', ':', ',', ';']);
        if !plain || sentence || words.len() > TITLE_BYTES_MAX || seen > TITLE_BLOCKS_MAX {
            break;
        }
        let count = words.split_whitespace().count().min(TITLE_WORDS_SURE);
        if count >= 2 && best.is_none_or(|(_, most)| count > most) {
            best = Some((index, count));
        }
        if count == TITLE_WORDS_SURE {
            break;
        }
    }
    if let Some((index, _)) = best
        && let Some(block) = page.blocks.get_mut(index)
    {
        block.kind = BlockKind::Title;
        let words = page.block_text(index).split_whitespace();
        page.metadata.title = Some(words.collect::<Vec<_>>().join(" "));
    }
}
