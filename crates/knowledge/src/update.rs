//! Facts that are newer than the program.

use std::collections::BTreeMap;

use daylight_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::build::{curated_problems, with_campaigns_today};
use crate::curated::{Operation, Product};
use crate::facts::{Background, Numbered, heir};
use crate::pack::{FORMAT, compress};
use crate::{FactKind, FactSource, Knowledge, KnowledgeError, Published};

/// What an update is kept as: the facts of others alone, for our own come with each program.
#[derive(Serialize, Deserialize)]
pub(crate) struct UpdatedPack {
    pub(crate) format: u32,
    pub(crate) background: Background,
}

/// What facts as published would make of those that are known.
pub struct Update {
    background: Background,
    /// What would change, for each file.
    pub taken: Vec<Taken>,
    /// Facts that none of the files holds, which stay as they are.
    pub kept: Vec<FactSource>,
    /// What to know before taking it over.
    pub warnings: Vec<String>,
}

/// What a file of facts changes.
#[derive(Debug, Clone, Serialize)]
pub struct Taken {
    /// What there was.
    pub before: Option<FactSource>,
    /// What there is now.
    pub after: FactSource,
    /// Each kind of thing in it.
    pub changes: Vec<Changes>,
}

/// What changes among things of a kind.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Changes {
    /// "techniques".
    pub of: &'static str,
    /// How many there were.
    pub before: usize,
    /// How many there are.
    pub after: usize,
    /// Those that are new.
    pub added: Vec<Entry>,
    /// Those that are called otherwise, with their older names.
    pub renamed: Vec<(Entry, String)>,
    /// Those that bear another number, with what took their place in the end.
    pub renumbered: Vec<(Entry, Entry)>,
    /// Those that are no longer used, and nothing took their place.
    pub retired: Vec<Entry>,
    /// Those that are not there any more.
    pub gone: Vec<Entry>,
}

/// A thing by its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Entry {
    /// ATT&CK id, CVE id or MISP uuid.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Changes {
    /// Whether nothing changes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.renamed.is_empty()
            && self.renumbered.is_empty()
            && self.retired.is_empty()
            && self.gone.is_empty()
    }
}

impl Knowledge {
    /// What facts as published, read at `now`, would make of these.
    #[must_use]
    pub fn update(&self, published: Vec<Published>, now: Timestamp) -> Update {
        let mut background = self.facts.clone();
        let mut sources = Vec::new();
        for mut published in published {
            published.source.taken = Some(now);
            sources.push(published.source.clone());
            published.put_into(&mut background);
        }
        let taken = sources.into_iter().map(|after| Taken {
            before: self.facts.source(after.kind).cloned(),
            changes: changes(after.kind, &self.facts, &background),
            after,
        });
        let taken: Vec<Taken> = taken.collect();
        let is_taken = |kind| taken.iter().any(|it| it.after.kind == kind);
        let kept = self.facts.sources.iter().filter(|it| !is_taken(it.kind));
        let mut warnings: Vec<String> = taken.iter().filter_map(older).collect();
        let operations = with_campaigns_today(self.curated.operations.clone(), &background);
        warnings.extend(unborne(&self.curated.products, &operations, &background));
        Update {
            kept: kept.cloned().collect(),
            background,
            warnings,
            taken,
        }
    }
}

impl Update {
    /// What would be lost, where more than half of what is known would be: files with so
    /// little in them are seldom what they are taken for.
    #[must_use]
    pub fn loses(&self) -> Option<String> {
        let changes = self.taken.iter().flat_map(|it| &it.changes);
        let mut lost = changes.filter(|it| it.gone.len() > it.before / 2);
        lost.next()
            .map(|it| format!("{} of {} {} would be gone", it.gone.len(), it.before, it.of))
    }

    /// The facts to keep, for [`Knowledge::from_update`].
    ///
    /// # Errors
    ///
    /// None that facts of a published file can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, KnowledgeError> {
        compress(&UpdatedPack {
            format: FORMAT,
            background: self.background.clone(),
        })
    }
}

fn older(taken: &Taken) -> Option<String> {
    let before = taken.before.as_ref()?;
    let (own, others) = (taken.after.cited(), before.cited());
    if taken.after.is_older_than(before) {
        return Some(format!("{own} is older than {others}"));
    }
    // ATT&CK takes nothing away: what it gave up stays in it, marked so.
    let lacks = taken.changes.iter().any(|it| !it.gone.is_empty());
    (taken.after.kind == FactKind::Attack && lacks)
        .then(|| format!("{own} lacks what {others} has: it may be older"))
}

