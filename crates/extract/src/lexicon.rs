//! Names that the reading recognises, handed in by whoever calls it, beside countries,
//! government bodies and the like that it knows by itself.

use std::collections::{HashMap, HashSet};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Anchored, Input, MatchKind, StartKind};
use daylight_model::{EntityKind, Span};

use crate::words;

/// A name from background knowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownName {
    /// The name as it would be written.
    pub text: String,
    /// What it names.
    pub kind: EntityKind,
    /// The id there: ATT&CK id, CVE id, MISP UUID.
    pub id: Option<String>,
    /// The main name of what it names.
    pub canonical: String,
    /// The name is an ordinary word as well ("Play", "Net"): believed only beside a word
    /// such as "ransomware".
    pub ambiguous: bool,
}

/// Names, ready to be found in text.
#[derive(Debug)]
pub struct Lexicon {
    automaton: Option<AhoCorasick>,
    openings: Openings,
    entries: Vec<Entry>,
    product_nouns: HashSet<&'static str>,
    /// The country that a body speaks for, by its name.
    homes: HashMap<&'static str, &'static str>,
}

/// What one spelling means.
#[derive(Debug, Clone)]
struct Entry {
    text: String,
    exact: bool,
    ambiguous: bool,
    meaning: Meaning,
}

/// What a name found in text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) kind: EntityKind,
    /// Background knowledge's id; `None` for a contested name.
    pub(crate) id: Option<String>,
    pub(crate) canonical: String,
    /// An adjective or a people ("Chinese"): it points at the country without naming it.
    pub(crate) adjective: bool,
}

/// A name found in text.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) span: Span,
    pub(crate) meaning: Meaning,
}

impl Lexicon {
    /// A lexicon of the names given and the ones that come with the reading.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = KnownName>) -> Self {
        let mut entries = built_in();
        entries.extend(names.into_iter().filter_map(from_known));
        let entries = settle_contested(entries);
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .build(entries.iter().map(|entry| entry.text.as_str()))
            .ok();
        let product_nouns =
            "software server servers email mail product products platform application service services system systems client appliance appliances device devices email-server"
                .split_whitespace()
                .collect();
        let homes = table(include_str!("../data/bodies.tsv"))
            .map(columns)
            .map(|[_, name, _, country, _]| (name, country))
            .filter(|(_, country)| !country.is_empty())
            .collect();
        Self {
            automaton,
            openings: Openings::new(&entries),
            entries,
            product_nouns,
            homes,
        }
    }

    /// Every name in a stretch of text, leftmost and longest first.
    pub(crate) fn find(&self, text: &str, within: Span) -> Vec<Found> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        let part = within.of(text);
        let mut found = Vec::new();
        let mut at = 0;
        // A name stands alone: it begins where no letter or digit stands before.
        let mut joined = false;
        while let Some(&byte) = part.as_bytes().get(at) {
            let hit = (!joined && self.openings.may_begin(&part.as_bytes()[at..]))
                .then(|| Input::new(part).range(at..).anchored(Anchored::Yes))
                .and_then(|input| automaton.try_find(input).ok()?);
            if let Some(hit) = hit {
                let span = Span::new(hit.start(), hit.end());
                let entry = &self.entries[hit.pattern().as_usize()];
                if !span.is_empty() && stands_alone(part, span) && entry.accepts(part, span) {
                    found.push(Found {
                        span: Span::new(within.start + span.start, within.start + span.end),
                        meaning: entry.meaning.clone(),
                    });
                    at = span.end;
                    joined = part[..at].ends_with(joins);
                    continue;
                }
            }
            if byte.is_ascii() {
                joined = byte.is_ascii_alphanumeric() || byte == b'_';
                at += 1;
            } else {
                let character = part[at..].chars().next();
                joined = character.is_some_and(joins);
                at += character.map_or(1, char::len_utf8);
            }
        }
        found
    }

    /// What a name means, written just so.
    pub(crate) fn meaning(&self, name: &str) -> Option<Meaning> {
        let whole = Span::new(0, name.len());
        self.find(name, whole)
            .into_iter()
            .find(|found| found.span == whole)
            .map(|found| found.meaning)
    }

    /// The ISO code of the country that a body speaks for.
    pub(crate) fn home(&self, name: &str) -> Option<&'static str> {
        self.homes.get(name).copied()
    }

    /// Whether a noun after a product's name still means the product ("Exchange servers").
    pub(crate) fn is_product_noun(&self, word: &str) -> bool {
        self.product_nouns.contains(word)
    }
}

