//! From rule files to rules that can be run.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use daylight_model::{Limits, Rule};
use yara_x::SourceCode;

use crate::scan::Scanner;
use crate::{Error, files, meta};

/// Daylight's own rules, as `(file name, text)`.
const EMBEDDED: &[(&str, &str)] = &[
    ("exchange.yar", include_str!("../rules/exchange.yar")),
    ("web-shells.yar", include_str!("../rules/web-shells.yar")),
];

/// The origin of rules that come with Daylight.
pub const EMBEDDED_ORIGIN: &str = "embedded";

/// What rules in use elsewhere ask of a file besides its bytes. Rules that name one of these
/// would not compile without.
pub(crate) const FILE_VARIABLES: [&str; 5] =
    ["filename", "filepath", "extension", "filetype", "owner"];

/// The compiler goes down into nested conditions and expressions.
pub(crate) const STACK_BYTES: usize = 64 << 20;

/// Which rules are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Those that come with Daylight.
    pub embedded: bool,
    /// Files of rules, and folders of them.
    pub paths: Vec<PathBuf>,
    /// How many files and folders to take in.
    pub limits: Limits,
    /// How long compiling may take.
    pub compile_seconds_max: u64,
    /// How long the rules may look at one file.
    pub scan_seconds_max: u64,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            embedded: false,
            paths: Vec::new(),
            limits: Limits::default(),
            compile_seconds_max: 300,
            scan_seconds_max: 60,
        }
    }
}

/// A rule, or a part of a rule file, that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleProblem {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong, in a sentence.
    pub reason: String,
}

/// Compiled rules.
pub struct Rules {
    pub(crate) compiled: yara_x::Rules,
    pub(crate) scan_seconds_max: u64,
    fingerprint: u64,
    list: Vec<Arc<Rule>>,
    /// The place in the list by namespace and name.
    places: HashMap<String, usize>,
    problems: Vec<RuleProblem>,
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules")
            .field("list", &self.list)
            .field("problems", &self.problems)
            .finish_non_exhaustive()
    }
}

impl Rules {
    /// The rules that give matches, in the order of their files.
    #[must_use]
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.list
    }

    /// What could not be used.
    #[must_use]
    pub fn problems(&self) -> &[RuleProblem] {
        &self.problems
    }

    /// A number that is another one for other rules, or the same in another order.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Something to look at files with; one for each thread.
    #[must_use]
    pub fn scanner(self: &Arc<Self>) -> Scanner {
        Scanner::new(Arc::clone(self))
    }

    pub(crate) fn rule(&self, found: &yara_x::Rule<'_, '_>) -> Option<&Arc<Rule>> {
        self.list.get(*self.places.get(&meta::id(found))?)
    }
}

/// The rules that come with Daylight as they are written: the file's name, and its text.
pub fn embedded_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    EMBEDDED.iter().copied()
}

/// Compiles rules, file by file, on a thread of its own: one that does not come back is given up
/// instead of waited for.
///
/// # Errors
///
/// Where a path cannot be read or holds no rules, and where compiling takes too long.
pub fn compile(wanted: Wanted) -> Result<Arc<Rules>, Error> {
    let seconds = wanted.compile_seconds_max;
    let (sender, receiver) = sync_channel(1);
    thread::Builder::new()
        .name("yara".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // Whoever waited has given up if this fails.
            let _ = sender.send(compile_here(&wanted));
        })
        .map_err(|_| Error::GaveUp)?;
    match receiver.recv_timeout(Duration::from_secs(seconds)) {
        Ok(compiled) => compiled.map(Arc::new),
        Err(RecvTimeoutError::Timeout) => Err(Error::TooSlow { seconds }),
        Err(RecvTimeoutError::Disconnected) => Err(Error::GaveUp),
    }
}

fn compile_here(wanted: &Wanted) -> Result<Rules, Error> {
    let mut compilation = Compilation::new();
    if wanted.embedded {
        for (name, text) in EMBEDDED {
            compilation.add(
                &format!("daylight/{name}"),
                EMBEDDED_ORIGIN,
                text.as_bytes(),
            );
        }
    }
    for path in &wanted.paths {
        compilation.add_path(path, &wanted.limits)?;
    }
    Ok(compilation.finish(wanted.scan_seconds_max))
}

