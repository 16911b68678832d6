//! The dossier as PDF: what `daylight-dossier` outlines, set as pages.
//!
//! All words are drawn as they are; there is no markup that they could be taken for, and nothing
//! is loaded: the fonts come along. Each page has the marking and its number above and below. The
//! PDF is tagged for those who have it read to them and made by PDF/UA-1. The same outline with the
//! same time gives the same bytes.
//!
//! ```
//! use daylight_dossier::Outline;
//! use daylight_model::Outcome;
//!
//! let outline = Outline {
//!     title: "Attacks on mail servers".into(),
//!     made: "Daylight dossier".into(),
//!     marking: Some("TLP:GREEN"),
//!     held_back: None,
//!     outcome: Outcome::NotSeen,
//!     answer: "○ Not seen where it would show".into(),
//!     lines: vec![("Verdict", "Nothing was seen.".into())],
//!     sections: vec![],
//! };
//! let pdf = daylight_pdf::pdf(&outline, "2026-03-02T09:30:00Z".parse().unwrap()).unwrap();
//! assert!(pdf.starts_with(b"%PDF-1.7"));
//! ```

mod colour;
mod fonts;
mod pages;
mod picture;
mod print;
mod set;
mod text;

use daylight_dossier::Outline;
use daylight_model::Timestamp;

use fonts::Fonts;

/// Why no PDF was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A font that comes along cannot be read.
    #[error("the fonts cannot be read")]
    Fonts,
    /// The pages cannot be written.
    #[error("the pages cannot be written: {reason}")]
    Write {
        /// What the writer says.
        reason: String,
    },
}

/// Sets an outline as pages, and gives the bytes of the PDF.
pub fn pdf(outline: &Outline, made: Timestamp) -> Result<Vec<u8>, Error> {
    let fonts = Fonts::load().ok_or(Error::Fonts)?;
    let pages = set::set(outline, &fonts);
    print::print(&pages, outline, &fonts, made)
}
