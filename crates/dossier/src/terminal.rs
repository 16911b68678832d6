//! The answer and the findings, for the terminal.

mod rows;

use std::net::IpAddr;

use daylight_model::{Finding, Level, Outcome};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use self::rows::{dark_families, push_rows, sign};
use crate::case::is_decisive;
use crate::groups::{self, CHAIN_LINES_MAX, Group, Step};
use crate::{Case, clean, verdict, views, words};

const WIDTH_MIN: usize = 40;

/// Puts paint on text, or leaves it plain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    pub(crate) colour: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(crate) fn soft(self, text: &str) -> String {
        self.with("2", text)
    }

    fn outcome(self, outcome: Outcome, text: &str) -> String {
        let code = match outcome {
            Outcome::Hit => "1;31",
            // Not green: nothing here is a clean bill.
            Outcome::NotSeen => "1;36",
            Outcome::CouldNotSee => "1;33",
        };
        self.with(code, text)
    }

    fn level(self, level: Level, text: &str) -> String {
        let code = match level {
            Level::Critical => "1;35",
            Level::High => "1;31",
            Level::Medium => "33",
            _ => "2",
        };
        self.with(code, text)
    }
}

/// The answer in the width of a terminal: verdict, coverage, first findings.
///
/// Escape sequences in reports and logs come out as visible marks; the only ones in the
/// result are Daylight's own colours, and those only with `colour`.
#[must_use]
pub fn text_summary(case: &Case<'_>, width: usize, colour: bool) -> String {
    let (width, paint) = (width.max(WIDTH_MIN), Paint { colour });
    let verdict = verdict(case);
    let mut out = String::from("\n");
    push_wrapped(&mut out, "  ", &views::title(case), width, |line| {
        paint.bold(line)
    });
    if let Some(held_back) = views::held_back(case) {
        push_wrapped(&mut out, "  ", &held_back, width, |line| paint.soft(line));
    }
    out.push('\n');
    let outcome = format!(
        "{} {}",
        sign(verdict.outcome),
        verdict.outcome.title().to_uppercase()
    );
    out.push_str(&format!(
        "  {}\n\n",
        paint.outcome(verdict.outcome, &outcome)
    ));
    for (name, text) in verdict
        .lines()
        .into_iter()
        .map(|(name, text)| (name, clean::line(&text)))
    {
        push_labelled(&mut out, name, &text, width, paint);
    }
    if !case.coverage.rows.is_empty() {
        push_rows(&mut out, case, width, paint);
        let (missed, absent) = dark_families(&case.coverage.rows);
        let missed_title = "The logs handed in do not reach into the time of the operation";
        for (title, dark) in [
            (missed_title, missed),
            ("Could not see anything in", absent),
        ] {
            if dark.is_empty() {
                continue;
            }
            let text = format!("{title}: {}.", words::list(&dark));
            out.push('\n');
            push_wrapped(&mut out, "  ", &text, width, |line| {
                paint.outcome(Outcome::CouldNotSee, line)
            });
        }
    }
    push_findings(&mut out, case, width, paint);
    for warning in crate::html::clock_sentences(case).iter().take(3) {
        out.push('\n');
        push_wrapped(
            &mut out,
            "  ",
            &format!("Clocks disagree: {warning} Nothing was shifted."),
            width,
            |line| paint.outcome(Outcome::CouldNotSee, line),
        );
    }
    out.push_str(&format!("\n  {}\n", paint.soft(&made_of(case))));
    out
}

fn made_of(case: &Case<'_>) -> String {
    let problems = crate::html::problems(case).len();
    let mut text = format!(
        "{}; {}; {}",
        crate::html::evidence_in_words(case),
        words::count(case.rules.len(), "rule", "rules"),
        words::duration(case.duration_seconds)
    );
    if problems > 0 {
        text.push_str(&format!(
            "; {} in manifest.json",
            words::count(problems, "problem", "problems")
        ));
    }
    text
}