struct Compilation<'c> {
    compiler: yara_x::Compiler<'c>,
    problems: Vec<RuleProblem>,
    /// Of all that was read.
    fingerprint: DefaultHasher,
    /// Those that were read: folders may be given twice.
    files: HashSet<PathBuf>,
    /// Where the rules of each namespace come from.
    origins: HashMap<String, String>,
}

impl Compilation<'_> {
    fn new() -> Self {
        let mut compiler = yara_x::Compiler::new();
        compiler
            .enable_includes(false)
            .relaxed_re_syntax(true)
            .switch_all_warnings(false);
        for name in FILE_VARIABLES {
            // A fresh compiler knows none of the names yet, so that none is refused.
            let _ = compiler.define_global(name, "");
        }
        Self {
            compiler,
            problems: Vec::new(),
            fingerprint: DefaultHasher::new(),
            files: HashSet::new(),
            origins: HashMap::new(),
        }
    }

    fn problem(&mut self, path: &Path, line: Option<usize>, reason: String) {
        let path = path.display().to_string();
        self.problems.push(RuleProblem { path, line, reason });
    }

    fn add_path(&mut self, path: &Path, limits: &Limits) -> Result<(), Error> {
        let listed = files::list(path, limits, &mut |folder, reason| {
            self.problem(folder, None, reason);
        })?;
        for file in listed {
            if !self.files.insert(file.clone()) {
                continue;
            }
            let shown = file.display().to_string();
            match files::read(&file) {
                Ok(text) => self.add(&self.namespace(path, &file), &shown, &text),
                Err(reason) => self.problem(&file, None, reason),
            }
        }
        Ok(())
    }

    /// The file's path below the folder that was given: the same wherever that folder lies.
    fn namespace(&self, given: &Path, file: &Path) -> String {
        let below = file.strip_prefix(given).ok();
        let below = below.filter(|below| !below.as_os_str().is_empty());
        let name = below.or_else(|| file.file_name().map(Path::new));
        let short = name
            .unwrap_or(file)
            .display()
            .to_string()
            .replace('\\', "/");
        if self.origins.contains_key(&short) {
            file.display().to_string()
        } else {
            short
        }
    }

    fn add(&mut self, namespace: &str, origin: &str, text: &[u8]) {
        (namespace, origin, text).hash(&mut self.fingerprint);
        self.origins.insert(namespace.to_owned(), origin.to_owned());
        let known = self.compiler.errors().len();
        self.compiler.new_namespace(namespace);
        let source = SourceCode::from(text).with_origin(origin);
        if self.compiler.add_source(source).is_ok() {
            return;
        }
        let errors = self.compiler.errors().iter().skip(known);
        let problems = errors.map(|error| RuleProblem {
            path: origin.to_owned(),
            line: error
                .labels()
                .next()
                .map(|label| line(text, label.span().start())),
            reason: reason(error),
        });
        self.problems.extend(problems.collect::<Vec<_>>());
    }

    fn finish(self, scan_seconds_max: u64) -> Rules {
        let compiled = self.compiler.build();
        let mut list = Vec::new();
        let mut places = HashMap::new();
        for rule in compiled.iter().filter(|rule| !rule.is_private()) {
            let origin = self.origins.get(rule.namespace());
            let rule = meta::rule(&rule, origin.map_or("", String::as_str));
            places.insert(rule.id.clone(), list.len());
            list.push(Arc::new(rule));
        }
        Rules {
            compiled,
            scan_seconds_max,
            fingerprint: self.fingerprint.finish(),
            list,
            places,
            problems: self.problems,
        }
    }
}

/// The line, from 1, that a byte of a text stands in.
fn line(text: &[u8], offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// What the compiler says, and where it points at something what it says of that.
fn reason(error: &yara_x::errors::CompileError) -> String {
    let title = error.title();
    let label = error.labels().next();
    match label.map(|label| label.text().to_owned()) {
        Some(text) if !text.is_empty() && text != title => format!("{title}: {text}"),
        _ => title.to_owned(),
    }
}
