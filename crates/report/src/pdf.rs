//! PDF: glyphs with their places from a library, lines and paragraphs by their geometry.
//!
//! The library decodes fonts and walks content streams; the order in which a page draws its
//! words is not the order in which they are read, so lines are put together here.

mod layout;
mod lines;
mod weight;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
    time::Duration,
};

use daylight_model::{Diagnostic, Limits};
use pdf_extract::{Dictionary, Document, Object};

use crate::{
    Error, Options,
    page::{Metadata, Page},
};
use lines::{Collector, Line};

/// Stack of the thread that reads: the library follows nested forms by recursion.
const STACK_BYTES: usize = 256 << 20;
/// Longest a PDF may take.
const TIME_MAX: Duration = Duration::from_secs(120);
/// Deepest nesting of drawn forms.
const FORMS_DEPTH_MAX: usize = 32;

/// What the reading thread hands back.
struct Reading {
    pages: Vec<Vec<Line>>,
    metadata: Metadata,
    diagnostics: Vec<Diagnostic>,
}

/// Reads a PDF.
pub(crate) fn read(path: &str, bytes: &[u8], options: &Options) -> Result<Page, Error> {
    let reading = on_own_thread(path, bytes, options)?;
    let mut page = layout::page(&reading.pages);
    page.diagnostics = reading.diagnostics;
    if page.blocks.is_empty() {
        let path = path.to_owned();
        // A page that could not be read is no scanned one.
        return Err(match page.diagnostics.pop() {
            Some(trouble) => Error::Damaged {
                path,
                offset: None,
                expected: "a page with text that can be read",
                found: trouble.message,
            },
            None => Error::NoText { path },
        });
    }
    let found = layout::title(&mut page);
    page.metadata = reading.metadata;
    // The title people see beats the one a template left in the file's properties.
    page.metadata.title = found.or(page.metadata.title.take());
    Ok(page)
}

/// Reads on a thread of its own: a deep stack for honest nesting, and a reader that never
/// comes back is given up instead of waited for.
fn on_own_thread(path: &str, bytes: &[u8], options: &Options) -> Result<Reading, Error> {
    let damaged = |found: String| Error::Damaged {
        path: path.to_owned(),
        offset: None,
        expected: "a PDF that can be read",
        found,
    };
    let (sender, receiver) = mpsc::sync_channel(1);
    let (path_there, bytes_there) = (path.to_owned(), bytes.to_vec());
    let limits = options.limits.clone();
    thread::Builder::new()
        .name("pdf".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // The library panics on PDFs it does not expect; one report must not end the run.
            let read = catch_unwind(AssertUnwindSafe(|| {
                extract(&path_there, &bytes_there, &limits)
            }));
            // Whoever waited has given up if this fails.
            let _ = sender.send(read);
        })
        .map_err(|error| damaged(error.to_string()))?;
    match receiver.recv_timeout(TIME_MAX) {
        Ok(Ok(read)) => read,
        Ok(Err(_)) => Err(damaged("a structure the PDF library gave up on".to_owned())),
        Err(_) => Err(damaged(format!(
            "one that was given up after {} seconds",
            TIME_MAX.as_secs()
        ))),
    }
}