impl Entry {
    /// Whether the spelling in the text is the name and not an ordinary word.
    fn accepts(&self, part: &str, span: Span) -> bool {
        let written = span.of(part);
        if (self.exact || self.ambiguous) && written != self.text {
            return false;
        }
        if self.ambiguous && (!has_cue(part, span) || ends_name(part, span)) {
            return false;
        }
        if self.meaning.kind == EntityKind::Country
            && !self.meaning.adjective
            && inside_name(part, span)
        {
            return false;
        }
        // In lower case a name is an ordinary word ("payload"), unless that is how it is spelt.
        written.starts_with(char::is_uppercase) || !self.text.starts_with(char::is_uppercase)
    }
}

/// "the Gravel Moth malware": an ordinary word that ends another name. "The Russian Moth" is none.
fn ends_name(part: &str, span: Span) -> bool {
    let word = part[..span.start].trim_end().rsplit([' ', '\n']).next();
    let people = word.is_some_and(|word| {
        ["an", "ese", "ish", "ic"]
            .iter()
            .any(|end| word.ends_with(end))
    });
    !people && inside_name(part, span)
}

/// "DHL Germany", "Michael Jordan", "Chad Miller": a country's name inside another name.
fn inside_name(part: &str, span: Span) -> bool {
    // Given names as well, so that a capitalised word behind one is a surname.
    const GIVEN: &[&str] = &["Jordan", "Chad", "Georgia", "Israel", "Kenya"];
    // What may stand before a country's name without being a part of it.
    const BEFORE: &[&str] = &[
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "central",
        "mainland",
        "soviet",
        "communist",
        "imperial",
        "greater",
        "president",
        "minister",
        "mr",
    ];
    let is_name = |word: &str| {
        let lower = word.to_ascii_lowercase();
        let lower = lower.as_str();
        word.starts_with(char::is_uppercase)
            && word.len() > 1
            && word.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !BEFORE.contains(&lower)
            && !words::VERB_FORMS.contains_key(lower)
            && !words::IS_PREPOSITION.contains(lower)
            && !words::IS_CONJUNCTION.contains(lower)
            && !words::IS_SUBORDINATOR.contains(lower)
            && !words::IS_DETERMINER.contains(lower)
            && !words::IS_ADVERB.contains(lower)
            && !words::IS_ADJECTIVE.contains(lower)
            && !words::IS_RELATIVE.contains(lower)
            && !words::IS_MODAL.contains(lower)
            && !words::IS_AUXILIARY.contains(lower)
            && !words::IS_ATTACK_NOUN.contains(lower)
            && !words::IS_PERSON_NOUN.contains(lower)
    };
    let before = part[..span.start].strip_suffix(' ').unwrap_or_default();
    let word = before
        .rsplit([' ', '\n', '(', '“', '"'])
        .next()
        .unwrap_or_default();
    // A capital at the start of the sentence says nothing.
    let inside = before.len() > word.len()
        && !before[..before.len() - word.len()]
            .trim_end()
            .ends_with(['.', ':', '!', '?', '”', '"'])
        || word.chars().filter(|c| c.is_uppercase()).count() > 1
        || GIVEN.contains(&span.of(part));
    let after = part[span.end..].strip_prefix(' ').unwrap_or_default();
    let next = after
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .next()
        .unwrap_or_default();
    inside && is_name(word) || GIVEN.contains(&span.of(part)) && is_name(next)
}

/// The letters that accepted names begin with: a look at four of them spares most words the
/// search. Small, so that it stays at hand.
#[derive(Debug)]
struct Openings {
    /// One bit a hash.
    of_letters: Vec<u64>,
    /// Which lengths there are of openings with a first byte, one bit each.
    lengths: [u8; 256],
}

