//! Lines of pages to paragraphs, headings, lists and running headers.

use std::collections::{HashMap, HashSet};

use daylight_model::BlockKind;

use crate::{
    page::{Draft, Page, furniture},
    text,
};

use super::lines::Line;

/// Lines at the top and at the bottom of a page that may be running headers and footers.
const EDGE_LINES: usize = 4;

/// Longest YARA rule that is kept as one block.
const RULE_BYTES_MAX: usize = 16 << 10;

/// Lays all pages out as one text.
pub(super) fn page(pages: &[Vec<Line>]) -> Page {
    let running = running_lines(pages);
    let body = body_size(pages);
    let words = words_of(pages);
    let mut flow = Flow {
        body,
        words,
        ..Flow::default()
    };
    for lines in pages {
        let count = lines.len();
        let bottom = footnotes_start(lines, body, &running);
        let mut headers = Vec::new();
        let mut notes = Vec::new();
        flow.start_page(lines);
        for (index, line) in lines.iter().enumerate() {
            if is_edge(index, count)
                && (running.contains(&shape(&line.text)) || is_page_number(&line.text))
            {
                headers.push(line.text.clone());
            } else if index >= bottom {
                notes.push(line);
            } else {
                flow.add(line);
            }
        }
        // Running lines and footnotes stand after the paragraph they interrupt.
        flow.late.extend(headers.into_iter().map(|text| Late {
            text,
            kind: furniture("running header or footer"),
        }));
        let mut below = Flow {
            body,
            words: std::mem::take(&mut flow.words),
            ..Flow::default()
        };
        below.start_page(lines);
        for line in notes {
            below.add(line);
        }
        below.end();
        flow.words = std::mem::take(&mut below.words);
        flow.late.extend(below.drafts.into_iter().map(|draft| Late {
            text: draft.text,
            kind: draft.kind,
        }));
    }
    flow.end();
    Page::from_drafts(flow.drafts)
}

/// Chooses the headline: the largest type on the first pages.
pub(super) fn title(page: &mut Page) -> Option<String> {
    let index = page
        .blocks
        .iter()
        .take(30)
        .position(|block| block.kind == BlockKind::Title)?;
    Some(page.block_text(index).to_owned())
}

struct Late {
    text: String,
    kind: BlockKind,
}

#[derive(Default)]
struct Flow {
    drafts: Vec<Draft>,
    late: Vec<Late>,
    open: Option<Open>,
    body: f64,
    words: HashSet<String>,
    titled: bool,
    right: f64,
    leading: f64,
    page_turned: bool,
    /// Lines of a YARA rule being read.
    rule_open: Option<String>,
}

/// The paragraph being read.
struct Open {
    text: String,
    kind: BlockKind,
    last: Line,
    /// Where the cells of its first line begin.
    columns: Vec<f64>,
}

impl Flow {
    fn start_page(&mut self, lines: &[Line]) {
        self.right = lines.iter().map(|line| line.right).fold(0.0, f64::max);
        let mut gaps: Vec<f64> = lines
            .windows(2)
            .map(|pair| pair[0].y - pair[1].y)
            .filter(|gap| *gap > 0.0)
            .collect();
        gaps.sort_by(f64::total_cmp);
        self.leading = gaps.get(gaps.len() / 3).copied().unwrap_or(self.body * 1.2);
        self.page_turned = true;
    }

    fn add(&mut self, line: &Line) {
        let page_turned = std::mem::take(&mut self.page_turned);
        if !line.text.contains(char::is_alphanumeric)
            && line.text.len() < 3
            && self.rule_open.is_none()
        {
            return;
        }
        if self.add_to_rule(line) {
            return;
        }
        if let Some(mut open) = self.open.take() {
            if !page_turned && self.continues_row(&open, line) {
                join_row(&mut open.text, &open.columns, line);
                open.last = line.clone();
                self.open = Some(open);
                return;
            }
            if self.continues(&open, line, page_turned) {
                self.join(&mut open.text, &line.text);
                open.last = line.clone();
                self.open = Some(open);
                return;
            }
            self.close(open);
        }
        let kind = self.kind(line);
        self.open = Some(Open {
            text: line.text.clone(),
            kind,
            last: line.clone(),
            columns: line.columns.clone(),
        });
    }

    /// YARA rules keep their lines.
    fn add_to_rule(&mut self, line: &Line) -> bool {
        let begins = ["rule ", "private rule ", "global rule "]
            .iter()
            .any(|start| line.text.starts_with(start))
            && (line.text.ends_with('{') || line.text.split_whitespace().count() == 2);
        if self.rule_open.is_none() && begins {
            if let Some(open) = self.open.take() {
                self.close(open);
            }
            self.rule_open = Some(String::new());
        }
        let Some(rule) = &mut self.rule_open else {
            return false;
        };
        if !rule.is_empty() {
            rule.push('\n');
        }
        rule.push_str(&line.text);
        if line.text == "}" || rule.len() > RULE_BYTES_MAX {
            self.end_rule();
        }
        true
    }

