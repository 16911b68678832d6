//! What could be seen, crossed with what was to be looked for.
//!
//! The rules say which logs would show a thing; the manifest says which of those were
//! there, and when. A cell that had nothing to show is never called clean.

mod machines;
mod span;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use daylight_model::{
    Coverage, CoverageCell, CoverageRow, Finding, FindingKind, Interval, LogFamily, LogSource,
    Manifest, Outcome, Rule, SubjectKind,
};

use crate::Subject;
use crate::case::is_decisive;
use crate::hosts::Hosts;
use crate::reach::Reach;
use crate::windows::is_outside;
use crate::words;
use span::Seen;

/// Crosses everything the story leads to with the logs that would show it.
///
/// `window` is when the operation ran, where that is known; a subject's own window takes its
/// place for that subject. A finding decides a cell from
/// level *medium* on; lower ones are noted. Without a hit, a cell is *not seen* only where
/// events of the needed kind exist and reach into the window; everything else is *could not
/// see*, with the reason.
#[must_use]
pub fn coverage(
    subjects: &[Subject],
    window: Option<Interval>,
    window_source: Option<String>,
    rules: &[Arc<Rule>],
    findings: &[Finding],
    manifest: &Manifest,
) -> Coverage {
    let evidence = Evidence {
        window,
        findings,
        manifest,
        hosts: Hosts::of(findings, Some(manifest)),
    };
    let mut needs = BTreeSet::new();
    let rows: Vec<CoverageRow> = subjects
        .iter()
        .map(|subject| evidence.row(subject, rules, &mut needs))
        .collect();
    let machines = machines::machines(&rows, &needs, &evidence);
    Coverage {
        window,
        window_source,
        rows,
        machines,
    }
}

/// How a rule relates to a thing to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Service {
    Exact,
    /// The rule is for the technique this one is a part of.
    ByParent,
    /// The rule is for a part of this technique.
    ByPart,
}

impl Service {
    /// Whether a match shows the thing itself. That of a rule for the whole does not say
    /// which part was met, and its silence excludes none.
    fn decides(self) -> bool {
        self != Self::ByParent
    }
}

/// What one thing to look for has to be compared with.
struct Evidence<'a> {
    window: Option<Interval>,
    findings: &'a [Finding],
    manifest: &'a Manifest,
    hosts: Hosts,
}

/// The note of a row for which nothing was looked for.
pub(crate) const NO_RULE: &str = "No rule here looks for it.";

/// The events a cell is about.
type Need = LogSource;

