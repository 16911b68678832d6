//! What to do, in our own words.

use std::collections::{BTreeMap, BTreeSet};

use daylight_model::{
    Coverage, CoverageCell, CoverageRow, Finding, LogFamily, Outcome, SubjectKind,
};
use serde::{Deserialize, Serialize};

use crate::case::{is_decisive, story_finding_ids};
use crate::hosts::Hosts;
use crate::windows::{self, Windows, misses_window, window_of};
use crate::{Advice, Subject, When, words};

/// Something background knowledge says about a flaw that bears on what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about: `CVE-2021-26855`.
    pub id: String,
    /// What is known, in a sentence.
    pub text: String,
    /// By when a remedy was or is due, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// Ransomware is known to make use of it.
    pub ransomware: bool,
    /// Who says so: "CISA KEV".
    pub source: String,
}

/// What to do now, this week and for good, given what was found and what could not be seen.
#[must_use]
pub fn advise(
    subjects: &[Subject],
    findings: &[Finding],
    coverage: &Coverage,
    facts: &[Fact],
) -> Vec<Advice> {
    let of_story: BTreeSet<&str> = story_finding_ids(coverage).collect();
    let (hits, others): (Vec<&Finding>, Vec<&Finding>) = findings
        .iter()
        .filter(|finding| is_decisive(finding))
        .partition(|finding| of_story.contains(finding.id.as_str()));
    let mut all = Vec::new();
    if !hits.is_empty() {
        respond(&Windows::of(coverage).nearest(&hits), &mut all);
    }
    if !others.is_empty() {
        let text = "Look through the findings that are not of what the story leads to, the most severe first.";
        all.push(own(
            When::ThisWeek,
            text,
            "They were found on the way and may matter by themselves.",
        ));
    }
    patch(subjects, facts, !hits.is_empty(), &mut all);
    see_more(coverage, &mut all);
    look_again(coverage, hits.is_empty(), &mut all);
    if !coverage.rows.is_empty() {
        let text = "Send logs to a machine that the monitored ones cannot change, and keep them for a year.";
        let reason =
            "Reports often come months after the deed, and intruders delete what they can reach.";
        all.push(own(When::ForGood, text, reason));
    }
    all.sort_by_key(|advice| advice.when);
    all
}

fn own(when: When, text: impl Into<String>, reason: impl Into<String>) -> Advice {
    Advice {
        when,
        text: text.into(),
        reason: reason.into(),
        source: String::new(),
    }
}

/// First response to a hit; general, because the case decides the rest.
fn respond(hits: &[&Finding], all: &mut Vec<Advice>) {
    let named = || hits.iter().filter_map(|finding| finding.host.as_deref());
    let hosts = Hosts::of_names(named()).titles(named());
    let machines = if hosts.is_empty() {
        "the machines concerned".into()
    } else {
        words::list_at_most(&hosts, 5)
    };
    all.push(own(
        When::Now,
        format!("Cut {machines} off from the network, and leave power on."),
        "Isolation stops what is under way; memory holds traces that a restart destroys.",
    ));
    all.push(own(
        When::Now,
        "Preserve memory, disks and logs before cleaning anything, and note who took what and when.",
        "What is cleaned first can never be explained later.",
    ));
    all.push(own(
        When::Now,
        "Check the first findings against the raw records they name.",
        "A rule can match honest work; a person has to look before anybody is told.",
    ));
    all.push(own(
        When::ThisWeek,
        "Hunt on from what was found: same files, accounts and addresses on all other machines, and the hours before the first trace.",
        "The first trace found is seldom the first one left.",
    ));
    all.push(own(
        When::ThisWeek,
        "Do not stop at the patch: look for what was left behind (web shells, services, tasks, accounts, mail rules) and rebuild where in doubt.",
        "A patch closes the door behind an intruder who is inside.",
    ));
    all.push(own(
        When::ThisWeek,
        "Change the credentials that were used or stored on these machines, service and machine accounts first, after the intruder is out.",
        "Credentials taken once open every door again.",
    ));
}

/// One piece of advice for all flaws that are equally urgent.
fn patch(subjects: &[Subject], facts: &[Fact], hit: bool, all: &mut Vec<Advice>) {
    let flaws = || {
        subjects
            .iter()
            .filter(|it| it.kind == SubjectKind::Vulnerability)
    };
    let is_urgent = |flaw: &&Subject| {
        hit || known(facts, flaw).any(|fact| fact.due.is_some() || fact.ransomware)
    };
    let (urgent, others): (Vec<&Subject>, Vec<&Subject>) = flaws().partition(is_urgent);
    for (when, flaws) in [(When::Now, urgent), (When::ThisWeek, others)] {
        if flaws.is_empty() {
            continue;
        }
        let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let mut sources: BTreeSet<&str> = BTreeSet::new();
        for flaw in &flaws {
            for fact in known(facts, flaw) {
                sources.insert(&fact.source);
                for reason in fact_in_words(fact) {
                    reasons.entry(reason).or_default().push(&flaw.id);
                }
            }
        }
        let ids: Vec<&str> = flaws.iter().map(|flaw| flaw.id.as_str()).collect();
        let reasons: Vec<String> = reasons
            .into_iter()
            .map(|(reason, of)| match of.len() == ids.len() {
                true => reason,
                false => format!("{}: {reason}", words::list_at_most(&of, 4)),
            })
            .collect();
        let reason = if reasons.is_empty() {
            "The story leads there.".into()
        } else {
            reasons.join(" ")
        };
        let remedies = if ids.len() == 1 { "remedy" } else { "remedies" };
        let are = if ids.len() == 1 { "is" } else { "are" };
        all.push(Advice {
            when,
            text: format!(
                "Check that the {remedies} for {} {are} installed on every system that has the product.",
                words::list_at_most(&ids, 8)
            ),
            reason,
            source: sources.into_iter().collect::<Vec<_>>().join(", "),
        });
    }
}

