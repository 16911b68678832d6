use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::build::{malformed, with_campaigns_today};
use crate::curated::{KevMatch, Operation, Product};
use crate::facts::{
    Actor, Background, Campaign, FactSource, Group, Ransomware, Software, Technique, Vulnerability,
    heir,
};
use crate::index::Index;
use crate::update::{UpdatedPack, unborne};
use crate::{FactKind, GroupLink, KnowledgeError};

/// The pack's layout; goes up whenever an older program could not read a newer pack.
pub(crate) const FORMAT: u32 = 2;

/// Far above any pack of ours, far below what would hurt.
const UNPACKED_BYTES_MAX: u64 = 64 << 20;

/// ATT&CK 19 numbers these techniques anew; where the facts are older, both numbers are known.
const RENUMBERED: [(&str, &str); 2] = [("T1685.005", "T1070.001"), ("T1685", "T1562.001")];

#[derive(Serialize, Deserialize)]
pub(crate) struct Pack {
    pub(crate) format: u32,
    pub(crate) background: Background,
    pub(crate) products: Vec<Product>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) ordinary_words: BTreeSet<String>,
}

/// What of the pack is our own, read without the rest.
#[derive(Deserialize)]
pub(crate) struct Curated {
    pub(crate) products: Vec<Product>,
    /// As they were written, without what ATT&CK says of their campaigns.
    pub(crate) operations: Vec<Operation>,
    pub(crate) ordinary_words: BTreeSet<String>,
}

/// Which layout a pack has.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// The same facts give the same bytes: there is no name and no time in the header.
pub(crate) fn compress(pack: &impl Serialize) -> Result<Vec<u8>, KnowledgeError> {
    let path = Path::new("fact pack");
    let json = serde_json::to_vec(pack).map_err(|error| malformed(path, "facts", &error))?;
    let mut writer = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::best());
    writer
        .write_all(&json)
        .and_then(|()| writer.finish())
        .map_err(|source| KnowledgeError::Read {
            path: path.to_owned(),
            source,
        })
}

pub(crate) fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, KnowledgeError> {
    let path = Path::new("fact pack");
    let mut json = Vec::new();
    GzDecoder::new(bytes)
        .take(UNPACKED_BYTES_MAX + 1)
        .read_to_end(&mut json)
        .map_err(|error| malformed(path, "gzip", &error))?;
    if json.len() as u64 > UNPACKED_BYTES_MAX {
        return Err(KnowledgeError::TooLarge {
            expected_bytes_max: UNPACKED_BYTES_MAX,
        });
    }
    let wrong = |error: serde_json::Error| malformed(path, "facts", &error);
    let head: Head = serde_json::from_slice(&json).map_err(wrong)?;
    if head.format != FORMAT {
        return Err(KnowledgeError::Format {
            expected: FORMAT,
            found: head.format,
        });
    }
    serde_json::from_slice(&json).map_err(wrong)
}

const EMBEDDED: &[u8] = include_bytes!("../data/pack.json.gz");

/// What is known before any report is read.
pub struct Knowledge {
    pub(crate) facts: Background,
    pub(crate) curated: Curated,
    /// Our own operations, with what ATT&CK says of their campaigns.
    pub(crate) operations: Vec<Operation>,
    /// ATT&CK in its version, as reasons and names cite it.
    pub(crate) attack: String,
    pub(crate) index: OnceLock<Index>,
}

