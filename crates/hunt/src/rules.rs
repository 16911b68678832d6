use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use daylight_model::{Event, FindingKind, Limits, LogFamily, Rule, derived_id};

use crate::matcher::Matcher;
use crate::sigma::compile::{self, Expression, FieldNames};
use crate::sigma::source::{self, Target};
use crate::sigma::{Fault, parse, yaml};
use crate::{Error, evaluate};

/// Daylight's own rules, as `(path inside the crate, text)`.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded_rules.rs"));

/// Bytes of one rule file; the largest of the big public collections have a third of it.
const RULE_FILE_BYTES_MAX: usize = 1 << 20;

/// The origin of rules that come with Daylight.
const EMBEDDED_ORIGIN: &str = "embedded";

/// Compiled Sigma rules, sorted by the events they read.
#[derive(Debug, Default)]
pub struct RuleSet {
    pub(crate) rules: Vec<CompiledRule>,
    pub(crate) names: FieldNames,
    ids: HashSet<String>,
    /// The rules for each family and, where they ask for one, event id.
    buckets: HashMap<(LogFamily, Option<u32>), Vec<Entry>>,
    problems: Vec<RuleProblem>,
    /// All rules made ready to be run together, once they are to be.
    matcher: OnceLock<Matcher>,
}

/// A rule ready to run.
#[derive(Debug)]
pub(crate) struct CompiledRule {
    pub(crate) rule: Arc<Rule>,
    pub(crate) expression: Expression,
}

/// A rule's place in a bucket.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Index into [`RuleSet::rules`].
    pub(crate) rule: usize,
    pub(crate) target: Arc<Target>,
}

/// A rule, or a part of a rule file, that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleProblem {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The rule's id, where it could be read.
    pub rule_id: Option<String>,
    /// What is wrong, in a sentence.
    pub reason: String,
}

impl RuleSet {
    /// No rules.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The rules that come with Daylight.
    #[must_use]
    pub fn embedded() -> Self {
        let mut set = Self::empty();
        let limits = Limits::default();
        for (path, text) in EMBEDDED {
            set.add_text(text, path, EMBEDDED_ORIGIN, &limits);
        }
        set
    }

    /// Adds the rules of a folder's `*.yml` and `*.yaml` files, or those of one file.
    ///
    /// What cannot be used becomes one of [`Self::problems`].
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read, or holds more files than `limits` allow.
    pub fn add_directory(&mut self, path: &Path, limits: &Limits) -> Result<(), Error> {
        let mut files = Vec::new();
        let cannot_read = |source| Error::Read {
            path: path.to_owned(),
            source,
        };
        if fs::metadata(path).map_err(cannot_read)?.is_dir() {
            let mut walk = Walk::default();
            self.collect(path, &mut walk, limits, limits.depth_max)?;
            files = walk.files;
        } else {
            files.push(path.to_owned());
        }
        files.sort();
        for file in files {
            let name = file.display().to_string();
            match read(&file, limits) {
                Ok(text) => self.add_text(&text, &name, &name, limits),
                Err(reason) => self.problems.push(RuleProblem {
                    path: name,
                    line: None,
                    rule_id: None,
                    reason,
                }),
            }
        }
        Ok(())
    }

