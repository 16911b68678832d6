//! Knowledge that lasts.
//!
//! A [`Store`] keeps STIX objects in all their versions, byte for byte; documents with their
//! text, their claims and how they were read; hunts with their findings. [`import()`] takes in
//! what others publish and lists what it could not take over; [`export()`] hands on what its
//! markings allow. [`bearers`] says who is called something, and by whom; [`judge`] lets a
//! person say that two are the same, or are not; [`related`] goes along relationships;
//! [`diff_claims`] says what a story claims otherwise than before.
//!
//! Nothing is merged: two that bear one name stay two, two versions of one id stand side by
//! side, and what a person says about them is an object of its own that can be taken back.
//!
//! ```
//! use daylight_model::Timestamp;
//! use daylight_store::{ImportOptions, Location, import, open};
//!
//! let bundle = r#"{"type":"bundle","id":"bundle--1","objects":[
//!     {"type":"malware", "id":"malware--1", "name":"Quiet Heron", "x_own": 1.0}]}"#;
//! let mut store = open(&Location::Memory)?;
//! let options = ImportOptions::new("example", Timestamp::UNIX_EPOCH);
//! import(&mut *store, bundle.as_bytes(), &options, &mut |_| {})?;
//!
//! let found = store.called("quiet-heron")?;
//! assert_eq!(found[0].body, r#"{"type":"malware", "id":"malware--1", "name":"Quiet Heron", "x_own": 1.0}"#);
//! # Ok::<(), daylight_store::Error>(())
//! ```
//!
//! DESIGN.md beside this crate says why it is made as it is.

mod batch;
mod checks;
mod diff;
mod error;
mod export;
mod import;
mod judgement;
mod keys;
mod levels;
mod location;
mod made;
mod names;
mod object;
mod parts;
pub mod pattern;

mod postgres;
mod records;
mod related;
mod sketch;
mod sqlite;
mod store;
mod stories;
mod tlp;
mod value;
mod words;

pub use diff::{Change, ClaimChange, diff_claims};
pub use error::Error;
pub use export::{ExportOptions, ExportReport, Format, export};
pub use import::{ImportOptions, ImportReport, LeftOut, Listed, import, indicators};
pub use judgement::{Judged, Judgement, judge, judgements, ratings};
pub use keys::{Role, fold};
pub use levels::Levels;
pub use location::{Location, open, open_if_there};
pub use made::settle;
pub use names::{Bearer, bearers, is_contested, resolve};
pub use object::Object;
pub use postgres::Address;
pub use records::{
    Added, ClaimQuery, Import, Kept, KeptReading, NewHunt, NewReading, ReadingBody, StoredClaim,
    StoredDocument, StoredHunt, StoredImport, Telling,
};
pub use related::{Neighbourhood, Related, related};
pub use store::Store;
pub use tlp::Tlp;