    fn end_rule(&mut self) {
        if let Some(text) = self.rule_open.take() {
            self.drafts.push(Draft {
                text,
                kind: BlockKind::Code,
                link: None,
            });
            self.release();
        }
    }

    fn end(&mut self) {
        self.end_rule();
        if let Some(open) = self.open.take() {
            self.close(open);
        }
        self.release();
    }

    fn close(&mut self, mut open: Open) {
        if open.kind == BlockKind::Heading
            && !self.titled
            && open.last.size > self.body * 1.3
            && open.text.split_whitespace().count() >= 3
        {
            open.kind = BlockKind::Title;
            self.titled = true;
        }
        if open.kind == BlockKind::Heading && open.text.len() > 200 {
            open.kind = BlockKind::Paragraph;
        }
        self.drafts.push(Draft {
            text: open.text,
            kind: open.kind,
            link: None,
        });
        self.release();
    }

    fn release(&mut self) {
        for late in self.late.drain(..) {
            self.drafts.push(Draft {
                text: late.text,
                kind: late.kind,
                link: None,
            });
        }
    }

    fn kind(&self, line: &Line) -> BlockKind {
        if text::bullet_bytes(&line.text).is_some() {
            BlockKind::ListItem
        } else if line.text.contains('\t') {
            BlockKind::TableRow
        } else if line.size > self.body * 1.12
            && line.text.len() < 200
            && line.text.chars().any(char::is_alphabetic)
            || text::looks_like_heading(&line.text) && line.right < self.right * 0.75
        {
            BlockKind::Heading
        } else {
            BlockKind::Paragraph
        }
    }

    /// Whether `line` holds the next lines of the cells of the open table row. Rows of one
    /// line each stay apart: some cell has to go on in the middle of a sentence.
    fn continues_row(&self, open: &Open, line: &Line) -> bool {
        let gap = open.last.y - line.y;
        let near = gap > 0.0 && gap < self.leading.max(self.body) * 1.3;
        let aligned = line.columns.iter().all(|left| {
            open.columns
                .iter()
                .any(|column| (column - left).abs() < self.body * 0.6)
        });
        let goes_on = |cell: &str| {
            cell.starts_with(|c: char| c.is_lowercase())
                && (cell.contains(' ') || cell.ends_with('.'))
        };
        let below_one_cell = line.columns.len() < open.columns.len();
        open.kind == BlockKind::TableRow
            && near
            && aligned
            && (below_one_cell || line.text.split('\t').any(goes_on))
    }

    /// Whether `line` goes on where the open paragraph was cut.
    fn continues(&self, open: &Open, line: &Line, page_turned: bool) -> bool {
        let kind = self.kind(line);
        let lower = line.text.starts_with(|c: char| c.is_lowercase());
        let unfinished = !open.text.ends_with(['.', '!', '?', ':', '”', ';']);
        let same_size = (open.last.size - line.size).abs() < self.body * 0.06;
        if matches!(kind, BlockKind::ListItem | BlockKind::TableRow)
            || open.kind == BlockKind::TableRow
            || !same_size
        {
            return false;
        }
        // A word alone is an entry of a list; so is what stands under it.
        if !open.last.text.contains(' ') && !lower {
            return false;
        }
        let filled = {
            let first_word = line.text.split_whitespace().next().map_or(0, str::len);
            let letter =
                (open.last.right - open.last.left) / (open.last.text.chars().count().max(1) as f64);
            open.last.right + letter * (first_word as f64 + 1.0) > self.right - self.body
        };
        let wide = open.last.right - open.last.left > (self.right - open.last.left) * 0.6;
        if page_turned {
            return unfinished
                && (lower
                    || filled && open.kind != BlockKind::Heading && kind == BlockKind::Paragraph);
        }
        let gap = open.last.y - line.y;
        let near = gap > 0.0 && gap < self.leading.max(self.body) * 1.45;
        match open.kind {
            BlockKind::Heading => near && line.size > self.body * 1.12 && unfinished,
            BlockKind::ListItem => {
                near && (filled || lower && unfinished)
                    && line.left > open.last.left - self.body * 3.0
            }
            _ => {
                near && (filled || wide && unfinished || lower && unfinished)
                    && (kind != BlockKind::Heading || filled)
            }
        }
    }

