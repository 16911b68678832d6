//! The findings drawn along time, a lane for each machine.

use std::collections::BTreeMap;

use daylight_model::{Finding, Interval, Level, Timestamp};

use super::{Anchor, Form, Picture, Point, Role, Shape};
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
const LEGEND: &str = "◆ critical, ▲ high, ■ medium, ● lower.";

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

/// Findings along time; `None` where none of them bears one.
pub(crate) fn timeline(
    findings: &[&Finding],
    window: Option<Interval>,
    hosts: &Hosts,
) -> Option<Picture> {
    let times = || findings.iter().filter_map(|finding| finding.time);
    let (first, last) = (times().min()?, times().max()?);
    let scale = Scale { first, last };
    let lanes = lanes(findings, &scale, hosts);
    let hidden = lanes.len().saturating_sub(LANES_MAX);
    let height = LANE_HEIGHT * lanes.len().min(LANES_MAX) as f64 + AXIS_HEIGHT;
    let mut shapes = Vec::new();
    for (index, (host, marks)) in lanes.iter().take(LANES_MAX).enumerate() {
        lane(&mut shapes, index, host, marks);
    }
    axis(&mut shapes, &scale, height - AXIS_HEIGHT);
    let mut caption = format!("{LEGEND} Numbers count findings that lie close together.");
    if let Some(window) = window {
        caption += &format!(" The operation ran {}.", words::interval(window));
    }
    if hidden > 0 {
        let hidden = words::count(hidden, "machine is", "machines are");
        caption += &format!(" {hidden} not drawn.");
    }
    Some(Picture {
        width: WIDTH,
        height,
        text: format!(
            "{} on {}, from {} to {}. The list below tells them.",
            words::count(findings.len(), "finding", "findings"),
            words::count(lanes.len(), "machine", "machines"),
            words::moment(first),
            words::moment(last)
        ),
        caption,
        shapes,
    })
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

fn lane(shapes: &mut Vec<Shape>, index: usize, host: &str, marks: &[Mark]) {
    let y = LANE_HEIGHT * index as f64 + LANE_HEIGHT / 2.0;
    let line = Form::Line((LABEL_WIDTH, y), (WIDTH, y));
    shapes.push(Shape::new(Role::Lane, line));
    let name = clean::shorten_quietly(host, 25);
    shapes.push(Shape::text(Role::Lane, (0.0, y + 5.0), Anchor::Start, name).titled(host));
    for mark in marks {
        let count = words::count(mark.findings, "finding", "findings");
        let title = format!("{count}, up to {}", mark.level.as_str());
        shapes.push(Shape::new(Role::Mark(mark.level), form(mark, y)).titled(title));
        if mark.findings > 1 {
            let at = (mark.x, y - 13.0);
            let number = mark.findings.to_string();
            shapes.push(Shape::text(Role::Number, at, Anchor::Middle, number));
        }
    }
}

/// Levels differ in shape as well as in colour.
fn form(mark: &Mark, y: f64) -> Form {
    let points = |corners: &[Point]| {
        let corners = corners.iter().map(|(dx, dy)| (mark.x + dx, y + dy));
        Form::Polygon(corners.collect())
    };
    match mark.level {
        Level::Critical => points(&[(0.0, -10.0), (10.0, 0.0), (0.0, 10.0), (-10.0, 0.0)]),
        Level::High => points(&[(0.0, -9.0), (9.0, 8.0), (-9.0, 8.0)]),
        Level::Medium => Form::Box((mark.x - 7.0, y - 7.0), 14.0, 14.0),
        _ => Form::Circle((mark.x, y), 5.0),
    }
}

fn axis(shapes: &mut Vec<Shape>, scale: &Scale, y: f64) {
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
    let mut line = |from, to| shapes.push(Shape::new(Role::Axis, Form::Line(from, to)));
    line((LABEL_WIDTH, y), (WIDTH, y));
    for tick in &ticks {
        let mark = scale.x(scale.tick(*tick));
        line((mark, y), (mark, y + 6.0));
    }
    for tick in &ticks {
        let time = scale.tick(*tick);
        let mark = scale.x(time);
        // The outer labels stay inside the drawing.
        let (x, anchor) = match *tick {
            _ if ticks.len() == 1 => (mark, Anchor::Middle),
            0 => (mark - MARGIN, Anchor::Start),
            TICKS => (mark + MARGIN, Anchor::End),
            _ => (mark, Anchor::Middle),
        };
        let mut label = |below, format| {
            let text = time.strftime(format).to_string();
            shapes.push(Shape::text(Role::Axis, (x, y + below), anchor, text));
        };
        label(22.0, format);
        if whole_seconds <= 2_592_000 && (*tick == 0 || *tick == TICKS) {
            label(39.0, "%-d %B %Y");
        }
    }
}
