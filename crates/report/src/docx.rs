//! DOCX: the parts of the package that hold words, read as a stream of tags.

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use daylight_model::BlockKind;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use zip::{ZipArchive, result::ZipError};

use crate::{
    Error, Options, dates, mine,
    page::{Draft, Metadata, Page, furniture},
    text,
};

/// How often a short line has to return to be a running header.
const RUNNING_COUNT_MIN: usize = 5;

/// A paragraph being read.
#[derive(Debug, Default)]
struct Paragraph {
    text: String,
    style: String,
    numbered: bool,
    /// Letters in bold, and letters in all.
    bold: usize,
    letters: usize,
    /// Largest letters, in half points.
    size: u32,
}

#[derive(Debug, Default)]
struct Walker {
    drafts: Vec<(Draft, u32)>,
    /// Text boxes put paragraphs inside paragraphs.
    open: Vec<Paragraph>,
    /// Cells of the open row of every open table, each with its paragraphs.
    tables: Vec<Vec<Vec<(Draft, u32)>>>,
    run_bold: bool,
    run_size: u32,
    in_text: bool,
    in_run_properties: bool,
    /// Depth inside an element whose text is not shown.
    skipped: usize,
}

/// Reads a DOCX.
pub(crate) fn read(path: &str, bytes: &[u8], options: &Options) -> Result<Page, Error> {
    let mut package = Package {
        path,
        options,
        archive: open(path, bytes)?,
        left: options.limits.report_bytes_max,
    };
    let names = package
        .part("word/styles.xml")?
        .map(|styles| style_names(&styles))
        .unwrap_or_default();
    let Some(body) = package.part("word/document.xml")? else {
        return Err(package.damaged("word/document.xml", "nothing of that name".to_owned()));
    };
    let mut drafts = headers(&mut package)?;
    let content = walk(&body, &names)
        .map_err(|error| package.damaged("well-formed word/document.xml", error.to_string()))?;
    drafts.extend(laid_out(content));
    for name in ["word/footnotes.xml", "word/endnotes.xml"] {
        let notes = package
            .part(name)?
            .and_then(|notes| walk(&notes, &names).ok())
            .unwrap_or_default();
        drafts.extend(notes.into_iter().map(|(draft, _)| draft));
    }
    let properties = package.part("docProps/core.xml")?.unwrap_or_default();
    let mut page = Page::from_drafts(drafts);
    page.metadata = metadata(&page, &properties);
    Ok(page)
}

fn open<'a>(path: &str, bytes: &'a [u8]) -> Result<ZipArchive<Cursor<&'a [u8]>>, Error> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|error| Error::Damaged {
        path: path.to_owned(),
        offset: None,
        expected: "a complete DOCX package",
        found: error.to_string(),
    })
}

/// The parts of the package, within the limits.
struct Package<'a> {
    path: &'a str,
    options: &'a Options,
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl Package<'_> {
    fn damaged(&self, expected: &'static str, found: String) -> Error {
        Error::Damaged {
            path: self.path.to_owned(),
            offset: None,
            expected,
            found,
        }
    }

    /// One part as text; `None` where the package has no such part.
    fn part(&mut self, name: &str) -> Result<Option<String>, Error> {
        let packed = match self.archive.by_name(name) {
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Error::Encrypted {
                    path: self.path.to_owned(),
                });
            }
            other => other,
        };
        let read = packed.map_err(|error| error.to_string()).and_then(|part| {
            let mut bytes = Vec::new();
            part.take(self.left.saturating_add(1))
                .read_to_end(&mut bytes)
                .map_err(|error| error.to_string())?;
            Ok(bytes)
        });
        let bytes =
            read.map_err(|error| self.damaged("parts that unpack", format!("{name}: {error}")))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let Some(left) = self.left.checked_sub(length) else {
            return Err(Error::TooLarge {
                path: self.path.to_owned(),
                bytes_max: self.options.limits.report_bytes_max,
            });
        };
        self.left = left;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// Page headers and footers, each once.
fn headers(package: &mut Package) -> Result<Vec<Draft>, Error> {
    let names: Vec<String> = package
        .archive
        .file_names()
        .flatten()
        .map(|name| name.to_string())
        .collect();
    let mut drafts: Vec<Draft> = Vec::new();
    for name in names
        .iter()
        .filter(|name| name.starts_with("word/header") || name.starts_with("word/footer"))
        .take(20)
    {
        let part = package.part(name)?.unwrap_or_default();
        for (draft, _) in walk(&part, &HashMap::new()).unwrap_or_default() {
            if !drafts.iter().any(|known| known.text == draft.text) {
                drafts.push(Draft {
                    kind: furniture("running header or footer"),
                    ..draft
                });
            }
        }
    }
    Ok(drafts)
}

/// Style ids to the names they had in Word, whatever the language of the ids.
fn style_names(xml: &str) -> HashMap<String, String> {
    let mut names = HashMap::new();
    let mut id = String::new();
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) if tag.local_name().into_inner() == "style" => {
                id = attribute(&tag, "styleId")
            }
            Event::Empty(tag) if tag.local_name().into_inner() == "name" => {
                names.insert(id.clone(), attribute(&tag, "val").to_lowercase());
            }
            _ => {}
        }
    }
    names
}