/// What our own entries say and facts do not bear out.
pub(crate) fn unborne(
    products: &[Product],
    operations: &[Operation],
    background: &Background,
) -> Vec<String> {
    let problems = curated_problems(products, operations, background);
    problems
        .map(|it| format!("Daylight's own entry {}: {}", it.entry, it.problem))
        .collect()
}

/// A thing as it is compared.
struct Compared<'f> {
    name: &'f str,
    retired: bool,
    heir: Option<Entry>,
}

type Things<'f> = BTreeMap<&'f str, Compared<'f>>;

fn changes(kind: FactKind, before: &Background, after: &Background) -> Vec<Changes> {
    let compare = |of, things: for<'f> fn(&'f Background) -> Things<'f>| {
        compared(of, &things(before), &things(after))
    };
    match kind {
        FactKind::Attack => vec![
            compare("techniques", |facts| numbered(&facts.techniques)),
            compare("groups", |facts| numbered(&facts.groups)),
            compare("malware and tools", |facts| numbered(&facts.software)),
            compare("campaigns", campaigns),
        ],
        FactKind::Kev => vec![
            compare("exploited flaws", flaws),
            compare("flaws used for ransomware", ransomware_flaws),
        ],
        FactKind::Actors => vec![compare("actors", actors)],
        FactKind::Ransomware => vec![compare("families of ransomware", families)],
    }
}

fn compared(of: &'static str, before: &Things<'_>, after: &Things<'_>) -> Changes {
    let mut changes = Changes {
        of,
        before: before.len(),
        after: after.len(),
        ..Changes::default()
    };
    for (id, new) in after {
        let entry = || entry(id, new.name);
        let old = before.get(id);
        match old {
            None if !new.retired => changes.added.push(entry()),
            Some(old) if old.name != new.name => {
                changes.renamed.push((entry(), old.name.to_owned()));
            }
            _ => {}
        }
        match &new.heir {
            Some(heir) if old.is_none_or(|old| old.heir.as_ref() != Some(heir)) => {
                changes.renumbered.push((entry(), heir.clone()));
            }
            None if new.retired && old.is_some_and(|old| !old.retired) => {
                changes.retired.push(entry());
            }
            _ => {}
        }
    }
    let gone = before.iter().filter(|(id, _)| !after.contains_key(*id));
    changes.gone = gone.map(|(id, old)| entry(id, old.name)).collect();
    changes
}

fn entry(id: &str, name: &str) -> Entry {
    Entry {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

fn plain(name: &str) -> Compared<'_> {
    Compared {
        name,
        retired: false,
        heir: None,
    }
}

/// Things that ATT&CK numbers, and numbers anew.
fn numbered<T: Numbered>(all: &BTreeMap<String, T>) -> Things<'_> {
    let things = all.iter().map(|(id, thing)| {
        let heir = heir(all, id).filter(|heir| heir.id() != id);
        let compared = Compared {
            name: thing.name(),
            retired: thing.is_retired(),
            heir: heir.map(|heir| entry(heir.id(), heir.name())),
        };
        (id.as_str(), compared)
    });
    things.collect()
}

fn campaigns(facts: &Background) -> Things<'_> {
    let all = facts.campaigns.values();
    all.map(|it| (it.id.as_str(), plain(&it.name))).collect()
}

fn flaws(facts: &Background) -> Things<'_> {
    let all = facts.vulnerabilities.values();
    all.map(|it| (it.cve.as_str(), plain(&it.name))).collect()
}

fn ransomware_flaws(facts: &Background) -> Things<'_> {
    let all = facts.vulnerabilities.values().filter(|it| it.ransomware);
    all.map(|it| (it.cve.as_str(), plain(&it.name))).collect()
}

fn actors(facts: &Background) -> Things<'_> {
    let all = facts.actors.iter();
    all.map(|it| (it.uuid.as_str(), plain(&it.name))).collect()
}

fn families(facts: &Background) -> Things<'_> {
    let all = facts.ransomware.iter();
    all.map(|it| (it.uuid.as_str(), plain(&it.name))).collect()
}