impl Evidence<'_> {
    /// The row of a subject; what it needs is added to `all_needs`.
    fn row(
        &self,
        subject: &Subject,
        rules: &[Arc<Rule>],
        all_needs: &mut BTreeSet<Need>,
    ) -> CoverageRow {
        let serving: Vec<(&Rule, Service)> = rules
            .iter()
            .filter_map(|rule| Some((rule.as_ref(), service(rule, subject)?)))
            .collect();
        let window = subject.window.or(self.window);
        let findings = self.findings_for(subject, Service::decides);
        let needs = self.needs(subject, &serving, &findings);
        let cells: Vec<CoverageCell> = needs
            .iter()
            .map(|need| self.cell(need, &findings, window))
            .collect();
        all_needs.extend(needs);
        let has = |outcome| {
            cells
                .iter()
                .any(|cell: &CoverageCell| cell.outcome == outcome)
        };
        let outcome = if has(Outcome::Hit) {
            Outcome::Hit
        } else if has(Outcome::NotSeen) {
            Outcome::NotSeen
        } else {
            Outcome::CouldNotSee
        };
        let mut note = row_note(subject, &serving, cells.is_empty());
        let related = self.findings_for(subject, |service| !service.decides());
        note.push_str(&related_note(subject, &related));
        if !cells.is_empty() {
            note.push_str(&window_note(subject));
        }
        CoverageRow {
            kind: subject.kind,
            id: subject.id.clone(),
            name: subject.name.clone(),
            why: subject.why.clone(),
            outcome,
            window: subject.window,
            note: note.trim_start().into(),
            cells,
        }
    }

    fn findings_for(&self, subject: &Subject, counts: fn(Service) -> bool) -> Vec<&Finding> {
        // Many findings share a rule: ask each rule once. Reports may share an indicator.
        let mut answers: HashMap<(&str, &str), bool> = HashMap::new();
        self.findings
            .iter()
            .filter(|finding| {
                *answers
                    .entry((&finding.rule.id, &finding.rule.origin))
                    .or_insert_with(|| service(&finding.rule, subject).is_some_and(counts))
            })
            .collect()
    }

    /// The kinds of events to account for, in the order of the log families.
    fn needs(
        &self,
        subject: &Subject,
        serving: &[(&Rule, Service)],
        findings: &[&Finding],
    ) -> BTreeSet<Need> {
        let mut needs: BTreeSet<Need> = BTreeSet::new();
        if subject.kind == SubjectKind::Indicators {
            // An address or a hash may stand in any log: every family that was read counts.
            needs.extend(self.families_read().map(any_of));
        } else {
            let deciding = serving.iter().filter(|(_, service)| service.decides());
            for source in deciding.flat_map(|(rule, _)| &rule.log_sources) {
                let mut source = source.clone();
                if !has_providers(source.family) && !source.event_ids.is_empty() {
                    source.provider = None;
                }
                source.event_ids.sort_unstable();
                source.event_ids.dedup();
                needs.insert(source);
            }
        }
        // A finding is evidence that its log can show the thing, whatever the rule said.
        for finding in findings {
            if !needs.iter().any(|need| found_in(finding, need)) {
                needs.insert(any_of(finding.family));
            }
        }
        needs
    }

    fn families_read(&self) -> impl Iterator<Item = LogFamily> + use<> {
        let statistics = self
            .manifest
            .sources
            .iter()
            .flat_map(|source| &source.statistics);
        let families: BTreeSet<LogFamily> = statistics
            .filter(|statistic| statistic.count > 0 && statistic.family != LogFamily::FileListing)
            .map(|statistic| statistic.family)
            .collect();
        families.into_iter()
    }

    fn cell(&self, need: &Need, findings: &[&Finding], window: Option<Interval>) -> CoverageCell {
        let seen = Seen::collect(self.manifest, need, window, &self.hosts);
        let (decisive, minor): (Vec<&Finding>, Vec<&Finding>) = findings
            .iter()
            .filter(|finding| found_in(finding, need))
            .partition(|finding| is_decisive(finding));
        let mut note = String::new();
        let outcome = if decisive.is_empty() {
            let (outcome, reason) = without_hit(need, &seen, window);
            note.push_str(&reason);
            outcome
        } else {
            note.push_str(&hit_note(&decisive, window, &self.hosts));
            Outcome::Hit
        };
        if !minor.is_empty() {
            let how_many = words::count(minor.len(), "match", "matches");
            note.push_str(&format!(" Besides, {how_many} of a level below medium."));
        }
        if seen.events > 0 {
            note.push_str(&seen.remarks(outcome));
        }
        let mut ids: Vec<String> = decisive
            .iter()
            .chain(&minor)
            .map(|f| f.id.clone())
            .collect();
        ids.dedup();
        CoverageCell {
            family: need.family,
            needs: need_in_words(need),
            events: seen.events,
            covered: seen.covered,
            gaps: seen.gaps,
            outcome,
            note,
            findings: ids,
        }
    }
}

const fn any_of(family: LogFamily) -> Need {
    LogSource {
        family,
        provider: None,
        event_ids: Vec::new(),
    }
}

/// Whether and how a rule looks for a subject.
fn service(rule: &Rule, subject: &Subject) -> Option<Service> {
    match subject.kind {
        SubjectKind::Indicators => (rule.kind == FindingKind::Indicator
            && rule.origin == subject.id)
            .then_some(Service::Exact),
        SubjectKind::Vulnerability => rule
            .vulnerabilities()
            .any(|id| id.eq_ignore_ascii_case(&subject.id))
            .then_some(Service::Exact),
        SubjectKind::Technique => rule
            .techniques()
            .filter_map(|id| technique_service(&id, &subject.id))
            .min(),
        _ => None,
    }
}