    /// Adds the rules of one file's text.
    pub fn add_text(&mut self, text: &str, path: &str, origin: &str, limits: &Limits) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (documents, fault) = yaml::documents(text, limits.depth_max);
        for document in &documents {
            if let Err(fault) = self.add_document(document, origin, limits) {
                self.problem(path, parse::id_of(document), fault);
            }
        }
        if let Some(fault) = fault {
            self.problem(path, None, fault);
        } else if documents.is_empty() {
            self.problem(path, None, Fault::at(1, "the file holds no rule"));
        }
    }

    /// The rules, in the order they were added.
    pub fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules.iter().map(|compiled| &compiled.rule)
    }

    /// Rules for logs that Daylight does not read: kept and counted, never run.
    pub fn without_reader(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules().filter(|rule| rule.log_sources.is_empty())
    }

    /// What could not be used, in the order it was met.
    #[must_use]
    pub fn problems(&self) -> &[RuleProblem] {
        &self.problems
    }

    /// The rules that may match an event of this kind.
    pub(crate) fn candidates(
        &self,
        family: LogFamily,
        event_id: Option<u32>,
    ) -> impl Iterator<Item = &Entry> {
        let exact = event_id.and_then(|id| self.buckets.get(&(family, Some(id))));
        let any = self.buckets.get(&(family, None));
        exact.into_iter().chain(any).flatten()
    }

    /// The indices of the rules that an event matches, found by asking one rule after the
    /// other what its definition says. Slow: the measure for the hunter.
    #[must_use]
    pub fn matches_by_definition(&self, event: &Event<'_>) -> Vec<usize> {
        let entries = self.candidates(event.family, event.event_id);
        let admitting = entries.filter(|entry| {
            let target = &entry.target;
            target.admits_log(event) && target.admits_type(event)
        });
        let mut rules: Vec<usize> = admitting.map(|entry| entry.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        evaluate::view(event, &self.names, |view| {
            rules.retain(|index| {
                let rule = self.rules.get(*index);
                rule.is_some_and(|rule| view.holds(&rule.expression))
            });
        });
        rules
    }

    /// All rules as one.
    pub(crate) fn matcher(&self) -> &Matcher {
        self.matcher.get_or_init(|| Matcher::new(self))
    }

    fn problem(&mut self, path: &str, rule_id: Option<String>, fault: Fault) {
        self.problems.push(RuleProblem {
            path: path.to_owned(),
            line: fault.line,
            rule_id,
            reason: fault.reason,
        });
    }

    fn add_document(
        &mut self,
        document: &yaml::Node,
        origin: &str,
        limits: &Limits,
    ) -> Result<(), Fault> {
        let parsed = parse::rule(document, limits.depth_max)?;
        let id = match &parsed.id {
            Some(id) => id.clone(),
            None => derived_id("rule", &[&parsed.title]),
        };
        if self.ids.contains(&id) {
            let reason = format!("a rule with the id {id} is there already");
            return Err(Fault::at(document.line, reason));
        }
        let expression = compile::expression(&parsed, &mut self.names, limits)?;
        let targets = source::resolve(&parsed, &expression);
        let rule = Rule {
            id,
            kind: FindingKind::Sigma,
            title: parsed.title,
            description: parsed.description,
            level: parsed.level,
            tags: parsed.tags,
            references: parsed.references,
            false_positives: parsed.false_positives,
            log_sources: targets.iter().map(|target| target.source.clone()).collect(),
            origin: origin.to_owned(),
        };
        self.matcher = OnceLock::new();
        self.ids.insert(rule.id.clone());
        self.add_entries(targets);
        self.rules.push(CompiledRule {
            rule: Arc::new(rule),
            expression,
        });
        Ok(())
    }

    fn add_entries(&mut self, targets: Vec<Target>) {
        let rule = self.rules.len();
        for target in targets.into_iter().map(Arc::new) {
            let family = target.source.family;
            let ids = &target.source.event_ids;
            let ids: Vec<Option<u32>> = if ids.is_empty() {
                vec![None]
            } else {
                ids.iter().copied().map(Some).collect()
            };
            for id in ids {
                let target = Arc::clone(&target);
                let bucket = self.buckets.entry((family, id)).or_default();
                bucket.push(Entry { rule, target });
            }
        }
    }

    fn collect(
        &mut self,
        folder: &Path,
        walk: &mut Walk,
        limits: &Limits,
        depth_left: usize,
    ) -> Result<(), Error> {
        let cannot_read = |source| Error::Read {
            path: folder.to_owned(),
            source,
        };
        if !walk
            .folders
            .insert(folder.canonicalize().map_err(cannot_read)?)
        {
            let reason = "leads to a folder that is read already".to_owned();
            let fault = Fault { line: None, reason };
            self.problem(&folder.display().to_string(), None, fault);
            return Ok(());
        }
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .map_err(cannot_read)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(cannot_read)?;
        entries.sort();
        for path in entries {
            let extension = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() {
                let fault = if depth_left == 0 {
                    Some(format!("folders nest deeper than {}", limits.depth_max))
                } else {
                    let nested = self.collect(&path, walk, limits, depth_left - 1);
                    match nested {
                        Err(Error::Read { source, .. }) => Some(source.to_string()),
                        other => {
                            other?;
                            None
                        }
                    }
                };
                if let Some(reason) = fault {
                    let fault = Fault { line: None, reason };
                    self.problem(&path.display().to_string(), None, fault);
                }
            } else if matches!(extension, Some("yml" | "yaml")) {
                walk.files.push(path);
            }
            if walk.files.len() > limits.files_max {
                return Err(Error::TooMany {
                    path: folder.to_owned(),
                    what: "rule files",
                    expected: limits.files_max as u64,
                    found: walk.files.len() as u64,
                });
            }
        }
        Ok(())
    }
}

/// A folder of rules on the way.
#[derive(Default)]
struct Walk {
    files: Vec<PathBuf>,
    /// Without links, so that one that leads back is not followed for ever.
    folders: HashSet<PathBuf>,
}

fn read(path: &Path, limits: &Limits) -> Result<String, String> {
    use std::io::Read;
    let limit = limits.record_bytes_max.min(RULE_FILE_BYTES_MAX) as u64;
    let plain = |error: std::io::Error| error.to_string();
    // A pipe would keep us waiting.
    if !fs::metadata(path).map_err(plain)?.is_file() {
        return Err("is no regular file".into());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(plain)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(plain)?;
    if bytes.len() as u64 > limit {
        return Err(format!("larger than the limit of {limit} bytes"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        format!("is not UTF-8 at byte {offset}")
    })
}
