//! On which machine one could see, and on which not.

use std::collections::BTreeSet;

use daylight_model::{Coverage, Interval, LogFamily, MachineCoverage, MachineLog, Outcome};
use maud::{Markup, html};

use super::coverage::{reached, strip};
use super::{outcome_class, outcome_sign};
use crate::reach::Reach;
use crate::{clean, words};

/// How many machines the page shows; `coverage.json` holds all.
const MACHINES_MAX: usize = 40;

pub(super) fn table(coverage: &Coverage) -> Markup {
    let machines = &coverage.machines;
    let named = machines.iter().filter(|machine| machine.host.is_some());
    if named.count() < 2 {
        return html! {};
    }
    let logs = machines.iter().flat_map(|machine| &machine.logs);
    let missing = machines.iter().flat_map(|machine| &machine.missing);
    let families: BTreeSet<LogFamily> =
        logs.map(|log| log.family).chain(missing.copied()).collect();
    html! {
        h3 { "Machine by machine" }
        p { (summary(machines)) }
        p.legend {
            "What the logs of each machine could show of all that was looked for; machines with hits "
            "first, then those of which least could be seen."
        }
        div.scroll role="region" aria-label="Machines and their logs" tabindex="0" {
            table.heat {
                caption.hidden { "Machines and their logs" }
                thead {
                    tr {
                        th scope="col" { "Machine" }
                        @for family in &families { th scope="col" { (family.title()) } }
                    }
                }
                tbody {
                    @for machine in machines.iter().take(MACHINES_MAX) {
                        tr {
                            th scope="row" { (name(machine)) }
                            @for family in &families { (cell(machine, *family, coverage.window)) }
                        }
                    }
                }
            }
        }
        @if let Some(rest) = rest(machines, MACHINES_MAX) { p.note { (rest) } }
    }
}

pub(crate) fn name(machine: &MachineCoverage) -> String {
    let host = machine.host.as_deref();
    host.map_or_else(|| "files that name no machine".into(), clean::value)
}

/// Of how many machines nothing is known.
pub(crate) fn summary(machines: &[MachineCoverage]) -> String {
    let named = || machines.iter().filter(|machine| machine.host.is_some());
    let dark: Vec<&MachineCoverage> = named()
        .filter(|machine| machine.outcome() == Outcome::CouldNotSee)
        .collect();
    let all = words::count(named().count(), "machine", "machines");
    let mut text = format!("Logs of {all} were read. ");
    text.push_str(&match dark.len() {
        0 => "On each, some log that would show something reaches into the time looked at.".into(),
        1 => format!("On {} nothing could be seen.", name(dark[0])),
        some => format!(
            "On {} of them nothing could be seen.",
            words::number(some as u64)
        ),
    });
    if machines
        .iter()
        .flat_map(|it| &it.logs)
        .any(|log| log.shared)
    {
        text.push_str(
            " Whose the events of a file of several machines are is not counted: there, no \
             absence is one machine’s.",
        );
    }
    text
}

/// What the machines come to that are not shown.
pub(crate) fn rest(machines: &[MachineCoverage], shown: usize) -> Option<String> {
    let rest = machines.get(shown..).filter(|rest| !rest.is_empty())?;
    let of = |outcome| rest.iter().filter(|it| it.outcome() == outcome).count() as u64;
    let parts: Vec<String> = [Outcome::Hit, Outcome::NotSeen, Outcome::CouldNotSee]
        .into_iter()
        .filter(|outcome| of(*outcome) > 0)
        .map(|outcome| format!("{}: {}", outcome.title(), words::number(of(outcome))))
        .collect();
    Some(format!(
        "And {} in coverage.json, which holds all ({}).",
        words::count(rest.len(), "more machine", "more machines"),
        parts.join(", ")
    ))
}

fn cell(machine: &MachineCoverage, family: LogFamily, window: Option<Interval>) -> Markup {
    let log = machine.logs.iter().find(|log| log.family == family);
    let outcome = log.map_or(Outcome::CouldNotSee, |log| log.outcome);
    html! {
        td class=(outcome_class(outcome)) {
            span.sign aria-hidden="true" { (outcome_sign(outcome)) }
            span.word { (log.map_or_else(|| "no such log".into(), |log| in_words(log, window))) }
            @if let Some(log) = log.filter(|log| log.events > 0) {
                (strip(&log.gaps, window))
            }
        }
    }
}

/// What a log of a machine comes to: `not seen, 2 of the 12 days`.
pub(crate) fn in_words(log: &MachineLog, window: Option<Interval>) -> String {
    let reach = Reach::of(log.covered, &log.gaps, window);
    match log.outcome {
        Outcome::Hit => words::count(log.findings, "finding", "findings"),
        Outcome::NotSeen => format!("not seen{}", reached(reach, log.covered)),
        Outcome::CouldNotSee if log.shared => "cannot be told apart".into(),
        Outcome::CouldNotSee if log.events > 0 => "of another time".into(),
        Outcome::CouldNotSee => "no such events".into(),
    }
}