fn technique_service(rule: &str, subject: &str) -> Option<Service> {
    let is_part_of = |part: &str, whole: &str| {
        part.split_once('.')
            .is_some_and(|(parent, _)| parent.eq_ignore_ascii_case(whole))
    };
    if rule.eq_ignore_ascii_case(subject) {
        Some(Service::Exact)
    } else if is_part_of(subject, rule) {
        Some(Service::ByParent)
    } else if is_part_of(rule, subject) {
        Some(Service::ByPart)
    } else {
        None
    }
}

/// Whether a finding was made in the events a cell is about.
fn found_in(finding: &Finding, need: &Need) -> bool {
    let provider_fits = match (&need.provider, &finding.provider) {
        (Some(needed), Some(there)) => needed.eq_ignore_ascii_case(there),
        _ => true,
    };
    let id_fits = need.event_ids.is_empty()
        || finding
            .event_id
            .is_none_or(|id| need.event_ids.contains(&id));
    finding.family == need.family && provider_fits && id_fits
}

fn row_note(subject: &Subject, serving: &[(&Rule, Service)], no_cells: bool) -> String {
    let number_of = |service| serving.iter().filter(|(_, of)| *of == service).count();
    let exact = number_of(Service::Exact);
    let by_parent = number_of(Service::ByParent);
    let by_part = number_of(Service::ByPart);
    if subject.kind == SubjectKind::Indicators {
        let note = "No logs were read in which they could stand.";
        return if no_cells { note.into() } else { String::new() };
    }
    if serving.is_empty() {
        return NO_RULE.into();
    }
    if no_cells && exact + by_part > 0 {
        return "Rules look for it, but none says in which logs.".into();
    }
    let parent = parent_of(subject);
    let mut parts = Vec::new();
    if by_parent > 0 {
        let rules = words::count(by_parent, "rule looks", "rules look");
        parts.push(format!(
            "{rules} for {parent} as a whole, of which this is a part"
        ));
    }
    if by_part > 0 {
        let rules = words::count(by_part, "rule looks", "rules look");
        parts.push(format!("{rules} for parts of it only"));
    }
    match (exact, parts.is_empty()) {
        (_, true) => String::new(),
        (0, false) => format!("No rule is for exactly this: {}.", words::list(&parts)),
        (_, false) => format!(
            "Besides the rules for exactly this, {}.",
            words::list(&parts)
        ),
    }
}

fn parent_of(subject: &Subject) -> &str {
    subject.id.split('.').next().unwrap_or_default()
}

/// What was met of the technique that this one is a part of.
fn related_note(subject: &Subject, related: &[&Finding]) -> String {
    let decisive = related.iter().filter(|finding| is_decisive(finding));
    let rules: BTreeSet<&str> = decisive.map(|it| it.rule.id.as_str()).collect();
    if rules.is_empty() {
        return String::new();
    }
    format!(
        " Related: {} for {} matched, which does not say which sub-technique.",
        words::count(rules.len(), "rule", "rules"),
        parent_of(subject)
    )
}

/// When this thing was done, where that is known apart from the rest.
fn window_note(subject: &Subject) -> String {
    let Some(window) = subject.window else {
        return String::new();
    };
    let source = subject.window_source.as_ref();
    let source = source.map(|it| format!(" ({it})")).unwrap_or_default();
    format!(
        " For this, the time of the operation is {}{source}.",
        words::interval(window)
    )
}

/// Whether event ids of a family mean nothing without the provider.
const fn has_providers(family: LogFamily) -> bool {
    matches!(
        family,
        LogFamily::WindowsApplication | LogFamily::WindowsOther
    )
}

/// `Sysmon 11`, `Windows Application (MSExchange Control Panel) 4`, `Exchange HttpProxy`.
fn need_in_words(need: &Need) -> String {
    let place = match need
        .provider
        .as_deref()
        .filter(|_| has_providers(need.family))
    {
        Some(provider) => format!("{} ({provider})", need.family.title()),
        None => need.family.title().to_owned(),
    };
    if need.event_ids.is_empty() {
        return place;
    }
    let ids: Vec<String> = need.event_ids.iter().map(u32::to_string).collect();
    format!("{place} {}", ids.join("/"))
}

