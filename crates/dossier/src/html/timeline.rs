//! The findings drawn along time, a lane for each machine.

use std::collections::BTreeMap;

use daylight_model::{Finding, Interval, Level, Timestamp};
use maud::{Markup, html};

use super::coordinate as at;
use crate::hosts::Hosts;
use crate::{clean, words};

const WIDTH: f64 = 960.0;
const LABEL_WIDTH: f64 = 190.0;
const MARGIN: f64 = 24.0;
const LANE_HEIGHT: f64 = 44.0;
const AXIS_HEIGHT: f64 = 46.0;
/// Findings nearer to each other than this are drawn as one mark with a number.
const MARK_WIDTH: f64 = 22.0;
const LANES_MAX: usize = 20;
const TICKS: u32 = 4;

/// Findings that fall on the same spot of a lane.
struct Mark {
    x: f64,
    findings: usize,
    level: Level,
}

struct Scale {
    first: Timestamp,
    last: Timestamp,
}

impl Scale {
    /// Where a moment stands; a single moment stands in the middle.
    fn x(&self, time: Timestamp) -> f64 {
        let left = LABEL_WIDTH + MARGIN;
        let room = WIDTH - left - MARGIN;
        let whole = self.last.duration_since(self.first).as_secs_f64();
        if whole <= 0.0 {
            return left + room / 2.0;
        }
        left + room * (time.duration_since(self.first).as_secs_f64() / whole).clamp(0.0, 1.0)
    }

    fn tick(&self, number: u32) -> Timestamp {
        let whole = self.last.duration_since(self.first);
        let part = whole / i32::try_from(TICKS).unwrap_or(1) * i32::try_from(number).unwrap_or(0);
        self.first.checked_add(part).unwrap_or(self.last)
    }
}

pub(super) fn drawing(findings: &[&Finding], window: Option<Interval>, hosts: &Hosts) -> Markup {
    let times = || findings.iter().filter_map(|finding| finding.time);
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return html! {};
    };
    let scale = Scale { first, last };
    let lanes = lanes(findings, &scale, hosts);
    let hidden = lanes.len().saturating_sub(LANES_MAX);
    let height = LANE_HEIGHT * lanes.len().min(LANES_MAX) as f64 + AXIS_HEIGHT;
    let text = format!(
        "{} on {}, from {} to {}. The list below tells them.",
        words::count(findings.len(), "finding", "findings"),
        words::count(lanes.len(), "machine", "machines"),
        words::moment(first),
        words::moment(last)
    );
    html! {
        figure.drawing {
            div.scroll role="region" aria-label="Timeline drawing" tabindex="0" {
                svg viewBox={ "0 0 " (WIDTH) " " (at(height)) } role="img" aria-labelledby="timeline-text" {
                    title #timeline-text { (text) }
                    @for (index, (host, marks)) in lanes.iter().take(LANES_MAX).enumerate() {
                        (lane(index, host, marks))
                    }
                    (axis(&scale, height - AXIS_HEIGHT))
                }
            }
            figcaption {
                (legend()) " Numbers count findings that lie close together."
                @if let Some(window) = window { " The operation ran " (words::interval(window)) "." }
                @if hidden > 0 { " " (words::count(hidden, "machine is", "machines are")) " not drawn." }
            }
        }
    }
}

fn lanes(findings: &[&Finding], scale: &Scale, hosts: &Hosts) -> Vec<(String, Vec<Mark>)> {
    let mut lanes: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
    for finding in findings {
        let Some(time) = finding.time else { continue };
        let host = finding.host.as_deref().map_or_else(
            || "machine not named".into(),
            |host| clean::value(hosts.name(host)),
        );
        let marks = lanes.entry(host).or_default();
        let (x, level) = (scale.x(time), finding.rule.level);
        match marks
            .last_mut()
            .filter(|mark| (x - mark.x).abs() < MARK_WIDTH)
        {
            Some(mark) => {
                mark.findings += 1;
                mark.level = mark.level.max(level);
            }
            None => marks.push(Mark {
                x,
                findings: 1,
                level,
            }),
        }
    }
    lanes.into_iter().collect()
}

fn lane(index: usize, host: &str, marks: &[Mark]) -> Markup {
    let y = LANE_HEIGHT * index as f64 + LANE_HEIGHT / 2.0;
    html! {
        line.lane x1=(at(LABEL_WIDTH)) x2=(at(WIDTH)) y1=(at(y)) y2=(at(y)) {}
        text.label x="0" y=(at(y + 5.0)) { (clean::shorten_quietly(host, 25)) }
        @for mark in marks {
            g class={ "mark level-" (mark.level.as_str()) } {
                title { (words::count(mark.findings, "finding", "findings")) ", up to " (mark.level.as_str()) }
                (shape(mark, y))
                @if mark.findings > 1 {
                    text.number x=(at(mark.x)) y=(at(y - 13.0)) text-anchor="middle" { (mark.findings) }
                }
            }
        }
    }
}

/// Levels differ in shape as well as in colour.
fn shape(mark: &Mark, y: f64) -> Markup {
    let points = |corners: &[(f64, f64)]| -> String {
        let corners: Vec<String> = corners
            .iter()
            .map(|(dx, dy)| format!("{},{}", at(mark.x + dx), at(y + dy)))
            .collect();
        corners.join(" ")
    };
    html! {
        @match mark.level {
            Level::Critical => { polygon points=(points(&[(0.0, -10.0), (10.0, 0.0), (0.0, 10.0), (-10.0, 0.0)])) {} }
            Level::High => { polygon points=(points(&[(0.0, -9.0), (9.0, 8.0), (-9.0, 8.0)])) {} }
            Level::Medium => { rect x=(at(mark.x - 7.0)) y=(at(y - 7.0)) width="14" height="14" {} }
            _ => { circle cx=(at(mark.x)) cy=(at(y)) r="5" {} }
        }
    }
}

fn axis(scale: &Scale, y: f64) -> Markup {
    let whole_seconds = scale.last.duration_since(scale.first).as_secs();
    let ticks: Vec<u32> = if whole_seconds == 0 {
        vec![0]
    } else {
        (0..=TICKS).collect()
    };
    // As fine as the stretch of time asks for, so that no two labels are the same.
    let format = match whole_seconds {
        0..=600 => "%H:%M:%S",
        601..=172_800 => "%H:%M",
        172_801..=2_592_000 => "%-d %b %H:%M",
        _ => "%-d %b %Y",
    };
    html! {
        line.axis x1=(at(LABEL_WIDTH)) x2=(at(WIDTH)) y1=(at(y)) y2=(at(y)) {}
        @for tick in &ticks {
            @let time = scale.tick(*tick);
            @let mark = scale.x(time);
            // The outer labels stay inside the drawing.
            @let (x, anchor) = match *tick {
                _ if ticks.len() == 1 => (mark, "middle"),
                0 => (mark - MARGIN, "start"),
                TICKS => (mark + MARGIN, "end"),
                _ => (mark, "middle"),
            };
            line.axis x1=(at(mark)) x2=(at(mark)) y1=(at(y)) y2=(at(y + 6.0)) {}
            text.tick x=(at(x)) y=(at(y + 22.0)) text-anchor=(anchor) { (time.strftime(format)) }
            @if whole_seconds <= 2_592_000 && (*tick == 0 || *tick == TICKS) {
                text.tick x=(at(x)) y=(at(y + 39.0)) text-anchor=(anchor) { (time.strftime("%-d %B %Y")) }
            }
        }
    }
}

fn legend() -> Markup {
    html! { "◆ critical, ▲ high, ■ medium, ● lower." }
}