    /// Joins a wrapped line, and a word that was divided at the end of it.
    fn join(&self, text: &mut String, line: &str) {
        let divided = text.ends_with('-') && line.starts_with(|c: char| c.is_lowercase());
        if !divided {
            if !text.ends_with('-') && !text.ends_with('/') || text.ends_with(" -") {
                text.push(' ');
            }
            text.push_str(line);
            return;
        }
        let left: String = text
            .trim_end_matches('-')
            .chars()
            .rev()
            .take_while(|c| c.is_alphanumeric())
            .collect();
        let left: String = left.chars().rev().collect::<String>().to_lowercase();
        let right: String = line
            .chars()
            .take_while(|c| c.is_alphanumeric())
            .collect::<String>()
            .to_lowercase();
        let joined = self.words.contains(&format!("{left}{right}"));
        let both_words = left.chars().any(|c| c.is_ascii_digit())
            || self.words.contains(&left) && self.words.contains(&right);
        if joined || !both_words && !self.words.contains(&format!("{left}-{right}")) {
            text.pop();
        }
        text.push_str(line);
    }
}

/// Adds each cell of `line` to the cell above it.
fn join_row(row: &mut String, columns: &[f64], line: &Line) {
    let mut cells: Vec<String> = row.split('\t').map(str::to_owned).collect();
    for (left, words) in line.columns.iter().zip(line.text.split('\t')) {
        let nearest = columns
            .iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| (*a - left).abs().total_cmp(&(*b - left).abs()));
        if let Some(cell) = nearest.and_then(|(index, _)| cells.get_mut(index)) {
            cell.push(' ');
            cell.push_str(words);
        }
    }
    *row = cells.join("\t");
}

/// Lines that stand at the edge of several pages, but for their numbers.
fn running_lines(pages: &[Vec<Line>]) -> HashSet<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for lines in pages {
        let count = lines.len();
        let edges = lines
            .iter()
            .enumerate()
            .filter(|(index, _)| is_edge(*index, count));
        let shapes: HashSet<String> = edges.map(|(_, line)| shape(&line.text)).collect();
        for shape in shapes {
            *seen.entry(shape).or_default() += 1;
        }
    }
    let often = |count: usize| count >= 3 || count == 2 && pages.len() <= 3;
    seen.into_iter()
        .filter(|(shape, count)| often(*count) && !shape.is_empty())
        .map(|(shape, _)| shape)
        .collect()
}

fn is_edge(index: usize, count: usize) -> bool {
    index < EDGE_LINES || index + EDGE_LINES >= count
}

/// The line without what differs from page to page.
fn shape(line: &str) -> String {
    line.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if c.is_ascii_digit() { '#' } else { c })
        .collect::<String>()
        .replace("##", "#")
}

fn is_page_number(line: &str) -> bool {
    let plain: String = line.to_lowercase().replace("page", "").replace("of", "");
    line.len() <= 20
        && plain.chars().any(|c| c.is_ascii_digit())
        && plain
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '/' | '-' | '|'))
}

/// The size most letters are set in.
fn body_size(pages: &[Vec<Line>]) -> f64 {
    let mut letters: HashMap<i64, usize> = HashMap::new();
    for line in pages.iter().flatten() {
        *letters.entry((line.size * 2.0).round() as i64).or_default() += line.text.len();
    }
    let most = letters
        .into_iter()
        .max_by_key(|(size, count)| (*count, *size));
    most.map_or(10.0, |(size, _)| size as f64 / 2.0)
}

/// Where the small print at the bottom of a page begins.
fn footnotes_start(lines: &[Line], body: f64, running: &HashSet<String>) -> usize {
    let small = |line: &Line| {
        line.size < body * 0.93
            || running.contains(&shape(&line.text))
            || is_page_number(&line.text)
    };
    let start = lines
        .iter()
        .rposition(|line| !small(line))
        .map_or(0, |last| last + 1);
    // A page set small throughout is no footnote.
    if start * 2 < lines.len() {
        lines.len()
    } else {
        start
    }
}

fn words_of(pages: &[Vec<Line>]) -> HashSet<String> {
    let mut words = HashSet::new();
    let mut divided = false;
    for line in pages.iter().flatten() {
        // The two halves of a word divided at the end of a line are no words.
        let halves = (std::mem::take(&mut divided), line.text.ends_with('-'));
        let count = line.text.split_whitespace().count();
        for (index, word) in line.text.split_whitespace().enumerate() {
            if halves.0 && index == 0 || halves.1 && index + 1 == count {
                continue;
            }
            let word = word
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase();
            words.extend(word.split('-').map(str::to_owned));
            words.insert(word);
        }
        divided = halves.1;
    }
    words
}