fn known<'a>(facts: &'a [Fact], flaw: &Subject) -> impl Iterator<Item = &'a Fact> {
    let id = flaw.id.clone();
    facts
        .iter()
        .filter(move |fact| fact.id.eq_ignore_ascii_case(&id))
}

fn fact_in_words(fact: &Fact) -> Vec<String> {
    let due = fact
        .due
        .as_ref()
        .map(|due| format!("The remedy was listed as due by {due}."));
    let ransomware = fact
        .ransomware
        .then(|| "Ransomware is known to use it.".to_owned());
    let text = fact.text.trim_end();
    let stop = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    let text = (!text.is_empty()).then(|| format!("{text}{stop}"));
    [text, due, ransomware].into_iter().flatten().collect()
}

/// The next thing is to see more: at once, where little was seen and nothing else is urgent.
fn look_again(coverage: &Coverage, without_hit: bool, all: &mut Vec<Advice>) {
    let number_of = |outcome| {
        let rows = coverage.rows.iter();
        rows.filter(|row| row.outcome == outcome).count()
    };
    let has_not_seen = number_of(Outcome::NotSeen) > 0;
    let is_mostly_dark = number_of(Outcome::CouldNotSee) * 2 > coverage.rows.len();
    let is_urgent = !has_not_seen || is_mostly_dark && all.iter().all(|it| it.when != When::Now);
    let when = if without_hit && is_urgent {
        When::Now
    } else {
        When::ThisWeek
    };
    let (missed, absent) = dark_cells(coverage);
    let time = |dark: &[(&CoverageRow, &CoverageCell)]| {
        windows::in_words(dark.iter().map(|(row, _)| window_of(row, coverage)))
    };
    if !missed.is_empty() {
        let needs: BTreeSet<&str> = missed.iter().map(|(_, it)| it.needs.as_str()).collect();
        let needs: Vec<&str> = needs.into_iter().collect();
        let text = format!(
            "Collect the same logs ({}) for the time of the operation ({}), and repeat the hunt.",
            words::list_at_most(&needs, 6),
            time(&missed),
        );
        let reason = "Such logs were handed in, but they do not reach into that time; backups \
                      and central log stores may still hold it.";
        all.push(own(when, text, reason));
    }
    if !absent.is_empty() && without_hit {
        let mut time = time(&absent);
        if !time.is_empty() {
            time = format!(" ({time})");
        }
        let text = format!(
            "Collect the logs listed as could not see, for the time of the operation{time}, and \
             repeat the hunt."
        );
        let reason = "Logs are overwritten; backups and central log stores may still hold them.";
        all.push(own(when, text, reason));
    }
    if missed.is_empty() && absent.is_empty() && without_hit && has_not_seen {
        let text = "Repeat the hunt when more logs or newer ones are at hand.";
        let reason = "What was not seen so far may lie in what was not read.";
        all.push(own(When::ThisWeek, text, reason));
    }
}

type Dark<'a> = Vec<(&'a CoverageRow, &'a CoverageCell)>;

/// Cells that could not see: those whose logs are of another time, and those without logs.
fn dark_cells(coverage: &Coverage) -> (Dark<'_>, Dark<'_>) {
    let rows = coverage.rows.iter();
    rows.flat_map(|row| row.cells.iter().map(move |cell| (row, cell)))
        .filter(|(_, cell)| cell.outcome == Outcome::CouldNotSee)
        .partition(|(_, cell)| misses_window(cell))
}

/// Logs to switch on or hand in, one sentence for each family that was dark.
fn see_more(coverage: &Coverage, all: &mut Vec<Advice>) {
    let mut dark: BTreeMap<LogFamily, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for (row, cell) in dark_cells(coverage).1 {
        let (needs, subjects) = dark.entry(cell.family).or_default();
        needs.insert(&cell.needs);
        subjects.insert(&row.id);
    }
    for (family, (needs, subjects)) in dark {
        let needs: Vec<&str> = needs.into_iter().collect();
        let subjects: Vec<&str> = subjects.into_iter().collect();
        all.push(own(
            When::ForGood,
            to_switch_on(family, &needs),
            format!(
                "Could not be seen for want of {}: {}.",
                words::list_at_most(&needs, 4),
                words::list_at_most(&subjects, 6)
            ),
        ));
    }
}

