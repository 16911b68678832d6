//! One pass over the tags of a page: no tree, no recursion, time linear in its length.

use std::collections::{BTreeMap, HashMap};

use daylight_model::BlockKind;
use html5gum::{DefaultEmitter, HtmlString, Spanned, Token, Tokenizer};

use super::{head::Head, rules};

/// Elements open at once; what is nested deeper belongs to the deepest of these.
const DEPTH_MAX: usize = 4_096;
/// How far back an end tag of inline text looks for its start.
const INLINE_LOOKBACK: usize = 64;

/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) parts: Vec<Part>,
    pub(super) regions: Vec<Region>,
    pub(super) head: Head,
}

/// A part of the page and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) kind: BlockKind,
    /// Level of a heading, else 0.
    pub(super) level: u8,
    /// Bytes of the text that are links.
    pub(super) link_bytes: usize,
    /// The first outside address it links to.
    pub(super) link: Option<String>,
    /// The innermost region it stands in.
    pub(super) region: Option<usize>,
    /// Article, story body and main part it stands in; 0 for none.
    pub(super) inside: [u32; 3],
}

/// A part of the page that looks like furniture.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) reason: &'static str,
    /// The reason is a guess that much prose refutes.
    pub(super) weak: bool,
    pub(super) active: bool,
    parent: Option<usize>,
}

impl Part {
    /// How much of it reads like text, not like labels and links.
    pub(super) fn prose_bytes(&self) -> usize {
        let length = self.text.len();
        let reads = matches!(
            self.kind,
            BlockKind::Paragraph | BlockKind::ListItem | BlockKind::TableRow | BlockKind::Code
        );
        if reads && length >= 60 && self.link_bytes * 2 < length {
            length
        } else {
            0
        }
    }
}

impl Walk {
    /// The outermost active region around a region.
    pub(super) fn outermost(&self, region: Option<usize>) -> Option<usize> {
        self.chain(region)
            .filter(|(_, region)| region.active)
            .last()
            .map(|(index, _)| index)
    }

    /// Why a region is furniture.
    pub(super) fn reason(&self, region: Option<usize>) -> Option<&'static str> {
        self.chain(region)
            .find(|(_, region)| region.active)
            .map(|(_, region)| region.reason)
    }

    fn chain(&self, region: Option<usize>) -> impl Iterator<Item = (usize, &Region)> {
        std::iter::successors(
            region.and_then(|index| Some((index, self.regions.get(index)?))),
            |(_, region)| {
                region
                    .parent
                    .and_then(|index| Some((index, self.regions.get(index)?)))
            },
        )
        .take(DEPTH_MAX)
    }
}

/// What holds inside an open element.
#[derive(Debug, Clone, Default)]
struct Context {
    unread: bool,
    region: Option<usize>,
    inside: [u32; 3],
    level: u8,
    item: bool,
    code: bool,
    linked: bool,
}

#[derive(Debug)]
struct Open {
    name: String,
    context: Context,
}

/// A table being read: the finished cells of the open row, each with its parts.
#[derive(Debug, Default)]
struct Row {
    cells: Vec<Vec<Part>>,
}

#[derive(Debug, Default)]
struct Walker {
    walk: Walk,
    stack: Vec<Open>,
    /// How many elements of each name are open.
    open: HashMap<String, usize>,
    tables: Vec<Row>,
    containers: u32,
    buffer: String,
    buffer_link_bytes: usize,
    buffer_link: Option<String>,
    space: bool,
    /// The text of a `<title>` or a JSON-LD script is being read.
    capture: Option<Capture>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Capture {
    Title,
    Script,
}

type Attributes = BTreeMap<HtmlString, Spanned<HtmlString, ()>>;

fn attribute<'a>(attributes: &'a Attributes, name: &str) -> std::borrow::Cow<'a, str> {
    attributes
        .get(name.as_bytes())
        .map_or_else(Default::default, |value| {
            String::from_utf8_lossy(&value.value.0)
        })
}

/// Walks over a page.
pub(super) fn walk(html: &str) -> Walk {
    let mut walker = Walker::default();
    let mut emitter = DefaultEmitter::<()>::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
        match token {
            Token::StartTag(tag) => {
                walker.start(&String::from_utf8_lossy(&tag.name), &tag.attributes)
            }
            Token::EndTag(tag) => walker.end(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => walker.text(&String::from_utf8_lossy(&text.value)),
            _ => {}
        }
    }
    walker.flush();
    while !walker.tables.is_empty() {
        walker.end_row();
        walker.tables.pop();
    }
    walker.walk
}

impl Walker {
    fn context(&self) -> Context {
        self.stack
            .last()
            .map(|open| open.context.clone())
            .unwrap_or_default()
    }

