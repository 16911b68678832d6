//! Background facts, and what the words of a report may refer to among them.
//!
//! [`Knowledge`] holds what is known before any report is read: ATT&CK's techniques, groups,
//! software and campaigns, CISA's list of exploited flaws, MISP's actors and ransomware, and
//! our own curated [`Operation`]s and [`Product`]s. [`Knowledge::link`] turns "a hack of
//! Microsoft Exchange email server software earlier this year" into candidates, each with
//! its reasons. A link is Daylight's own claim and never states who did it: a group is a
//! candidate only where somebody else links it, and the reason says who.
//!
//! ```
//! use daylight_knowledge::Knowledge;
//!
//! let knowledge = Knowledge::embedded();
//! let flaw = knowledge.vulnerability("CVE-2021-26855").expect("on CISA's list");
//! assert_eq!((flaw.vendor.as_str(), flaw.ransomware), ("Microsoft", true));
//!
//! // Several groups are linked to it: the flaw alone says nothing about who used it.
//! let linked: Vec<_> = knowledge.groups_linked_to("CVE-2021-26855").collect();
//! assert!(linked.len() > 1);
//! assert!(linked.iter().all(|(_, link)| !link.by.is_empty()));
//! ```
//!
//! The pack in `data/` is made by `cargo xtask knowledge`. Facts that were published since are read
//! by [`Published`], compared by [`Knowledge::update`] and used by [`Knowledge::from_update`].

mod background;
pub mod build;
mod curated;
mod error;
mod facts;
mod index;
mod link;
mod names;
mod pack;
mod pattern;
mod phrases;
mod published;
mod sources;
mod update;

pub use curated::{
    Attribution, Case, GroupLink, KevMatch, Operation, OperationKind, Product, Scale, Window,
};
pub use error::KnowledgeError;
pub use facts::{
    Actor, Campaign, FactKind, FactSource, Group, Ransomware, Software, Technique, Vulnerability,
};
pub use names::Name;
pub use pack::Knowledge;
pub use pattern::{Hypothesis, Pattern, Shared, Trial};
pub use published::Published;
pub use update::{Changes, Entry, Taken, Update};