fn extract(path: &str, bytes: &[u8], limits: &Limits) -> Result<Reading, Error> {
    let damaged = |found: String| {
        let whole = bytes
            .get(bytes.len().saturating_sub(2048)..)
            .unwrap_or(bytes)
            .windows(5)
            .any(|window| window == b"%%EOF");
        let offset = (!whole).then(|| u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let found = if whole {
            found
        } else {
            format!("the end of the file ({found})")
        };
        Error::Damaged {
            path: path.to_owned(),
            offset,
            expected: "a complete PDF",
            found,
        }
    };
    let heavy = |offset: Option<u64>, found: String| Error::Damaged {
        path: path.to_owned(),
        offset,
        expected: "a PDF that unpacks to no more than is safe to read",
        found,
    };
    let too_heavy = |stream: weight::TooHeavy| {
        let (number, bytes_max) = (stream.object.0, stream.bytes_max);
        heavy(
            None,
            format!("object {number}, which takes the whole past {bytes_max} bytes"),
        )
    };
    let bytes_max = limits.report_bytes_max;
    if let Some(offset) = weight::heavy_stream(bytes, bytes_max) {
        return Err(heavy(
            Some(offset),
            "a stream that unpacks to far more".to_owned(),
        ));
    }
    let loaded = weight::load(bytes, bytes_max).map_err(too_heavy)?;
    let mut document = loaded.map_err(|error| match error {
        pdf_extract::Error::InvalidPassword | pdf_extract::Error::Decryption(_) => {
            Error::Encrypted {
                path: path.to_owned(),
            }
        }
        other => damaged(other.to_string()),
    })?;
    if document.is_encrypted() {
        return Err(Error::Encrypted {
            path: path.to_owned(),
        });
    }
    let mut reading = Reading {
        pages: Vec::new(),
        metadata: properties(&document),
        diagnostics: Vec::new(),
    };
    let weights = weight::weigh(&mut document, bytes_max).map_err(too_heavy)?;
    let pages: Vec<_> = document
        .get_pages()
        .into_iter()
        .take(limits.files_max)
        .collect();
    if pages.is_empty() && document.trailer.has(b"Encrypt") {
        return Err(Error::Encrypted {
            path: path.to_owned(),
        });
    }
    if pages.is_empty() {
        return Err(damaged("no pages".to_owned()));
    }
    if forms_loop(&document) {
        return Err(damaged("forms that draw themselves".to_owned()));
    }
    for (number, id) in pages {
        if weight::page_is_heavy(&document, id, &weights, bytes_max) {
            reading.diagnostics.push(Diagnostic {
                path: path.to_owned(),
                offset: None,
                message: format!(
                    "page {number}, which is left out: what draws it unpacks to too much"
                ),
            });
            reading.pages.push(Vec::new());
            continue;
        }
        let mut collector = Collector::default();
        // One page that breaks the library leaves the others readable.
        let drawn = catch_unwind(AssertUnwindSafe(|| {
            pdf_extract::output_doc_page(&document, &mut collector, number)
        }));
        let trouble = match drawn {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(format!("page {number} can be read only in part: {error}")),
            Err(_) => Some(format!(
                "page {number} can be read only in part: the PDF library gave up on it"
            )),
        };
        reading
            .diagnostics
            .extend(trouble.map(|message| Diagnostic {
                path: path.to_owned(),
                offset: None,
                message,
            }));
        reading.pages.push(collector.lines());
    }
    Ok(reading)
}

/// Title and date from the file's properties.
fn properties(document: &Document) -> Metadata {
    let information = document
        .trailer
        .get(b"Info")
        .ok()
        .and_then(|object| match object {
            Object::Reference(id) => document.get_dictionary(*id).ok(),
            Object::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        });
    let text = |key: &[u8]| -> Option<String> {
        let text = pdf_extract::decode_text_string(information?.get(key).ok()?).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let file_name = |title: &String| {
        title.contains(".doc") || title.contains(".pdf") || title.starts_with("Microsoft Word")
    };
    Metadata {
        title: text(b"Title").filter(|title| !file_name(title)),
        ..Metadata::default()
    }
}

/// Whether drawing a form could lead back to it, or too deep: the library would follow.
fn forms_loop(document: &Document) -> bool {
    let forms = |dictionary: &Dictionary| -> Vec<pdf_extract::ObjectId> {
        let resolve = |object: &Object| {
            document
                .dereference(object)
                .ok()
                .and_then(|(_, object)| object.as_dict().ok().cloned())
        };
        let drawn = dictionary
            .get(b"Resources")
            .ok()
            .and_then(resolve)
            .and_then(|resources| resolve(resources.get(b"XObject").ok()?));
        drawn
            .map(|drawn| {
                drawn
                    .iter()
                    .filter_map(|(_, object)| object.as_reference().ok())
                    .collect()
            })
            .unwrap_or_default()
    };
    // Depth of every form by repeated relaxation; a loop never settles.
    let mut depth = std::collections::HashMap::new();
    let streams: Vec<_> = document
        .objects
        .iter()
        .filter_map(|(id, object)| Some((*id, &object.as_stream().ok()?.dict)))
        .filter(|(_, dictionary)| {
            dictionary
                .get(b"Subtype")
                .and_then(Object::as_name)
                .is_ok_and(|name| name == b"Form")
        })
        .map(|(id, dictionary)| (id, forms(dictionary), dictionary.has(b"Resources")))
        .collect();
    // A form without resources draws with those of the page around it, itself included.
    let borrows = streams.iter().filter(|(_, _, own)| !own).any(|(id, _, _)| {
        let content = document
            .get_object(*id)
            .and_then(Object::as_stream)
            .ok()
            .and_then(|stream| stream.decompressed_content().ok());
        content.is_some_and(|content| content.windows(3).any(|window| window == b" Do"))
    });
    for round in 0..=FORMS_DEPTH_MAX {
        let mut changed = false;
        for (id, inner, _) in &streams {
            let deepest = inner
                .iter()
                .filter_map(|inner| depth.get(inner))
                .max()
                .copied()
                .unwrap_or(0_usize);
            changed |= depth.insert(*id, deepest + 1) != Some(deepest + 1);
        }
        if !changed {
            break;
        }
        if round == FORMS_DEPTH_MAX {
            return true;
        }
    }
    borrows
}