/// A name of fewer bytes opens with all of them.
const OPENING_BYTES: usize = 4;

impl Openings {
    fn new(entries: &[Entry]) -> Self {
        let mut openings = Self {
            of_letters: vec![0; 1 << 11],
            lengths: [0; 256],
        };
        for entry in entries {
            let bytes = entry.text.as_bytes();
            let opening = &bytes[..bytes.len().min(OPENING_BYTES)];
            openings.add(opening);
            // In lower case, only what is spelt so is a name.
            if !entry.text.starts_with(char::is_uppercase) {
                openings.add(&opening.to_ascii_lowercase());
                openings.add(&opening.to_ascii_uppercase());
            }
        }
        openings
    }

    fn add(&mut self, opening: &[u8]) {
        if let Some(&first) = opening.first() {
            let hash = hash(opening);
            self.of_letters[hash >> 6] |= 1 << (hash & 63);
            self.lengths[usize::from(first)] |= 1 << opening.len();
        }
    }

    /// Whether a name may begin where these bytes do.
    fn may_begin(&self, bytes: &[u8]) -> bool {
        let lengths = bytes
            .first()
            .map_or(0, |&first| self.lengths[usize::from(first)]);
        (1..=OPENING_BYTES.min(bytes.len())).any(|length| {
            if lengths & 1 << length == 0 {
                return false;
            }
            let hash = hash(&bytes[..length]);
            self.of_letters[hash >> 6] & 1 << (hash & 63) != 0
        })
    }
}

/// Seventeen bits of the first byte as it is, the next in lower case, and their number.
fn hash(opening: &[u8]) -> usize {
    let (first, rest) = opening.split_first().unwrap_or((&0, &[]));
    let whole = rest.iter().fold(u32::from(*first), |whole, byte| {
        whole << 8 | u32::from(byte.to_ascii_lowercase())
    });
    let mixed = (whole ^ opening.len() as u32).wrapping_mul(0x9e37_79b9);
    (mixed >> 15) as usize
}

/// Whether a word beside an ambiguous name says that it is one.
fn has_cue(part: &str, span: Span) -> bool {
    const CUES: &[&str] = &[
        "ransomware",
        "malware",
        "gang",
        "group",
        "trojan",
        "backdoor",
        "botnet",
        "worm",
        "stealer",
        "loader",
        "rat",
        "hackers",
        "affiliates",
        "operators",
        "actors",
        "tool",
        "spyware",
        "wiper",
    ];
    let after = part[span.end..].split_whitespace().take(2);
    let before = part[..span.start].split_whitespace().rev().take(1);
    after.chain(before).any(|word| {
        CUES.contains(
            &word
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase()
                .as_str(),
        )
    })
}

fn joins(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether no letter or digit touches the span.
fn stands_alone(text: &str, span: Span) -> bool {
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    !before.is_some_and(joins) && !after.is_some_and(joins)
}

fn from_known(name: KnownName) -> Option<Entry> {
    // One or two letters mean anything; ids such as G0125 are read elsewhere.
    if name.text.chars().count() < 3 {
        return None;
    }
    let exact = name.text.len() <= 5;
    let meaning = Meaning {
        kind: name.kind,
        id: name.id,
        canonical: name.canonical,
        adjective: false,
    };
    Some(Entry {
        text: name.text,
        exact,
        ambiguous: name.ambiguous,
        meaning,
    })
}

/// One entry a spelling. Where knowledge gives a spelling to several, nobody gets it: the
/// kind stays where they agree, the id does not.
fn settle_contested(entries: Vec<Entry>) -> Vec<Entry> {
    let mut by_text: HashMap<String, usize> = HashMap::new();
    let mut settled: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        let key = if entry.exact {
            entry.text.clone()
        } else {
            entry.text.to_lowercase()
        };
        match by_text.get(&key).copied() {
            None => {
                by_text.insert(key, settled.len());
                settled.push(entry);
            }
            Some(at) => {
                let first = &mut settled[at];
                let same_thing = first.meaning.id == entry.meaning.id
                    || first.meaning.canonical == entry.meaning.canonical;
                if !same_thing && first.meaning.kind == entry.meaning.kind {
                    first.meaning.id = None;
                    first.meaning.canonical.clone_from(&first.text);
                }
                first.ambiguous |= entry.ambiguous;
            }
        }
    }
    settled
}

