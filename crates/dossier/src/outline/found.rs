//! What was found, and what could be seen.

use super::{Block, Cell, Item, Section, Table};
use crate::coverage::{most_telling, rows_not_shown};
use crate::groups::{self, CHAIN_LINES_MAX, Group, Step, VALUES_MAX};
use crate::html::{
    clock_sentences, machine_log_in_words, machine_name, machines_in_words, machines_not_shown,
};
use crate::reach::Reach;
use crate::windows::window_of;
use crate::{Case, clean, picture, words};
use daylight_model::CoverageRow;

/// How many of anything are listed; the HTML and the machine files hold more.
const STEPS_MAX: usize = 60;
const GROUPS_MAX: usize = 12;
const TOLD_CHARACTERS_MAX: usize = 180;
const MACHINES_MAX: usize = 40;

pub(super) fn found(case: &Case<'_>) -> Section {
    let mut section = Section::new("What was found", None);
    for warning in clock_sentences(case) {
        let text = format!("Clocks disagree. {warning} Nothing was shifted.");
        section.blocks.push(Block::Warning(text));
    }
    let hosts = case.hosts();
    let sorted = case.findings_by_story();
    if sorted.of_story.is_empty() {
        section.paragraph("Nothing that bears on the story.");
    }
    let of_story = groups::steps(&sorted.of_story, &hosts);
    let drawn = picture::timeline(&sorted.of_story, case.coverage.window, &hosts);
    section.blocks.extend(drawn.map(Block::Picture));
    chain(&mut section, &of_story);
    if !of_story.is_empty() {
        section.heading("What matched, step by step");
        step_by_step(&mut section, &of_story);
    }
    for (heading, findings) in [
        ("On the same matter", &sorted.context),
        ("Also found, not of this story", &sorted.others),
    ] {
        if !findings.is_empty() {
            section.heading(heading);
            step_by_step(&mut section, &groups::steps(findings, &hosts));
        }
    }
    section
}