fn attribute(tag: &BytesStart, name: &str) -> String {
    let found = tag
        .attributes()
        .flatten()
        .find(|found| found.key.local_name().into_inner() == name);
    found
        .map(|found| found.value.into_owned())
        .unwrap_or_default()
}

fn walk(xml: &str, names: &HashMap<String, String>) -> Result<Vec<(Draft, u32)>, quick_xml::Error> {
    let mut walker = Walker::default();
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event()? {
            Event::Eof => break,
            Event::Start(tag) => walker.start(&tag),
            Event::Empty(tag) => walker.empty(&tag),
            Event::End(tag) => walker.end(tag.local_name().into_inner(), names),
            Event::Text(words) if walker.in_text => walker.words(&words.xml10_content()),
            Event::GeneralRef(reference) if walker.in_text => {
                let letter = reference.resolve_char_ref().ok().flatten();
                let named = quick_xml::escape::resolve_predefined_entity(&reference);
                let letter = letter.map(String::from).or(named.map(str::to_owned));
                walker.words(&letter.unwrap_or_default());
            }
            _ => {}
        }
    }
    while let Some(paragraph) = walker.open.pop() {
        walker.close(paragraph, names);
    }
    while !walker.tables.is_empty() {
        walker.end_row();
        walker.tables.pop();
    }
    Ok(walker.drafts)
}

impl Walker {
    fn start(&mut self, tag: &BytesStart) {
        let name = tag.local_name();
        match name.into_inner() {
            // What was deleted, and the second copy of what newer versions draw otherwise.
            "del" | "moveFrom" | "Fallback" => self.skipped += 1,
            "p" => self.open.push(Paragraph::default()),
            "t" => self.in_text = true,
            "r" => (self.run_bold, self.run_size) = (false, 0),
            "rPr" => self.in_run_properties = true,
            "tbl" => self.tables.push(Vec::new()),
            "tc" => {
                if let Some(row) = self.tables.last_mut() {
                    row.push(Vec::new());
                }
            }
            _ => self.empty(tag),
        }
    }

