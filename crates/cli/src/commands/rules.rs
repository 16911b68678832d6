use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use daylight_dossier::clean_line;
use daylight_model::{Level, LogSource, Manifest, Rule};
use daylight_pipeline::{HuntOptions, RuleProblem, rule_set, yara_rules};
use serde_json::json;

use crate::commands::{RuleArguments, hunt, placeholders_in, tell_problems};
use crate::error::Exit;
use crate::terminal;

/// List the rules a hunt would use, or check rules of yours
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(ListArguments),
    Check(CheckArguments),
}

/// List rules: id, level, title and the logs they read
///
/// Rules that only make up correlations are left out, as they give no findings of their own.
#[derive(Debug, clap::Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListArguments {
    #[command(flatten)]
    rules: RuleArguments,
    /// Only rules of this level and above
    #[arg(long, value_name = "LEVEL", default_value = "informational", value_parser = hunt::level)]
    level: Level,
    /// Only rules with this tag, or one below it: attack.t1505 is also attack.t1505.003. May be
    /// given more than once; one of them is enough
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// One JSON array with everything that is known of each rule
    #[arg(long)]
    json: bool,
}

/// Check the rules of folders or files: which can be used, and what is wrong with the others
#[derive(Debug, clap::Args)]
#[command(after_help = CHECK_EXAMPLES)]
struct CheckArguments {
    /// Folders of Sigma rules, or single files
    #[arg(required_unless_present = "yara", value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// A folder of YARA rules (*.yar, *.yara), or a file of them; may be given more than once
    #[arg(long, value_name = "PATH")]
    yara: Vec<PathBuf>,
    /// What placeholders stand for: a YAML or JSON map from names to lists of values
    #[arg(long, value_name = "FILE")]
    placeholders: Option<PathBuf>,
    /// One JSON object: counts and problems
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  daylight rules list --level high
  daylight rules check sigma/rules

Exit codes: 0 listed, or all rules can be used, 1 some cannot (check), 2 error.";

const LIST_EXAMPLES: &str = "\
Examples:
  daylight rules list
  daylight rules list --level high --tag attack.t1505
  daylight rules list --rules sigma/rules --only-rules --json | jq length

Exit codes: 0 listed, 2 error.";

const CHECK_EXAMPLES: &str = "\
Examples:
  daylight rules check sigma/rules
  daylight rules check my-rules other/rule.yml --placeholders values.yml
  daylight rules check --yara yara-rules
  daylight rules check sigma/rules --json | jq '.problems[].reason'

Exit codes: 0 all rules can be used, 1 some cannot, 2 error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    match &arguments.command {
        Command::List(arguments) => list(arguments),
        Command::Check(arguments) => check(arguments),
    }
}

fn list(arguments: &ListArguments) -> anyhow::Result<Exit> {
    let options = arguments.rules.options()?;
    let rules = rule_set(&options)?;
    let (yara, yara_problems) = yara_rules(&options)?;
    let has_tag = |rule: &Rule| {
        let below = |tag: &String, wanted: &String| {
            let (tag, wanted) = (tag.to_lowercase(), wanted.to_lowercase());
            let rest = tag.strip_prefix(&wanted);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let mut wanted = arguments.tag.iter();
        arguments.tag.is_empty() || wanted.any(|one| rule.tags.iter().any(|tag| below(tag, one)))
    };
    let shown: Vec<&Arc<Rule>> = rules
        .rules()
        .chain(&yara)
        .filter(|rule| rule.level >= arguments.level && has_tag(rule))
        .collect();
    if arguments.json {
        let shown: Vec<&Rule> = shown.into_iter().map(Arc::as_ref).collect();
        terminal::say(&serde_json::to_string_pretty(&shown)?)?;
    } else {
        let mut text = String::new();
        for rule in &shown {
            let (id, level) = (clean_line(&rule.id), rule.level.as_str());
            let title = clean_line(&rule.title);
            writeln!(text, "{id}  {level:<13}  {title}  [{}]", logs(rule))?;
        }
        terminal::say(&text)?;
        let hint = if rules.problems().is_empty() {
            ""
        } else {
            "; some cannot be used: daylight rules check"
        };
        tell_problems(&Manifest::default(), &yara_problems);
        terminal::complain(&format!(
            "{}{hint}",
            terminal::count(shown.len() as u64, "rule")
        ));
    }
    Ok(Exit::Clear)
}

/// "Sysmon 1; Windows Security 4688".
fn logs(rule: &Rule) -> String {
    let source = |source: &LogSource| {
        let ids = source.event_ids.iter().map(ToString::to_string);
        let ids = ids.collect::<Vec<_>>().join(", ");
        format!("{} {ids}", source.family).trim_end().to_owned()
    };
    let mut sources: Vec<String> = rule.log_sources.iter().map(source).collect();
    sources.dedup();
    if sources.is_empty() {
        "no reader".to_owned()
    } else {
        sources.join("; ")
    }
}

fn check(arguments: &CheckArguments) -> anyhow::Result<Exit> {
    let options = HuntOptions {
        rule_directories: arguments.rules.clone(),
        yara_paths: arguments.yara.clone(),
        only_given_rules: true,
        placeholders: placeholders_in(arguments.placeholders.as_deref())?,
        ..HuntOptions::default()
    };
    let rules = rule_set(&options)?;
    let (yara, yara_problems) = yara_rules(&options)?;
    let problems = [rules.problems(), &yara_problems].concat();
    let unread = rules.without_reader().count();
    let all = rules.rules().count() + rules.silent_rules().count() + yara.len();
    if all == 0 && problems.is_empty() {
        anyhow::bail!("there is not one rule to check");
    }
    let usable = all - unread;
    if arguments.json {
        let correlations = rules.correlations().count();
        terminal::say(&as_json(&problems, usable, unread, correlations)?)?;
    } else {
        terminal::say(&as_text(&problems, usable, unread)?)?;
    }
    Ok(if problems.is_empty() {
        Exit::Clear
    } else {
        Exit::Unusable
    })
}

fn as_json(
    problems: &[RuleProblem],
    usable: usize,
    without_reader: usize,
    correlations: usize,
) -> anyhow::Result<String> {
    let listed = problems.iter().map(|problem| {
        json!({
            "path": problem.path,
            "line": problem.line,
            "rule_id": problem.rule_id,
            "reason": problem.reason,
        })
    });
    let value = json!({
        "usable": usable,
        "without_reader": without_reader,
        "unusable": problems.len(),
        "correlations": correlations,
        "problems": listed.collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&value).context("cannot write JSON")
}

/// Problems by their reasons, and the counts.
fn as_text(
    problems: &[RuleProblem],
    usable: usize,
    without_reader: usize,
) -> anyhow::Result<String> {
    let mut by_reason: BTreeMap<&str, Vec<&RuleProblem>> = BTreeMap::new();
    for problem in problems {
        by_reason.entry(&problem.reason).or_default().push(problem);
    }
    let mut text = String::new();
    for (reason, problems) in by_reason {
        writeln!(text, "{}", clean_line(reason))?;
        for problem in problems {
            let line = problem.line.map(|line| format!(":{line}"));
            let id = problem.rule_id.as_ref();
            let id = id.map(|id| format!("  {}", clean_line(id)));
            let (line, id) = (line.unwrap_or_default(), id.unwrap_or_default());
            writeln!(text, "  {}{line}{id}", clean_line(&problem.path))?;
        }
        writeln!(text)?;
    }
    write!(
        text,
        "{} usable, {without_reader} for logs that Daylight does not read, {} unusable",
        terminal::count(usable as u64, "rule"),
        problems.len()
    )?;
    Ok(text)
}