/// What happened, in a dozen lines.
fn chain(section: &mut Section, steps: &[Step<'_>]) {
    if steps.is_empty() {
        return;
    }
    let (shown, left_out) = groups::chain(steps, CHAIN_LINES_MAX);
    let rows = shown.iter().map(|step| {
        let cells = [
            step.lead.times(),
            machine(&step.lead),
            step.lead.rule.level.as_str().into(),
            format!("{}{}", step.lead.title(), step.beside()),
            told(&step.lead),
        ];
        cells.map(Cell::text).into()
    });
    section.blocks.push(Block::Table(Table {
        head: vec![
            ("First – last (UTC)", 3),
            ("Machine", 3),
            ("Level", 2),
            ("What", 5),
            ("What matched", 5),
        ],
        rows: rows.collect(),
    }));
    if left_out > 0 {
        let more = words::count(left_out, "more step", "more steps");
        section.paragraph(format!("{more} below."));
    }
}

/// The telling value, short enough for a table.
fn told(group: &Group<'_>) -> String {
    let told = group.told(1, TOLD_CHARACTERS_MAX / 3);
    told.map_or_else(String::new, |(_, told)| told)
}

fn machine(group: &Group<'_>) -> String {
    group.host.map_or_else(|| "not named".into(), clean::value)
}

/// Each step with what matched, and where its first record stands.
fn step_by_step(section: &mut Section, steps: &[Step<'_>]) {
    let (shown, left_out) = groups::chain(steps, STEPS_MAX);
    section.items(shown.into_iter().map(one_step));
    if left_out > 0 {
        let further = words::count(left_out, "further step", "further steps");
        section.paragraph(format!("{further} in findings.jsonl."));
    }
}

fn one_step(step: &Step<'_>) -> Item {
    let lead = &step.lead;
    let mut facts = about(lead);
    facts.insert(2, machine(lead));
    let mut items = what_matched(lead);
    for group in step.with.iter().take(GROUPS_MAX - 1) {
        let mut facts = about(group);
        facts.insert(0, group.title());
        let mut item = Item::text(facts.join(" · "));
        item.items = what_matched(group);
        items.push(item);
    }
    let more = step.groups().count().saturating_sub(GROUPS_MAX);
    if more > 0 {
        let more = words::count(more, "kind more", "kinds more");
        items.push(Item::text(format!("{more} in findings.jsonl")));
    }
    Item {
        lead: lead.title(),
        text: format!("· {}", facts.join(" · ")),
        items,
        ..Item::default()
    }
}

/// Level, times, and the techniques and flaws it tells of.
fn about(group: &Group<'_>) -> Vec<String> {
    let mut facts = vec![group.rule.level.as_str().into(), group.times()];
    let ids = groups::ids(group.rule);
    if !ids.is_empty() {
        facts.push(clean::value(&ids.join(", ")));
    }
    facts
}

fn what_matched(group: &Group<'_>) -> Vec<Item> {
    let told = group.told(VALUES_MAX, TOLD_CHARACTERS_MAX);
    let told = told.map(|(name, told)| Item::text(format!("{name}: {told}")));
    let place = group.findings.first().map(|finding| {
        let first = if group.findings.len() > 1 {
            "first: "
        } else {
            ""
        };
        Item::text(format!(
            "{}; {first}record {}, byte {} of {}",
            group.logs(),
            finding.record,
            finding.offset,
            clean::value(&finding.file),
        ))
    });
    told.into_iter().chain(place).collect()
}

pub(super) fn coverage(case: &Case<'_>) -> Section {
    let mut section = Section::new("What was not seen, and what could not be seen", None);
    section.paragraph(match case.coverage.window {
        Some(window) => {
            let source = case.coverage.window_source.as_deref();
            let source = source.map(|it| format!(" ({})", clean::value(it)));
            let source = source.unwrap_or_default();
            format!("The operation ran {}{source}.", words::interval(window))
        }
        None => "When the operation ran is not known.".into(),
    });
    if case.coverage.rows.is_empty() {
        section.paragraph("The story led to nothing that can be looked for in logs.");
        return section;
    }
    section.blocks.push(Block::Table(Table {
        head: vec![
            ("Looked for", 4),
            ("Events", 4),
            ("Outcome", 4),
            ("Read", 2),
            ("Why", 7),
        ],
        rows: most_telling(case.coverage)
            .into_iter()
            .flat_map(|row| of_row(case, row))
            .collect(),
    }));
    if let Some(rest) = rows_not_shown(case.coverage) {
        section.paragraph(rest);
    }
    machines(&mut section, case);
    section
}

/// What is looked for, and below it each kind of event that would show it.
fn of_row(case: &Case<'_>, row: &CoverageRow) -> Vec<Vec<Cell>> {
    let window = window_of(row, case.coverage);
    let looked_for = Cell {
        lead: clean::value(&row.id),
        text: clean::value(&row.name),
        outcome: None,
    };
    let all_told = Reach::of_row(row, window).outcome(row.outcome);
    let mut rows = vec![vec![
        looked_for,
        Cell::text("all told"),
        Cell::outcome(row.outcome, &all_told),
        Cell::default(),
        Cell::text(clean::line(&row.note)),
    ]];
    rows.extend(row.cells.iter().map(|cell| {
        let reached = Reach::of_cell(cell, window).outcome(cell.outcome);
        vec![
            Cell::default(),
            Cell::text(clean::value(&cell.needs)),
            Cell::outcome(cell.outcome, &reached),
            Cell::text(words::number(cell.events)),
            Cell::text(clean::line(&cell.note)),
        ]
    }));
    rows
}

/// What the logs of each machine could show, where there are several.
fn machines(section: &mut Section, case: &Case<'_>) {
    let machines = &case.coverage.machines;
    if machines.iter().filter(|it| it.host.is_some()).count() < 2 {
        return;
    }
    section.heading("Machine by machine");
    section.paragraph(machines_in_words(machines));
    let rows = machines.iter().take(MACHINES_MAX).map(|machine| {
        let logs = machine.logs.iter().map(|log| {
            let what = machine_log_in_words(log, case.coverage.window);
            format!("{}: {what}", log.family.title())
        });
        let missing: Vec<&str> = machine.missing.iter().map(|it| it.title()).collect();
        let outcome = machine.outcome();
        vec![
            Cell::text(machine_name(machine)),
            Cell::outcome(outcome, outcome.title()),
            Cell::text(logs.collect::<Vec<String>>().join("; ")),
            Cell::text(missing.join(", ")),
        ]
    });
    let table = Table {
        head: vec![
            ("Machine", 4),
            ("All told", 3),
            ("Its logs", 7),
            ("Missing", 4),
        ],
        rows: rows.collect(),
    };
    section.blocks.push(Block::Table(table));
    if let Some(rest) = machines_not_shown(machines, MACHINES_MAX) {
        section.paragraph(rest);
    }
}