/// Countries, government bodies, international bodies and the firms that speak most often.
fn built_in() -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |text: &str, kind, id: Option<&str>, canonical: &str, adjective| {
        let meaning = Meaning {
            kind,
            id: id.map(str::to_owned),
            canonical: canonical.to_owned(),
            adjective,
        };
        for spelling in [text.to_owned(), text.replace('\'', "’")] {
            entries.push(Entry {
                text: spelling,
                exact: true,
                ambiguous: false,
                meaning: meaning.clone(),
            });
        }
    };
    for line in table(include_str!("../data/countries.tsv")) {
        let [code, name, others, adjectives, seats] = columns(line);
        for text in std::iter::once(name).chain(list(others)).chain(list(seats)) {
            add(text, EntityKind::Country, Some(code), name, false);
        }
        for text in list(adjectives) {
            add(text, EntityKind::Country, Some(code), name, true);
        }
    }
    for line in table(include_str!("../data/bodies.tsv")) {
        let [kind, name, others, _, _] = columns(line);
        let kind = match kind {
            "government-body" => EntityKind::GovernmentBody,
            "international-body" => EntityKind::InternationalBody,
            _ => EntityKind::Organization,
        };
        for text in std::iter::once(name).chain(list(others)) {
            add(text, kind, None, name, false);
        }
    }
    entries
}

fn table(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn columns(line: &str) -> [&str; 5] {
    let mut columns = line.split('\t');
    std::array::from_fn(|_| columns.next().unwrap_or_default())
}

fn list(column: &str) -> impl Iterator<Item = &str> {
    column.split('|').filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let name = |text: &str, kind, id: &str, canonical: &str, ambiguous| KnownName {
            text: text.to_owned(),
            kind,
            id: Some(id.to_owned()),
            canonical: canonical.to_owned(),
            ambiguous,
        };
        Lexicon::new([
            name(
                "Sandworm Team",
                EntityKind::IntrusionSet,
                "G0034",
                "Sandworm Team",
                false,
            ),
            name(
                "Sandworm",
                EntityKind::IntrusionSet,
                "G0034",
                "Sandworm Team",
                false,
            ),
            name("Play", EntityKind::Malware, "S1162", "Playcrypt", true),
            name("Nobelium", EntityKind::IntrusionSet, "one", "One", false),
            name("NOBELIUM", EntityKind::IntrusionSet, "two", "Two", false),
        ])
    }

    #[track_caller]
    fn check(input: &str, expected: &[(&str, &str, Option<&str>)]) {
        let lexicon = lexicon();
        let found = lexicon.find(input, Span::new(0, input.len()));
        let found: Vec<_> = found
            .iter()
            .map(|found| {
                (
                    found.span.of(input),
                    found.meaning.canonical.as_str(),
                    found.meaning.id.as_deref(),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_names() {
        check("the PRC’s ministry", &[("PRC", "China", Some("CN"))]);
        check(
            "SANDWORM, not Sandworms",
            &[("SANDWORM", "Sandworm Team", Some("G0034"))],
        );
        check(
            "They play. Play ransomware spread.",
            &[("Play", "Playcrypt", Some("S1162"))],
        );
        check("Nobelium struck", &[("Nobelium", "Nobelium", None)]);
        check(
            "it told us in the US",
            &[("US", "United States", Some("US"))],
        );
        check(
            "China’s Ministry of State Security (MSS)",
            &[
                ("China", "China", Some("CN")),
                (
                    "Ministry of State Security",
                    "Ministry of State Security",
                    None,
                ),
                ("MSS", "Ministry of State Security", None),
            ],
        );
    }
}
