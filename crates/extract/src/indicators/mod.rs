//! Observables written in a text, fanged or defanged, each with its place and its role.
//!
//! The text is refanged once; one pass over it then offers every run of host characters to
//! hand-written parsers, and one search finds the words that begin identifiers and paths.
//! Spans are mapped back to the original at the end.

mod address;
mod hash;
mod host;
mod identifier;
mod lists;
mod named;
mod path;
mod refang;
mod role;
mod rules;
mod scan;
#[cfg(test)]
mod tests;
mod url;
mod wallet;

use daylight_model::{Indicator, IndicatorKind, IndicatorRole, Span};

use self::role::Roles;
pub use self::rules::rules;

/// What is known about a document before its indicators are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct IndicatorContext<'a> {
    /// Hosts of the publisher and the originator: their links are references.
    pub own_hosts: &'a [String],
}

/// The observables in `text[within]`, in order of place, every occurrence.
///
/// A URL that points at the reported activity is followed by its host as an indicator of its
/// own, so that a hunt finds it in logs that hold hosts alone. A span that does not fit the
/// text yields nothing.
#[must_use]
pub fn indicators(text: &str, within: Span, context: &IndicatorContext<'_>) -> Vec<Indicator> {
    let part = within.of(text);
    let refanged = refang::refang(part);
    let mut found = scan::scan(&refanged);
    if found.is_empty() {
        return Vec::new();
    }
    found.sort_by_key(|one| (one.start, std::cmp::Reverse(one.end)));
    let roles = Roles::new(&refanged, context.own_hosts);
    let mut url_role = IndicatorRole::Reference;
    let mut out = Vec::with_capacity(found.len());
    for one in found {
        let mut role = roles.of(&one);
        if one.is_host_of_url {
            if url_role == IndicatorRole::Reference || roles.is_reference(&one.value) {
                continue;
            }
            role = url_role;
        } else if one.kind == IndicatorKind::Url {
            url_role = role;
        }
        let start = refanged.original_start(one.start);
        let end = refanged.original_end(one.end);
        out.push(Indicator {
            kind: one.kind,
            value: one.value,
            span: Span::new(within.start + start, within.start + end),
            as_written: part.get(start..end).unwrap_or_default().to_owned(),
            defanged: refanged.is_defanged(one.start, one.end),
            role,
        });
    }
    out
}