/// The family's advice, and what exactly is missing where that can be said.
fn to_switch_on(family: LogFamily, needs: &[&str]) -> String {
    let advice = family_advice(family);
    let ids: BTreeSet<u32> = needs
        .iter()
        .filter_map(|need| need.rsplit(' ').next())
        .flat_map(|ids| ids.split('/'))
        .filter_map(|id| id.parse().ok())
        .collect();
    let missing: Vec<String> = ids
        .into_iter()
        .filter_map(|id| Some(format!("{} ({id})", event_in_words(family, id)?)))
        .collect();
    if missing.is_empty() {
        return advice.into();
    }
    format!(
        "{advice} Missing here: {}.",
        words::list_at_most(&missing, 6)
    )
}

/// What records an event: the audit subcategory, or the kind of Sysmon event.
const fn event_in_words(family: LogFamily, id: u32) -> Option<&'static str> {
    Some(match (family, id) {
        (LogFamily::WindowsSecurity, 4624 | 4625 | 4648) => "audit of logons",
        (LogFamily::WindowsSecurity, 4656 | 4663) => "audit of file and object access",
        (LogFamily::WindowsSecurity, 4657) => "audit of the registry",
        (LogFamily::WindowsSecurity, 4662 | 5136) => "audit of directory access and changes",
        (LogFamily::WindowsSecurity, 4672) => "audit of special logons",
        (LogFamily::WindowsSecurity, 4688) => "audit of process creation",
        (LogFamily::WindowsSecurity, 4697) => "audit of new services",
        (LogFamily::WindowsSecurity, 4698..=4702) => "audit of scheduled tasks",
        (LogFamily::WindowsSecurity, 4719) => "audit of policy changes",
        (LogFamily::WindowsSecurity, 4720..=4726 | 4738) => "audit of user accounts",
        (LogFamily::WindowsSecurity, 4727..=4737 | 4754..=4758) => "audit of security groups",
        (LogFamily::WindowsSecurity, 4768..=4771) => "audit of Kerberos tickets",
        (LogFamily::WindowsSecurity, 4776) => "audit of credential validation",
        (LogFamily::WindowsSecurity, 5140 | 5145) => "audit of file shares",
        (LogFamily::WindowsSecurity, 5156) => "audit of the packet filter",
        (LogFamily::WindowsSysmon, 1) => "process creation",
        (LogFamily::WindowsSysmon, 3) => "network connections",
        (LogFamily::WindowsSysmon, 6 | 7) => "drivers and images loaded",
        (LogFamily::WindowsSysmon, 8) => "threads made in other processes",
        (LogFamily::WindowsSysmon, 10) => "access to other processes",
        (LogFamily::WindowsSysmon, 11 | 23 | 26) => "files created and deleted",
        (LogFamily::WindowsSysmon, 12..=14) => "registry changes",
        (LogFamily::WindowsSysmon, 15) => "file streams",
        (LogFamily::WindowsSysmon, 17 | 18) => "named pipes",
        (LogFamily::WindowsSysmon, 22) => "DNS queries",
        _ => return None,
    })
}

/// What to switch on, or to hand in, so that a log family can show something next time.
#[must_use]
pub fn family_advice(family: LogFamily) -> &'static str {
    match family {
        LogFamily::WindowsSecurity => {
            "Audit process creation with the command line (Security 4688) and detailed file-share access (5145), and enlarge the Security log."
        }
        LogFamily::WindowsSysmon => {
            "Install Sysmon with a configuration that records process creation (1), network connections (3) and file creation (11), web folders included."
        }
        LogFamily::WindowsSystem => {
            "Keep the System log and hand it in: it records new services (7045) without further configuration."
        }
        LogFamily::WindowsApplication => {
            "Keep the Application log and hand it in: services such as Exchange write their errors there."
        }
        LogFamily::WindowsPowershell => {
            "Switch on PowerShell script block logging (4104) and module logging (4103)."
        }
        LogFamily::ExchangeManagement => {
            "Hand in the MSExchange Management log of every Exchange server: it records each administrative cmdlet with its parameters."
        }
        LogFamily::WindowsOther => {
            "Collect whole event-log folders rather than single logs, so that the channels of services and tasks are among them."
        }
        LogFamily::Iis => {
            "Keep IIS W3C logs, of the back-end site too, with user agent, query and client address, for at least a year."
        }
        LogFamily::ExchangeHttpProxy => {
            "Copy Exchange's HttpProxy logs off the server daily: Exchange itself deletes them after a few weeks."
        }
        LogFamily::ExchangeEcp => {
            "Copy Exchange's ECP Server logs off the server daily: they show what was changed through the control panel."
        }
        LogFamily::ExchangeOab => {
            "Keep Exchange's OABGeneratorLog: it shows files written outside the address-book folder."
        }
        LogFamily::FileListing => {
            "Hand in the web folders or a disk image of the server, so that the files themselves can be looked at."
        }
        LogFamily::Json | LogFamily::Text => {
            "Export logs in their own format, or name the product, so that rules know what they read."
        }
        _ => "Keep these logs, and hand them in next time.",
    }
}
