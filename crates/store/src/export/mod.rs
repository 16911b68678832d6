//! What the store holds, for others: no further than its markings allow.

mod csv;
mod misp;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Write;

use daylight_model::{Timestamp, random_looking};
use serde::Serialize;
use serde_json::json;

use crate::keys::key_of;
use crate::levels::{Levels, each};
use crate::records::Kept;
use crate::{Error, Object, Store, Tlp, made};

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A STIX bundle: every object byte for byte.
    Stix,
    /// MISP events: those that came as such whole, and one of all other indicators.
    Misp,
    /// A row for each object, for spreadsheets.
    Csv,
}

/// What to export.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// How far it is to go: what is marked more strictly is held back, and so is what refers
    /// to that.
    pub max_tlp: Tlp,
    /// Only objects of these types; all where empty.
    pub kinds: Vec<String>,
    /// Only what this import brought.
    pub import: Option<i64>,
    /// Also versions that a later one has replaced.
    pub all_versions: bool,
    /// The time, as it is to stand in the export.
    pub at: Timestamp,
}

/// What was exported, and what not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// Objects (or rows, or events and attributes) written.
    pub written: u64,
    /// Objects held back because of their markings.
    pub held_back: u64,
    /// … for each of these reasons.
    pub held_back_reasons: BTreeMap<String, u64>,
    /// Objects that the form has no place for, by type.
    pub left_out: BTreeMap<String, u64>,
}

/// Writes what may be passed on.
///
/// # Errors
/// What the store or the writer says.
pub fn export(
    store: &dyn Store,
    format: Format,
    options: &ExportOptions,
    out: &mut dyn Write,
) -> Result<ExportReport, Error> {
    let selection = Selection::new(store, options)?;
    match format {
        Format::Stix => stix(&selection, out),
        Format::Misp => misp::write(&selection, out),
        Format::Csv => csv::write(&selection, out),
    }
}

/// What is to be exported.
struct Selection<'a> {
    store: &'a dyn Store,
    options: &'a ExportOptions,
    levels: Levels,
    held: HashSet<i64>,
}

impl<'a> Selection<'a> {
    fn new(store: &'a dyn Store, options: &'a ExportOptions) -> Result<Self, Error> {
        let levels = Levels::of(store)?;
        let counts = |kept: &Kept, _: &Object| counts(store, options, kept);
        let held = levels.held(store, options.max_tlp, &counts)?;
        Ok(Self {
            store,
            options,
            levels,
            held,
        })
    }

    /// Goes through the objects that are wanted and may go; notes those that may not.
    fn each(
        &self,
        report: &mut ExportReport,
        visit: &mut dyn FnMut(&Kept, &Object, &mut ExportReport) -> Result<(), Error>,
    ) -> Result<(), Error> {
        each(self.store, &mut |kept, object| {
            let of_kind =
                self.options.kinds.is_empty() || self.options.kinds.contains(&object.kind);
            let of_import = self
                .options
                .import
                .is_none_or(|import| import == kept.import);
            if !of_kind || !of_import || !counts(self.store, self.options, kept)? {
                return Ok(());
            }
            if self.held.contains(&key_of(&kept.id)) {
                report.held_back += 1;
                *report
                    .held_back_reasons
                    .entry(self.why_held(kept, object))
                    .or_default() += 1;
                return Ok(());
            }
            visit(kept, object, report)
        })
    }

    fn why_held(&self, kept: &Kept, object: &Object) -> String {
        match self.levels.own(kept, object) {
            None if Tlp::UNMARKED > self.options.max_tlp => {
                format!("unmarked, which counts as {}", Tlp::UNMARKED)
            }
            Some(level) if level > self.options.max_tlp => format!("marked {level}"),
            _ => "refers to something held back".to_owned(),
        }
    }
}

/// Whether this version of an object is one to look at: the one that holds, or any.
fn counts(store: &dyn Store, options: &ExportOptions, kept: &Kept) -> Result<bool, Error> {
    Ok(options.all_versions || store.object(&kept.id)?.is_none_or(|it| it.row == kept.row))
}

fn stix(selection: &Selection<'_>, out: &mut dyn Write) -> Result<ExportReport, Error> {
    let mut report = ExportReport::default();
    let mut markings: BTreeSet<Tlp> = BTreeSet::new();
    let mut there: HashSet<String> = HashSet::new();
    writeln!(
        out,
        "{{\"type\":\"bundle\",\"id\":\"{}\",\"objects\":[",
        bundle_id(selection.options)
    )?;
    selection.each(&mut report, &mut |kept, object, report| {
        for id in &object.markings {
            // Markings of TLP 1.0 are part of STIX and need not be explained.
            markings.extend(Tlp::of_marking(id).filter(|level| level.marking_id() == id));
        }
        if object.kind == "marking-definition" {
            there.insert(kept.id.clone());
        }
        let comma = if report.written == 0 { "" } else { ",\n" };
        report.written += 1;
        Ok(write!(out, "{comma}{}", kept.body)?)
    })?;
    for level in markings {
        if !there.contains(level.marking_id()) {
            let comma = if report.written == 0 { "" } else { ",\n" };
            report.written += 1;
            write!(out, "{comma}{}", marking(level))?;
        }
    }
    writeln!(out, "\n]}}")?;
    Ok(report)
}

/// The marking that OASIS publishes for a level of TLP 2.0.
fn marking(level: Tlp) -> serde_json::Value {
    let word = level.label().trim_start_matches("TLP:").to_lowercase();
    json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": level.marking_id(),
        "created": "2022-10-01T00:00:00.000Z",
        "name": level.label(),
        "extensions": {
            "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":
                { "extension_type": "property-extension", "tlp_2_0": word },
        },
    })
}

/// The same export at the same time has the same id, in the form of a random one as STIX
/// wants it.
fn bundle_id(options: &ExportOptions) -> String {
    format!("bundle--{}", random_looking(&format!("{options:?}")))
}

/// A point in time as exports write it.
fn now(options: &ExportOptions) -> String {
    made::moment(options.at)
}