    fn start(&mut self, name: &str, attributes: &Attributes) {
        match name {
            "meta" => return self.meta(attributes),
            "link" => return self.link(attributes),
            "br" => return self.line_break(),
            _ => {}
        }
        if !rules::is_inline(name) {
            self.flush();
        }
        if rules::is_void(name) {
            return;
        }
        self.close_implied(name);
        match name {
            "table" => self.tables.push(Row::default()),
            "tr" => self.end_row(),
            "td" | "th" => {
                if let Some(row) = self.tables.last_mut() {
                    row.cells.push(Vec::new());
                }
            }
            _ => {}
        }
        let context = self.enter(name, attributes);
        if self.stack.len() < DEPTH_MAX {
            *self.open.entry(name.to_owned()).or_default() += 1;
            self.stack.push(Open {
                name: name.to_owned(),
                context,
            });
        }
    }

    /// What holds inside the element that starts here.
    fn enter(&mut self, name: &str, attributes: &Attributes) -> Context {
        let mut context = self.context();
        let class = attribute(attributes, "class");
        self.capture = match name {
            "title" if self.walk.head.title.is_empty() && !self.open.contains_key("svg") => {
                Some(Capture::Title)
            }
            "script" if attribute(attributes, "type").contains("ld+json") => Some(Capture::Script),
            _ => self.capture,
        };
        if self.capture == Some(Capture::Script) {
            self.walk.head.scripts.push(String::new());
        }
        let hidden = attributes.contains_key(b"hidden".as_slice())
            || rules::is_hiding(&attribute(attributes, "style"), &class);
        context.unread |= rules::is_unread(name) || name == "title" || hidden;
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                context.level = name.as_bytes().get(1).map_or(0, |digit| digit - b'0')
            }
            "li" => context.item = true,
            "ul" | "ol" | "table" => context.level = 0,
            "pre" | "xmp" | "listing" => context.code = true,
            "a" => {
                context.linked = true;
                let address = attribute(attributes, "href");
                if address.starts_with("http") && self.buffer_link.is_none() && !context.unread {
                    self.buffer_link = Some(address.into_owned());
                }
            }
            "time" => self.time(attributes, &class, &context),
            _ => {}
        }
        if matches!(name, "html" | "body") {
            return context;
        }
        self.containers += 1;
        let in_article = context.inside != [0; 3];
        let role = attribute(attributes, "role");
        if name == "article" && context.inside[0] == 0 {
            context.inside[0] = self.containers;
        }
        if rules::is_story_body(&class, &attribute(attributes, "itemprop"))
            && context.inside[1] == 0
        {
            context.inside[1] = self.containers;
        }
        if (name == "main" || role == "main") && context.inside[2] == 0 {
            context.inside[2] = self.containers;
        }
        let names = format!("{class} {}", attribute(attributes, "id"));
        let by_class = if matches!(name, "main" | "h1") {
            None
        } else {
            rules::by_class(&names)
        };
        if let Some((reason, weak)) = rules::by_element(name, &role, in_article).or(by_class) {
            self.walk.regions.push(Region {
                reason,
                weak,
                active: true,
                parent: context.region,
            });
            context.region = Some(self.walk.regions.len() - 1);
        }
        context
    }

    fn end(&mut self, name: &str) {
        if matches!(name, "title" | "script") {
            self.capture = None;
        }
        if name == "br" {
            return self.line_break();
        }
        let inline = rules::is_inline(name);
        if !inline {
            self.flush();
        }
        if self.open.get(name).is_none_or(|count| *count == 0) {
            return;
        }
        let lookback = if inline { INLINE_LOOKBACK } else { usize::MAX };
        let found = self
            .stack
            .iter()
            .rev()
            .take(lookback)
            .take_while(|open| !inline || rules::is_inline(&open.name))
            .position(|open| open.name == name);
        let Some(found) = found else { return };
        self.pop(found + 1);
        match name {
            "tr" => self.end_row(),
            "table" => {
                self.end_row();
                self.tables.pop();
            }
            _ => {}
        }
    }

    fn pop(&mut self, count: usize) {
        for _ in 0..count {
            let Some(open) = self.stack.pop() else { return };
            if let Some(count) = self.open.get_mut(&open.name) {
                *count = count.saturating_sub(1);
            }
        }
    }

    /// `<p>`, `<li>` and table cells end where their next like begins.
    fn close_implied(&mut self, name: &str) {
        let (closes, stops): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table"]),
            _ if !rules::is_inline(name) => (
                &["p"],
                &[
                    "div",
                    "td",
                    "th",
                    "li",
                    "article",
                    "section",
                    "body",
                    "blockquote",
                ],
            ),
            _ => return,
        };
        let recent = self
            .stack
            .iter()
            .rev()
            .take(INLINE_LOOKBACK)
            .take_while(|open| !stops.contains(&open.name.as_str()));
        let names: Vec<&str> = recent.map(|open| open.name.as_str()).collect();
        if let Some(place) = names.iter().rposition(|open| closes.contains(open)) {
            self.pop(place + 1);
        }
    }

    fn meta(&mut self, attributes: &Attributes) {
        let content = attribute(attributes, "content").into_owned();
        for key in ["property", "name", "itemprop"] {
            let key = attribute(attributes, key);
            if !key.is_empty() && self.walk.head.metas.len() < 1_000 {
                self.walk
                    .head
                    .metas
                    .push((key.into_owned(), content.clone()));
            }
        }
    }

    fn link(&mut self, attributes: &Attributes) {
        if attribute(attributes, "rel").eq_ignore_ascii_case("canonical")
            && self.walk.head.canonical.is_none()
        {
            self.walk.head.canonical = Some(attribute(attributes, "href").into_owned());
        }
    }

    fn time(&mut self, attributes: &Attributes, class: &str, context: &Context) {
        let datetime = attribute(attributes, "datetime");
        let strong = context
            .region
            .and_then(|region| self.walk.regions.get(region))
            .is_some_and(|region| !region.weak);
        if !datetime.is_empty() && !strong && self.walk.head.times.len() < 100 {
            let property = attribute(attributes, "itemprop");
            self.walk
                .head
                .times
                .push((format!("{class} {property}"), datetime.into_owned()));
        }
    }

    fn text(&mut self, text: &str) {
        match self.capture {
            Some(Capture::Title) => self.walk.head.title.push_str(text),
            Some(Capture::Script) => {
                if let Some(script) = self.walk.head.scripts.last_mut() {
                    script.push_str(text);
                }
            }
            None => {}
        }
        let Some(open) = self.stack.last() else {
            return self.words(text, false, false);
        };
        if !open.context.unread {
            let (code, linked) = (open.context.code, open.context.linked);
            self.words(text, code, linked);
        }
    }

    fn words(&mut self, text: &str, code: bool, linked: bool) {
        let before = self.buffer.len();
        if code {
            self.buffer.push_str(text);
        } else {
            for piece in text.split_inclusive(char::is_whitespace) {
                let word = piece.trim_end();
                if !word.is_empty() {
                    if self.space && !self.buffer.is_empty() && !self.buffer.ends_with('\n') {
                        self.buffer.push(' ');
                    }
                    self.space = false;
                    self.buffer.push_str(word);
                }
                self.space |= word.len() < piece.len();
            }
        }
        if linked {
            self.buffer_link_bytes += self.buffer.len() - before;
        }
    }

    fn line_break(&mut self) {
        if self.buffer.ends_with('\n') && !self.context().code {
            return self.flush();
        }
        self.buffer.push('\n');
        self.space = false;
    }

    /// Ends the part being read.
    fn flush(&mut self) {
        self.space = false;
        let text = std::mem::take(&mut self.buffer);
        let link_bytes = std::mem::take(&mut self.buffer_link_bytes);
        let link = self.buffer_link.take();
        if text.trim().is_empty() {
            return;
        }
        let context = self.context();
        let kind = match &context {
            Context { code: true, .. } => BlockKind::Code,
            Context { level: 1..=6, .. } => BlockKind::Heading,
            Context { item: true, .. } => BlockKind::ListItem,
            _ => BlockKind::Paragraph,
        };
        let text = if kind == BlockKind::Code {
            text.trim_matches('\n').to_owned()
        } else {
            text.trim().to_owned()
        };
        self.emit(Part {
            text,
            kind,
            level: context.level,
            link_bytes,
            link,
            region: context.region,
            inside: context.inside,
        });
    }

    /// To the open cell of the innermost table, else to the page.
    fn emit(&mut self, part: Part) {
        match self.tables.last_mut().and_then(|row| row.cells.last_mut()) {
            Some(cell) => cell.push(part),
            None => self.walk.parts.push(part),
        }
    }

    /// Ends a table row: cells with one part each make a row; a table that only lays out the
    /// page has cells with many, and those stand for themselves.
    fn end_row(&mut self) {
        let Some(row) = self.tables.last_mut() else {
            return;
        };
        let cells = std::mem::take(&mut row.cells);
        // What the row is made of goes to the cell around this table, or to the page.
        let inner = self.tables.pop();
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        let tabular = filled > 1 && cells.iter().all(|cell| cell.len() <= 1);
        if tabular {
            let first = cells.iter().flatten().next().cloned();
            let text: Vec<String> = cells
                .iter()
                .map(|cell| {
                    cell.first().map_or_else(String::new, |part| {
                        part.text.split_whitespace().collect::<Vec<_>>().join(" ")
                    })
                })
                .collect();
            if let Some(first) = first {
                let link_bytes = cells.iter().flatten().map(|part| part.link_bytes).sum();
                self.emit(Part {
                    text: text.join("\t"),
                    kind: BlockKind::TableRow,
                    level: 0,
                    link_bytes,
                    ..first
                });
            }
        } else {
            for part in cells.into_iter().flatten() {
                self.emit(part);
            }
        }
        self.tables.extend(inner);
    }
}