impl Knowledge {
    /// The facts this program was built with.
    ///
    /// # Panics
    ///
    /// Never in a program that passed its tests: the pack is part of it.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();
        #[expect(clippy::expect_used, reason = "the pack is compiled in and tested")]
        KNOWLEDGE.get_or_init(|| Self::from_bytes(EMBEDDED).expect("the embedded pack is sound"))
    }

    /// Facts from a pack made by [`crate::build`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KnowledgeError> {
        let pack: Pack = unpack(bytes)?;
        let curated = Curated {
            products: pack.products,
            operations: pack.operations,
            ordinary_words: pack.ordinary_words,
        };
        Ok(Self::new(pack.background, curated))
    }

    /// Facts of an update, with our own as they come with this program.
    ///
    /// # Errors
    ///
    /// Where the bytes are damaged, or of a program with another layout.
    pub fn from_update(bytes: &[u8]) -> Result<Self, KnowledgeError> {
        let updated: UpdatedPack = unpack(bytes)?;
        Ok(Self::new(updated.background, unpack(EMBEDDED)?))
    }

    fn new(facts: Background, curated: Curated) -> Self {
        Self {
            operations: with_campaigns_today(curated.operations.clone(), &facts),
            attack: facts.cited(FactKind::Attack),
            facts,
            curated,
            index: OnceLock::new(),
        }
    }

    /// Where each kind of facts comes from, and how many there are.
    pub fn sources(&self) -> impl Iterator<Item = (&FactSource, Vec<(&'static str, usize)>)> {
        let counts = |kind| {
            let facts = &self.facts;
            match kind {
                FactKind::Attack => vec![
                    ("techniques", facts.techniques.len()),
                    ("groups", facts.groups.len()),
                    ("malware and tools", facts.software.len()),
                    ("campaigns", facts.campaigns.len()),
                ],
                FactKind::Kev => vec![("exploited flaws", facts.vulnerabilities.len())],
                FactKind::Actors => vec![("actors", facts.actors.len())],
                FactKind::Ransomware => vec![("families of ransomware", facts.ransomware.len())],
            }
        };
        let sources = self.facts.sources.iter();
        sources.map(move |source| (source, counts(source.kind)))
    }

    /// Our own entries that the facts do not bear out, each with the reason: none for those
    /// that the program was built with.
    #[must_use]
    pub fn unborne(&self) -> Vec<String> {
        unborne(&self.curated.products, &self.operations, &self.facts)
    }

    /// The technique that bears this id today: one that was revoked leads to what took its
    /// place, and ids of ATT&CK 19 lead to their older selves where the facts are older.
    #[must_use]
    pub fn technique(&self, id: &str) -> Option<&Technique> {
        let techniques = &self.facts.techniques;
        heir(techniques, id).or_else(|| {
            let (_, older) = RENUMBERED.iter().find(|(newer, _)| *newer == id)?;
            heir(techniques, older)
        })
    }

    /// The technique that an id means today, where it bears another.
    #[must_use]
    pub fn renumbered(&self, id: &str) -> Option<&Technique> {
        self.technique(id).filter(|technique| technique.id != id)
    }

    /// A group by ATT&CK id, following revocations.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        heir(&self.facts.groups, id)
    }

    /// Malware or a tool by ATT&CK id, following revocations.
    #[must_use]
    pub fn software(&self, id: &str) -> Option<&Software> {
        heir(&self.facts.software, id)
    }

    /// A campaign by ATT&CK id.
    #[must_use]
    pub fn campaign(&self, id: &str) -> Option<&Campaign> {
        self.facts.campaigns.get(id)
    }

    /// ATT&CK's id and name of a tactic, by its short name (`persistence`).
    #[must_use]
    pub fn tactic(&self, shortname: &str) -> Option<(&str, &str)> {
        self.facts
            .tactics
            .get(shortname)
            .map(|(id, name)| (id.as_str(), name.as_str()))
    }

    /// A flaw on CISA's list of those known to be exploited.
    #[must_use]
    pub fn vulnerability(&self, cve: &str) -> Option<&Vulnerability> {
        self.facts.vulnerabilities.get(cve)
    }

    /// Flaws on CISA's list that are a product's.
    pub fn vulnerabilities_of<'a>(
        &'a self,
        product: &'a Product,
    ) -> impl Iterator<Item = &'a Vulnerability> {
        self.facts
            .vulnerabilities
            .values()
            .filter(|flaw| product.kev.iter().any(|kev| kev.matches(flaw)))
    }

    /// ATT&CK's mitigations for a technique: ids and names.
    #[must_use]
    pub fn mitigations(&self, technique_id: &str) -> Vec<(&str, &str)> {
        let Some(technique) = self.technique(technique_id) else {
            return Vec::new();
        };
        let ids = self
            .facts
            .mitigated_by
            .get(&technique.id)
            .into_iter()
            .flatten();
        ids.filter_map(|id| {
            self.facts
                .mitigations
                .get(id)
                .map(|name| (id.as_str(), name.as_str()))
        })
        .collect()
    }

    /// What a group, software or campaign uses: ids of techniques and software.
    #[must_use]
    pub fn uses(&self, id: &str) -> &[String] {
        self.facts.uses.get(id).map_or(&[], Vec::as_slice)
    }

    /// Techniques a group, software or campaign uses.
    pub fn techniques_of(&self, id: &str) -> impl Iterator<Item = &Technique> {
        self.uses(id)
            .iter()
            .filter_map(|used| self.facts.techniques.get(used))
    }

    /// Groups that ATT&CK knows to use a technique or software.
    pub fn groups_using<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Group> {
        let uses = self
            .facts
            .uses
            .iter()
            .filter(move |(_, used)| used.iter().any(|used| used == id));
        uses.filter_map(|(user, _)| self.facts.groups.get(user))
    }

    /// A curated operation, by our slug or by the id of ATT&CK's campaign.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        let named = |operation: &&Operation| {
            operation.id == id || operation.campaign.as_deref() == Some(id)
        };
        self.operations.iter().find(named)
    }

    /// Every curated operation.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Curated operations that used a flaw.
    pub fn operations_using<'a, 'c>(
        &'a self,
        cve: &'c str,
    ) -> impl Iterator<Item = &'a Operation> + use<'a, 'c> {
        self.operations
            .iter()
            .filter(move |operation| operation.vulnerabilities.iter().any(|id| id == cve))
    }

    /// Who links which group to a flaw, and by which operation.
    pub fn groups_linked_to<'a>(
        &'a self,
        cve: &'a str,
    ) -> impl Iterator<Item = (&'a Operation, &'a GroupLink)> {
        self.operations_using(cve)
            .flat_map(|operation| operation.groups.iter().map(move |link| (operation, link)))
    }

    /// A product by our slug.
    #[must_use]
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.curated
            .products
            .iter()
            .find(|product| product.id == id)
    }

    /// Every curated product.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.curated.products
    }

    /// Every actor of the MISP galaxy.
    #[must_use]
    pub fn actors(&self) -> &[Actor] {
        &self.facts.actors
    }

    /// Every ransomware family of the MISP galaxy.
    #[must_use]
    pub fn ransomware(&self) -> &[Ransomware] {
        &self.facts.ransomware
    }
}

impl KevMatch {
    /// Whether an entry of CISA's list is meant.
    #[must_use]
    pub fn matches(&self, flaw: &Vulnerability) -> bool {
        self.vendor == flaw.vendor
            && flaw.product.contains(&self.product)
            && flaw.name.contains(&self.flaw)
    }
}