    fn empty(&mut self, tag: &BytesStart) {
        let value = || attribute(tag, "val");
        match tag.local_name().into_inner() {
            "tab" if !self.in_run_properties => self.words("\t"),
            "br" | "cr" => self.words("\n"),
            "noBreakHyphen" => self.words("-"),
            "b" if self.in_run_properties => {
                self.run_bold = !matches!(value().as_str(), "0" | "false")
            }
            "sz" if self.in_run_properties => self.run_size = value().parse().unwrap_or(0),
            "pStyle" => {
                if let Some(paragraph) = self.open.last_mut() {
                    paragraph.style = value();
                }
            }
            "numPr" => {
                if let Some(paragraph) = self.open.last_mut() {
                    paragraph.numbered = true;
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str, names: &HashMap<String, String>) {
        match name {
            "del" | "moveFrom" | "Fallback" => self.skipped = self.skipped.saturating_sub(1),
            "t" => self.in_text = false,
            "rPr" => self.in_run_properties = false,
            "p" => {
                if let Some(paragraph) = self.open.pop() {
                    self.close(paragraph, names);
                }
            }
            "tr" => self.end_row(),
            "tbl" => {
                self.end_row();
                self.tables.pop();
            }
            _ => {}
        }
    }

    fn words(&mut self, words: &str) {
        let Some(paragraph) = self.open.last_mut().filter(|_| self.skipped == 0) else {
            return;
        };
        // A tab stop before the first word only indents it.
        if words == "\t" && paragraph.text.is_empty() {
            return;
        }
        let letters = words.chars().filter(|c| c.is_alphanumeric()).count();
        paragraph.text.push_str(words);
        paragraph.letters += letters;
        paragraph.bold += if self.run_bold { letters } else { 0 };
        if letters > 0 {
            paragraph.size = paragraph.size.max(self.run_size);
        }
    }

    fn close(&mut self, paragraph: Paragraph, names: &HashMap<String, String>) {
        let words = paragraph.text.trim();
        if words.is_empty() {
            return;
        }
        let style = names
            .get(&paragraph.style)
            .cloned()
            .unwrap_or_else(|| paragraph.style.to_lowercase());
        let kind = if style == "title" {
            BlockKind::Title
        } else if style.starts_with("heading")
            || paragraph.bold == paragraph.letters
                && paragraph.letters > 0
                && text::looks_like_heading(words)
        {
            BlockKind::Heading
        } else if paragraph.numbered
            || style.starts_with("list")
            || text::bullet_bytes(words).is_some()
        {
            BlockKind::ListItem
        } else if words.contains('\t') {
            BlockKind::TableRow
        } else if style.contains("code") || style.contains("preformatted") {
            BlockKind::Code
        } else {
            BlockKind::Paragraph
        };
        self.emit((
            Draft {
                text: words.to_owned(),
                kind,
                link: None,
            },
            paragraph.size,
        ));
    }

    fn emit(&mut self, draft: (Draft, u32)) {
        match self.tables.last_mut().and_then(|row| row.last_mut()) {
            Some(cell) => cell.push(draft),
            None => self.drafts.push(draft),
        }
    }

    /// Cells with one paragraph each make a row; others stand for themselves.
    fn end_row(&mut self) {
        let Some(cells) = self.tables.last_mut().map(std::mem::take) else {
            return;
        };
        let inner = self.tables.pop();
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        if filled > 1 && cells.iter().all(|cell| cell.len() <= 1) {
            let words = |cell: &Vec<(Draft, u32)>| {
                cell.first().map_or_else(String::new, |(draft, _)| {
                    draft.text.split_whitespace().collect::<Vec<_>>().join(" ")
                })
            };
            let text = cells.iter().map(words).collect::<Vec<_>>().join("\t");
            if !text.trim().is_empty() {
                self.emit((
                    Draft {
                        text,
                        kind: BlockKind::TableRow,
                        link: None,
                    },
                    0,
                ));
            }
        } else {
            for draft in cells.into_iter().flatten() {
                self.emit(draft);
            }
        }
        self.tables.extend(inner);
    }
}

/// Sets returning lines aside and joins paragraphs that a converter cut at every line.
fn laid_out(drafts: Vec<(Draft, u32)>) -> Vec<Draft> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let shape = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace() && !c.is_ascii_digit())
            .collect::<String>()
    };
    for (draft, _) in drafts.iter().filter(|(draft, _)| draft.text.len() < 120) {
        *seen.entry(shape(&draft.text)).or_default() += 1;
    }
    let body = body_size(&drafts);
    let worded =
        |draft: &Draft| draft.text.split_whitespace().count() >= 3 && draft.text.len() < 250;
    let largest = drafts
        .iter()
        .take(40)
        .filter(|(draft, _)| worded(draft))
        .map(|(_, size)| *size)
        .max()
        .unwrap_or(0);
    let mut titled = drafts
        .iter()
        .any(|(draft, _)| draft.kind == BlockKind::Title);
    let mut result: Vec<Draft> = Vec::new();
    for (index, (mut draft, size)) in drafts.into_iter().enumerate() {
        let shape = shape(&draft.text);
        let returns = seen
            .get(&shape)
            .is_some_and(|count| *count >= RUNNING_COUNT_MIN);
        let plain = matches!(draft.kind, BlockKind::Paragraph | BlockKind::TableRow);
        if returns
            && plain
            && shape.len() > 6
            && draft.text.contains(' ')
            && !draft.text.contains(['.', '=', '$', '{'])
        {
            draft.kind = furniture("running header or footer");
        } else if !titled
            && index < 40
            && size == largest
            && u64::from(size) * 5 > u64::from(body) * 6
            && worded(&draft)
        {
            draft.kind = BlockKind::Title;
            titled = true;
        } else if plain
            && u64::from(size) * 5 > u64::from(body) * 6
            && draft.text.len() < 120
            && !draft.text.ends_with('.')
        {
            draft.kind = BlockKind::Heading;
        }
        result.push(draft);
    }
    result
}

/// The size most letters are set in, in half points.
fn body_size(drafts: &[(Draft, u32)]) -> u32 {
    let mut letters: HashMap<u32, usize> = HashMap::new();
    for (draft, size) in drafts.iter().filter(|(_, size)| *size > 0) {
        *letters.entry(*size).or_default() += draft.text.len();
    }
    letters
        .into_iter()
        .max_by_key(|(size, count)| (*count, *size))
        .map_or(u32::MAX / 8, |(size, _)| size)
}

/// What an office program writes where nobody gave a name.
fn is_placeholder(name: &str) -> bool {
    let name = name.to_lowercase();
    ["user", "admin", "owner", "author"]
        .iter()
        .any(|word| name.contains(word))
}

fn metadata(page: &Page, properties: &str) -> Metadata {
    let value = |name: &str| -> Option<String> {
        let start = properties.find(&format!("<{name}"))?;
        let rest = properties.get(start..)?;
        let inner = rest.get(rest.find('>')? + 1..)?;
        let text = inner.get(..inner.find("</")?)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let own = page
        .blocks
        .iter()
        .find(|block| block.kind == BlockKind::Title)
        .map(|block| block.span.of(&page.text).to_owned());
    let dated = page
        .blocks
        .iter()
        .take(40)
        .any(|block| dates::find(block.span.of(&page.text)).is_some());
    // The file's own date is when somebody began to write; it is better than none.
    let created = value("dcterms:created").filter(|_| !dated);
    Metadata {
        title: own.or_else(|| value("dc:title")),
        published: created.and_then(|written| Some((dates::find(&written)?.at, written))),
        authors: value("dc:creator")
            .filter(|name| !is_placeholder(name))
            .map(|names| mine::split_names(&names))
            .unwrap_or_default(),
        ..Metadata::default()
    }
}
