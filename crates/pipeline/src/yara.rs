//! YARA rules over what files hold: which files, how much of them, and what a match says.

use std::sync::Arc;

use daylight_hunt::{RuleProblem, observed};
use daylight_model::{Event, Finding, MatchedField, Rule};
use daylight_yara::{EMBEDDED_ORIGIN, Match, Rules, Scanner, Wanted};

use crate::{Error, HuntOptions};

/// Files packed as a whole, and archives read as a stream: what is in them is looked at by itself.
const PACKED: [&str; 5] = ["gzip", "bzip2", "xz", "zstd", "tar"];
/// Kinds of files that a page of a web server may be taken for. Logs that hold what pages were
/// sent are no pages.
const PAGES: [&str; 3] = ["text", "csv", "unknown"];
/// Pages larger than this are not looked at with Daylight's own rules.
const PAGE_BYTES_MAX: usize = 1 << 20;
/// What a finding tells of the file besides where it lies.
const TOLD: [&str; 2] = ["OriginalPath", "Modified"];

/// The YARA rules that the options ask for, and what of them cannot be used.
///
/// # Errors
///
/// Where they cannot be read or compiled, and always where this build has no YARA.
pub fn yara_rules(options: &HuntOptions) -> Result<(Vec<Arc<Rule>>, Vec<RuleProblem>), Error> {
    let yara = Yara::load(options)?;
    Ok((yara.rules().to_vec(), yara.problems()))
}

/// Compiled rules, and how much of files they look at.
pub(crate) struct Yara {
    rules: Arc<Rules>,
    /// Whether there are others than Daylight's own.
    are_given: bool,
    content_bytes_max: usize,
}

impl Yara {
    pub(crate) fn load(options: &HuntOptions) -> Result<Self, Error> {
        let rules = daylight_yara::compile(Wanted {
            embedded: !options.only_given_rules,
            paths: options.yara_paths.clone(),
            limits: options.limits.clone(),
            ..Wanted::default()
        })?;
        Ok(Self {
            rules,
            are_given: !options.yara_paths.is_empty(),
            content_bytes_max: options.limits.content_bytes_max,
        })
    }

    pub(crate) fn rules(&self) -> &[Arc<Rule>] {
        self.rules.rules()
    }

    pub(crate) fn problems(&self) -> Vec<RuleProblem> {
        let problems = self.rules.problems().iter().cloned();
        problems
            .map(|it| RuleProblem::new(it.path, it.line, it.reason))
            .collect()
    }

    pub(crate) fn fingerprint(&self) -> u64 {
        self.rules.fingerprint()
    }

    pub(crate) fn contents(&self) -> Contents<'_> {
        Contents {
            yara: self,
            scanner: self.rules.scanner(),
        }
    }
}

/// Looks at what files hold; one for each thread.
pub(crate) struct Contents<'r> {
    yara: &'r Yara,
    scanner: Scanner,
}

impl Contents<'_> {
    /// How much of a file of this kind is to be looked at.
    pub(crate) fn bytes_max(&self, kind: &str) -> usize {
        let yara = self.yara;
        if yara.rules().is_empty() || PACKED.contains(&kind) {
            0
        } else if yara.are_given {
            yara.content_bytes_max
        } else if PAGES.contains(&kind) {
            PAGE_BYTES_MAX.min(yara.content_bytes_max)
        } else {
            0
        }
    }

    /// Adds what is found in a file, and gives what is to be told of it besides.
    pub(crate) fn look(
        &mut self,
        listing: &Event<'_>,
        kind: &str,
        bytes: Vec<u8>,
        found: &mut Vec<Finding>,
    ) -> Vec<String> {
        let mut told = Vec::new();
        let path = text(listing, "OriginalPath").or_else(|| text(listing, "TargetFilename"));
        let looked_at = bytes.len();
        match self.scanner.scan(&path.unwrap_or_default(), bytes) {
            Ok(matches) => {
                let is_page = PAGES.contains(&kind);
                let counting = matches
                    .into_iter()
                    .filter(|it| is_page || it.rule.origin != EMBEDDED_ORIGIN);
                found.extend(counting.map(|it| finding(listing, it)));
            }
            Err(error) => told.push(error.to_string()),
        }
        let size = text(listing, "Size").and_then(|size| size.parse().ok());
        if self.yara.are_given && size.is_some_and(|size: usize| size > looked_at) {
            told.push(format!(
                "YARA rules have looked at no more than the first {looked_at} bytes"
            ));
        }
        told
    }
}

fn text(listing: &Event<'_>, field: &str) -> Option<String> {
    Some(listing.value(field)?.as_text().into_owned())
}

/// A match as a finding in the file as a whole.
fn finding(listing: &Event<'_>, found: Match) -> Finding {
    let mut finding = observed(listing, found.rule);
    finding.offset = found.offset;
    finding.matched = found.matched;
    let told = TOLD.iter().filter_map(|field| {
        Some(MatchedField {
            field: (*field).into(),
            value: text(listing, field)?.into(),
        })
    });
    finding.context.extend(told);
    finding
}