fn hit_note(findings: &[&Finding], window: Option<Interval>, hosts: &Hosts) -> String {
    let first = findings
        .iter()
        .min_by_key(|finding| (finding.time.is_none(), finding.time));
    let mut note = words::count(findings.len(), "match", "matches");
    if let Some(first) = first {
        if findings.len() > 1 {
            note.push_str(", the first");
        }
        note.push_str(&format!(" at {}", words::moment_or_unknown(first.time)));
        if let Some(host) = &first.host {
            note.push_str(&format!(" on {}", hosts.name(host)));
        }
    }
    note.push('.');
    let Some(time) = window else { return note };
    let outside = findings
        .iter()
        .filter(|finding| is_outside(finding, window))
        .count();
    if outside > 0 {
        let how_many = if outside == findings.len() {
            "All".into()
        } else {
            words::number(outside as u64)
        };
        note.push_str(&format!(
            " {how_many} of it outside the time of the operation ({}).",
            words::interval(time)
        ));
    }
    note
}

/// What follows from a cell in which nothing decisive matched.
fn without_hit(need: &Need, seen: &Seen, window: Option<Interval>) -> (Outcome, String) {
    let needs = need_in_words(need);
    if need.family == LogFamily::FileListing {
        // The files handed in are not the machine's files: their listing excludes nothing.
        let note = "Only files handed in can be listed; none of them matched, and that says \
                    nothing about the machine's other files.";
        return (Outcome::CouldNotSee, note.into());
    }
    if seen.events == 0 {
        let note = if seen.family_events == 0 {
            format!("No {} logs were read.", need.family.title())
        } else {
            format!(
                "{} logs are there, but not one event of the kind {needs}: such events are not \
                 recorded, or not in what was handed in.",
                need.family.title()
            )
        };
        return (Outcome::CouldNotSee, note);
    }
    let events = format!(
        "{} {}",
        words::number(seen.events),
        if seen.events == 1 { "event" } else { "events" }
    );
    let reach = seen
        .covered
        .map(|covered| format!(" {}", words::reach(covered)))
        .unwrap_or_default();
    let Some(window) = window else {
        let note = format!(
            "Nothing matched in {events}{reach}. When the operation ran is not known, so what \
             is missing cannot be named."
        );
        return (Outcome::NotSeen, note);
    };
    if seen.events_without_time == seen.events {
        let note =
            format!("{events} without a time: whether they cover the operation cannot be told.");
        return (Outcome::CouldNotSee, note);
    }
    if !seen.reaches_window {
        let note = format!(
            "{events} of the kind{reach}, none of them within the time of the operation ({}).",
            words::interval(window)
        );
        return (Outcome::CouldNotSee, note);
    }
    let note = match Reach::of(seen.covered, &seen.gaps, Some(window)) {
        Reach::Whole => {
            format!(
                "Nothing matched in {events}, which reach over the whole time of the operation."
            )
        }
        Reach::Unknown => format!(
            "Nothing matched in {events}{reach}. {}",
            seen.gaps_in_words(window)
        ),
        reached => format!(
            "Nothing matched in {events}{reach}: {} of the operation. {}",
            reached.part(),
            match reached {
                // The hours say it all.
                Reach::Seconds { .. } => String::new(),
                _ => seen.gaps_in_words(window),
            }
        ),
    };
    (Outcome::NotSeen, note.trim_end().into())
}

/// How many things looked for are shown to people; `coverage.json` holds all.
const ROWS_SHOWN_MAX: usize = 150;

/// The rows to show: where there are too many, hits before what was not seen, and that before
/// the dark.
pub(crate) fn most_telling(coverage: &Coverage) -> Vec<&CoverageRow> {
    let mut rows: Vec<&CoverageRow> = coverage.rows.iter().collect();
    if rows.len() > ROWS_SHOWN_MAX {
        rows.sort_by_key(|row| rank(row.outcome));
        rows.truncate(ROWS_SHOWN_MAX);
    }
    rows
}

/// How many rows are shown, where that is not all.
pub(crate) fn rows_not_shown(coverage: &Coverage) -> Option<String> {
    (coverage.rows.len() > ROWS_SHOWN_MAX).then(|| {
        format!(
            "Shown are {ROWS_SHOWN_MAX} of {} things looked for, hits first; coverage.json holds all.",
            words::number(coverage.rows.len() as u64)
        )
    })
}

/// Hits first, then what was looked at, then what was dark.
pub(crate) const fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Hit => 0,
        Outcome::NotSeen => 1,
        Outcome::CouldNotSee => 2,
    }
}