fn push_findings(out: &mut String, case: &Case<'_>, width: usize, paint: Paint) {
    let hosts = case.hosts();
    let sorted = case.findings_by_story();
    push_chain(
        out,
        "Found, in the order of time",
        &groups::steps(&sorted.of_story, &hosts),
        width,
        paint,
    );
    let (context, minor): (Vec<&Finding>, Vec<&Finding>) = sorted
        .context
        .iter()
        .partition(|finding| is_decisive(finding));
    let heading = "On the same matter";
    push_chain(out, heading, &groups::steps(&context, &hosts), width, paint);
    push_context(out, &groups::steps(&minor, &hosts), width, paint);
    push_chain(
        out,
        "Also found, not of this story",
        &groups::steps(&sorted.others, &hosts),
        width,
        paint,
    );
}

fn push_chain(out: &mut String, heading: &str, steps: &[Step<'_>], width: usize, paint: Paint) {
    if steps.is_empty() {
        return;
    }
    let mut hosts: Vec<&str> = steps.iter().filter_map(|step| step.lead.host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let (shown, left_out) = groups::chain(steps, CHAIN_LINES_MAX);
    out.push_str(&format!("\n  {}\n", paint.bold(heading)));
    for step in shown {
        push_step(out, step, hosts.len() > 1, width, paint);
    }
    if left_out > 0 {
        let text = format!(
            "and {} in the dossier",
            words::count(left_out, "more step", "more steps")
        );
        out.push_str(&format!("  {}\n", paint.soft(&text)));
    }
}

/// Columns below which a value tells nothing.
const TOLD_WIDTH_MIN: usize = 20;

/// What is no more than context: one sentence.
fn push_context(out: &mut String, steps: &[Step<'_>], width: usize, paint: Paint) {
    let titles: Vec<String> = steps
        .iter()
        .flat_map(Step::groups)
        .map(Group::title)
        .collect();
    if !titles.is_empty() {
        let text = format!(
            "Besides, below medium: {}.",
            words::list_at_most(&titles, 4)
        );
        out.push('\n');
        push_wrapped(out, "  ", &text, width, |line| paint.soft(line));
    }
}

/// A step on one line, or on two where the terminal is narrow.
fn push_step(out: &mut String, step: &Step<'_>, with_host: bool, width: usize, paint: Paint) {
    let group = &step.lead;
    let time = group.first().map_or_else(
        || "time unknown".into(),
        |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    );
    let level = group.rule.level;
    let level = paint.level(level, &pad(level.as_str(), 8));
    let host = match with_host {
        // The first label tells machines of one site apart.
        true => clean::value(group.host.map_or("–", |host| match host.parse::<IpAddr>() {
            Ok(_) => host,
            Err(_) => host.split('.').next().unwrap_or(host),
        })),
        false => String::new(),
    };
    let host = if with_host {
        format!("{}  ", pad(&host, 12))
    } else {
        host
    };
    let (title, times) = (clean::value(&group.rule.title), group.findings.len());
    let times = if times > 1 {
        format!(" (×{})", words::number(times as u64))
    } else {
        String::new()
    };
    let head = 2 + 19 + 2 + host.width() + 8 + 2;
    if width >= head + 40 {
        let what = format!("{}{times}", cut(&title, width - head - times.width()));
        // Where there is room: the command, the file or the address says more than a title.
        let room = (width - head).saturating_sub(what.width() + 2);
        let told = group.told(1, room).filter(|_| room >= TOLD_WIDTH_MIN);
        let told = told.map(|(_, told)| format!("  {}", paint.soft(&cut(&told, room))));
        let told = told.unwrap_or_default();
        out.push_str(&format!(
            "  {}  {host}{level}  {what}{told}\n",
            pad(&time, 19)
        ));
    } else {
        let head = format!(
            "  {}  {level}  {}",
            pad(&time, 19),
            cut(&host, width.saturating_sub(33))
        );
        out.push_str(&format!("{}\n", head.trim_end()));
        let title = format!("{title}{times}");
        push_wrapped(out, "    ", &title, width, str::to_owned);
    }
}

/// Findings as a table in the width of a terminal, a line each, by time.
#[must_use]
pub fn table(findings: &[Finding], colour: bool, width: usize) -> String {
    let (width, paint) = (width.max(WIDTH_MIN), Paint { colour });
    if findings.is_empty() {
        return "Nothing matched.\n".into();
    }
    let host_of =
        |finding: &Finding| clean::shorten_quietly(finding.host.as_deref().unwrap_or("–"), 24);
    let place_of = |finding: &Finding| {
        let event = finding
            .event_id
            .map(|id| format!(" {id}"))
            .unwrap_or_default();
        format!("{}{event} #{}", finding.family.title(), finding.record)
    };
    let widest = |of: &dyn Fn(&Finding) -> String, least: usize, most: usize| {
        findings
            .iter()
            .map(|finding| of(finding).width())
            .max()
            .unwrap_or(0)
            .clamp(least, most)
    };
    let hosts = widest(&host_of, 7, 20);
    let places = widest(&place_of, 8, 34);
    // A narrow terminal gives up the place before the title, and cuts the title last.
    let without_place = 19 + 2 + 13 + 2 + hosts + 2;
    let with_place = without_place + 2 + places;
    let has_place = width > with_place + 20;
    let titles = if has_place {
        width - with_place
    } else {
        width.saturating_sub(without_place).max(10)
    };
    let line = |time: &str, level: String, host: &str, title: &str, place: &str| {
        let place = if has_place {
            format!("  {}", pad(place, places))
        } else {
            String::new()
        };
        let line = format!(
            "{}  {level}  {}  {}{place}",
            pad(time, 19),
            pad(host, hosts),
            pad(title, titles)
        );
        format!("{}\n", line.trim_end())
    };
    let mut out =
        paint.bold(line("Time (UTC)", pad("Level", 13), "Machine", "What", "Where").trim_end());
    out.push('\n');
    for finding in findings {
        let time = words::moment_or_unknown(finding.time);
        let level = paint.level(finding.rule.level, &pad(finding.rule.level.as_str(), 13));
        let title = clean::value(&finding.rule.title);
        out.push_str(&line(
            time.trim_end_matches(" UTC"),
            level,
            &host_of(finding),
            &title,
            &place_of(finding),
        ));
    }
    out.push_str(&format!(
        "\n{}\n",
        words::count(findings.len(), "finding", "findings")
    ));
    out
}

/// Text cut to a width, with an ellipsis where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        shown.push(character);
    }
    shown.push('…');
    shown
}

/// Text cut or filled up to a width.
fn pad(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// Text broken into lines of at most `width` columns; words longer than a line are cut up.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(10);
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if used > 0 && used + 1 + word.width() > width {
            lines.push(String::new());
            used = 0;
        }
        let Some(mut line) = lines.pop() else { break };
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for character in word.chars() {
            let wide = character.width().unwrap_or(0);
            if used + wide > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(character);
            used += wide;
        }
        lines.push(line);
    }
    lines
}

/// Wrapped text, each line indented and painted.
pub(crate) fn push_wrapped(
    out: &mut String,
    indent: &str,
    text: &str,
    width: usize,
    paint: impl Fn(&str) -> String,
) {
    for line in wrap(text, width.saturating_sub(indent.width())) {
        out.push_str(indent);
        out.push_str(&paint(&line));
        out.push('\n');
    }
}

fn push_labelled(out: &mut String, name: &str, text: &str, width: usize, paint: Paint) {
    const LABEL_WIDTH: usize = 12;
    for (index, line) in wrap(text, width.saturating_sub(LABEL_WIDTH + 2))
        .iter()
        .enumerate()
    {
        let label = pad(if index == 0 { name } else { "" }, LABEL_WIDTH);
        out.push_str(&format!("  {}{line}\n", paint.soft(&label)));
    }
}
