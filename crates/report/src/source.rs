//! Where reports come from: a file, standard input, an address.

use std::{fs::File, io::Read};

use daylight_model::{Document, Limits, MediaType, Timestamp, derived_id};
use sha2::{Digest, Sha256};

use crate::{
    Error, decode, docx, fetch, furniture, html, mine,
    page::Page,
    pdf,
    sniff::{self, Kind},
    text,
};

/// How a report is read.
#[derive(Debug, Clone)]
pub struct Options {
    /// How much is read before that is an error.
    pub limits: Limits,
    /// Fetch pages from private, loopback and other special addresses too.
    pub allow_private: bool,
    /// The one host that may be private even so: who follows a source inside the house does not
    /// thereby let its redirects reach everything else there.
    pub allowed_host: Option<String>,
    /// How long fetching a page may take in all.
    pub timeout_seconds: u64,
    /// How many redirects are followed.
    pub redirects_max: u32,
    /// The time now: dates of publication that lie after it are not believed.
    pub now: Option<Timestamp>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            allow_private: false,
            allowed_host: None,
            timeout_seconds: 30,
            redirects_max: 5,
            now: None,
        }
    }
}

/// Reads a report from a path, from standard input (`-`) or from an `http(s)://` address.
///
/// # Errors
///
/// Where there is no such report, where it is too large, empty, damaged or of a kind that
/// Daylight does not read, and where an address may not or cannot be fetched.
pub fn read(source: &str, options: &Options) -> Result<Document, Error> {
    let scheme = source.get(..8).unwrap_or(source).to_lowercase();
    if scheme.starts_with("http://") || scheme.starts_with("https://") {
        return read_fetched(source, &fetch::fetch(source, options)?, options);
    }
    let bytes = if source == "-" {
        bounded(source, &mut std::io::stdin().lock(), options)?
    } else {
        let mut file = open(source)?;
        bounded(source, &mut file, options)?
    };
    read_bytes(source, &bytes, options)
}

/// Reads a report from a page that was fetched from an address.
///
/// # Errors
///
/// As for [`read`].
pub fn read_fetched(
    source: &str,
    fetched: &fetch::Fetched,
    options: &Options,
) -> Result<Document, Error> {
    let charset = fetched.charset.as_deref();
    let mut document = document(source, &fetched.bytes, charset, options)?;
    // A page may say where it belongs only on its own host: it is no version of what somebody
    // else wrote.
    let own = document.url.as_deref().and_then(host);
    if own.is_none() || own != host(&fetched.address) {
        document.url = Some(fetched.address.clone());
    }
    Ok(document)
}

/// The host of an address.
fn host(address: &str) -> Option<String> {
    let uri: ureq::http::Uri = address.parse().ok()?;
    Some(uri.host()?.to_ascii_lowercase())
}

/// Reads a report from bytes; its kind is recognised by its content.
///
/// # Errors
///
/// As for [`read`].
pub fn read_bytes(source: &str, bytes: &[u8], options: &Options) -> Result<Document, Error> {
    document(source, bytes, None, options)
}

fn open(path: &str) -> Result<File, Error> {
    let unreadable = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => Error::Missing {
            path: path.to_owned(),
        },
        _ => Error::Unreadable {
            path: path.to_owned(),
            source,
        },
    };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
    }
    Ok(file)
}

/// Reads to the end, or to the limit.
pub(crate) fn bounded(
    path: &str,
    reader: &mut dyn Read,
    options: &Options,
) -> Result<Vec<u8>, Error> {
    let bytes_max = options.limits.report_bytes_max;
    let mut bytes = Vec::new();
    reader
        .take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|source| Error::Unreadable {
            path: path.to_owned(),
            source,
        })?;
    check_size(path, &bytes, options)?;
    Ok(bytes)
}

fn check_size(path: &str, bytes: &[u8], options: &Options) -> Result<(), Error> {
    let bytes_max = options.limits.report_bytes_max;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= bytes_max) {
        return Ok(());
    }
    Err(Error::TooLarge {
        path: path.to_owned(),
        bytes_max,
    })
}

fn document(
    source: &str,
    bytes: &[u8],
    charset: Option<&str>,
    options: &Options,
) -> Result<Document, Error> {
    check_size(source, bytes, options)?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::Empty {
            path: source.to_owned(),
        });
    }
    let (media, mut page) = page(source, bytes, charset, options)?;
    mine::mine(&mut page, options.now);
    furniture::mark(&mut page);
    if page.blocks.is_empty() {
        return Err(Error::NoText {
            path: source.to_owned(),
        });
    }
    let sha256: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (published, published_as_written) = page.metadata.published.unzip();
    Ok(Document {
        id: derived_id("report", &[&sha256]),
        source: source.to_owned(),
        sha256,
        media,
        title: page.metadata.title,
        published,
        published_as_written,
        publisher: page.metadata.publisher,
        authors: page.metadata.authors,
        originator: page.metadata.originator,
        url: page.metadata.url,
        tlp: page.metadata.tlp,
        text: page.text,
        blocks: page.blocks,
        diagnostics: page.diagnostics,
    })
}

fn page(
    source: &str,
    bytes: &[u8],
    charset: Option<&str>,
    options: &Options,
) -> Result<(MediaType, Page), Error> {
    let unsupported = |foreign: sniff::Foreign| Error::Unsupported {
        path: source.to_owned(),
        found: foreign.found.to_owned(),
        hint: foreign.hint,
    };
    match sniff::by_magic(bytes).transpose().map_err(unsupported)? {
        Some(Kind::Pdf) => return Ok((MediaType::Pdf, pdf::read(source, bytes, options)?)),
        Some(Kind::Docx) => return Ok((MediaType::Docx, docx::read(source, bytes, options)?)),
        _ => {}
    }
    let decoded = decode::decode(bytes, charset);
    let (media, mut page) = match sniff::by_text(&decoded.text).map_err(unsupported)? {
        Kind::Html => (MediaType::Html, html::read(&decoded.text)),
        _ => (MediaType::Text, text::read(decoded.text)),
    };
    if let Some(offset) = decoded.broken_at {
        page.diagnostics.push(daylight_model::Diagnostic {
            path: source.to_owned(),
            offset: Some(offset),
            message: format!(
                "some bytes are not {}; they are shown as U+FFFD",
                decoded.encoding
            ),
        });
    }
    Ok((media, page))
}
