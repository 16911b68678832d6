//! What the bytes are, by their content; names are never believed.

use std::io::Cursor;

/// What a reader exists for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Html,
    Pdf,
    Docx,
}

/// What the bytes look like where no reader exists for them, and what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Foreign {
    pub(crate) found: &'static str,
    pub(crate) hint: &'static str,
}

const EVIDENCE: &str = "this is evidence, not a report: hand it over as evidence";
const UNPACK: &str = "unpack it and read the report inside";
const PICTURE: &str = "run text recognition over it and read the text";
const CONVERT: &str = "save it as PDF, DOCX, HTML or text and read that";
const ANYTHING: &str = "reports are read as text, HTML, PDF or DOCX";

/// First bytes, what they belong to, and what to do.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"ElfFile\0", "a Windows event log (EVTX)", EVIDENCE),
    (b"regf", "a Windows registry hive", EVIDENCE),
    (b"\xd4\xc3\xb2\xa1", "a network capture (pcap)", EVIDENCE),
    (b"\xa1\xb2\xc3\xd4", "a network capture (pcap)", EVIDENCE),
    (b"\x0a\x0d\x0d\x0a", "a network capture (pcapng)", EVIDENCE),
    (b"SQLite format 3\0", "an SQLite database", EVIDENCE),
    (
        b"MZ",
        "a Windows program",
        "a program is not a report; never run it",
    ),
    (
        b"\x7fELF",
        "a Linux program",
        "a program is not a report; never run it",
    ),
    (b"\x89PNG", "a PNG picture", PICTURE),
    (b"\xff\xd8\xff", "a JPEG picture", PICTURE),
    (b"GIF8", "a GIF picture", PICTURE),
    (b"II*\0", "a TIFF picture", PICTURE),
    (b"MM\0*", "a TIFF picture", PICTURE),
    (b"\x1f\x8b", "gzip", UNPACK),
    (b"BZh", "bzip2", UNPACK),
    (b"\xfd7zXZ\0", "xz", UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"PK\x05\x06", "an empty zip archive", UNPACK),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office or Outlook file",
        CONVERT,
    ),
    (b"{\\rtf", "RTF", CONVERT),
    (b"%!PS", "PostScript", CONVERT),
];

/// Recognises bytes by their beginning, without decoding them.
pub(crate) fn by_magic(bytes: &[u8]) -> Option<Result<Kind, Foreign>> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Some(Ok(Kind::Pdf));
    }
    if head.starts_with(b"PK\x03\x04") {
        return Some(zip_kind(bytes));
    }
    // Two letters are too few to tell a program from a text that begins with them.
    let is_text = |magic: &[u8]| magic == b"MZ" && !head.contains(&0);
    MAGIC
        .iter()
        .find(|(magic, _, _)| head.starts_with(magic) && !is_text(magic))
        .map(|&(_, found, hint)| Err(Foreign { found, hint }))
}

fn zip_kind(bytes: &[u8]) -> Result<Kind, Foreign> {
    let foreign = |found, hint| Err(Foreign { found, hint });
    let Ok(archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return foreign(
            "a zip archive that is cut short or damaged",
            "fetch the file again",
        );
    };
    let has = |start: &str| {
        archive
            .file_names()
            .flatten()
            .any(|name| name.starts_with(start))
    };
    if has("word/document") {
        Ok(Kind::Docx)
    } else if has("xl/workbook") {
        foreign("a spreadsheet (XLSX)", CONVERT)
    } else if has("ppt/presentation") {
        foreign("a presentation (PPTX)", CONVERT)
    } else if has("META-INF/manifest.xml") && has("content.xml") {
        foreign("an OpenDocument file", CONVERT)
    } else if has("META-INF/container.xml") {
        foreign("an e-book (EPUB)", CONVERT)
    } else {
        foreign("a zip archive", UNPACK)
    }
}

/// Recognises decoded text by its beginning.
pub(crate) fn by_text(text: &str) -> Result<Kind, Foreign> {
    let head: String = text
        .trim_start()
        .chars()
        .take(2048)
        .collect::<String>()
        .to_lowercase();
    let control =
        |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}');
    if head.chars().filter(control).count() * 20 > head.chars().count() {
        return Err(Foreign {
            found: "binary data of no known kind",
            hint: ANYTHING,
        });
    }
    if head.starts_with('{') {
        return json_kind(&head);
    }
    if !head.starts_with('<') {
        return Ok(Kind::Text);
    }
    let has = |needle: &str| head.contains(needle);
    if has("<rss") || has("<feed") || has("<rdf:rdf") {
        return Err(Foreign {
            found: "a feed (RSS or Atom)",
            hint: "this is a feed, a list of stories: read one of the pages it links to",
        });
    }
    let tags = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<meta",
        "<div",
        "<p>",
        "<p ",
        "<h1",
        "<h2",
        "<article",
        "<main",
        "<section",
        "<table",
        "<span",
        "<ul",
        "<ol",
        "<a ",
        "<br",
        "<script",
        "<style",
    ];
    Ok(if tags.iter().any(|tag| has(tag)) {
        Kind::Html
    } else {
        Kind::Text
    })
}

fn json_kind(head: &str) -> Result<Kind, Foreign> {
    let compact: String = head.split_whitespace().collect();
    if compact.contains("\"type\":\"bundle\"") || compact.contains("\"spec_version\":\"2") {
        return Err(Foreign {
            found: "a STIX bundle",
            hint: "this is knowledge in STIX, not a report in words: read the report it came from",
        });
    }
    if compact.starts_with("{\"event\":{") && compact.contains("\"attribute\"")
        || compact.contains("\"orgc\"")
    {
        return Err(Foreign {
            found: "a MISP event",
            hint: "this is a MISP event, not a report in words: read the report it came from",
        });
    }
    Ok(Kind::Text)
}
