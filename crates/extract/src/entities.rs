//! Who and what a document speaks of, gathered over the whole of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use daylight_model::{Document, Entity, EntityKind, Mention, Span};
use regex::Regex;

use crate::lexicon::{Found, Lexicon, Meaning};
use crate::words;

macro_rules! shape {
    ($kind:ident, $group:literal, $pattern:expr) => {
        regex::Regex::new($pattern)
            .ok()
            .map(|pattern| $crate::entities::Shape {
                pattern,
                kind: daylight_model::EntityKind::$kind,
                group: $group,
            })
    };
}

// Below the macro that it uses.
mod cues;
mod introduced;

/// All entities of a document, and where each is named.
#[derive(Debug, Default)]
pub(crate) struct Entities {
    pub(crate) list: Vec<Entity>,
    by_key: HashMap<String, usize>,
    /// Every name in the text with its entity, in order. Adjectives ("Chinese") are marked.
    named: Vec<Named>,
    /// Where names that end in a word stand: "administration", in order.
    by_last_word: HashMap<String, Vec<(usize, usize)>>,
}

/// A place in the text where an entity is named.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    pub(crate) span: Span,
    pub(crate) entity: usize,
    pub(crate) adjective: bool,
    /// "which Acme calls Tin Crow": another name of who was meant before.
    pub(crate) alias: bool,
}

impl Entities {
    /// Finds every name in the document's content.
    pub(crate) fn read(document: &Document, lexicon: &Lexicon) -> Self {
        let text = &document.text;
        let mut found: Vec<Found> = Vec::new();
        for block in document.content() {
            let mut known = lexicon.find(text, block.span);
            known
                .iter_mut()
                .for_each(|found| introduced::spell_out(text, found));
            let shaped = by_shape(text, block.span, &known, lexicon);
            found.extend(merge(known, shaped));
        }
        let mut own = introduced::introduced(document, &found);
        own.extend(introduced::abbreviations(text, &found));
        let more = introduced::by_abbreviation(document, &own);
        let mut entities = Self::default();
        for found in merge(found, more) {
            entities.name(text, &found);
        }
        entities.list.iter_mut().for_each(settle_name);
        for named in &entities.named {
            let name = &entities.list[named.entity].name;
            let last_word = name.rsplit(' ').next().unwrap_or_default().to_lowercase();
            let places = entities.by_last_word.entry(last_word).or_default();
            places.push((named.span.start, named.entity));
        }
        entities
    }

    /// The entity named last before a place, of those whose name ends in a word.
    pub(crate) fn last_ending(&self, word: &str, place: usize) -> Option<usize> {
        let places = self.by_last_word.get(word)?;
        let before = places.partition_point(|&(start, _)| start < place);
        Some(places[before.checked_sub(1)?].1)
    }

    /// Records a name.
    fn name(&mut self, text: &str, found: &Found) {
        let meaning = &found.meaning;
        let key = format!(
            "{:?}:{}",
            meaning.kind,
            meaning
                .id
                .as_deref()
                .unwrap_or(&meaning.canonical)
                .to_lowercase()
        );
        let entity = self.entry(key, meaning.kind, &meaning.canonical, meaning.id.clone());
        let written = found.span.of(text).to_owned();
        self.list[entity].mentions.push(Mention {
            span: found.span,
            text: written,
        });
        self.named.push(Named {
            span: found.span,
            entity,
            adjective: meaning.adjective,
            alias: [
                "calls ",
                "also known as ",
                "also tracked as ",
                "also called ",
                "aka ",
            ]
            .iter()
            .any(|lead| text[..found.span.start].ends_with(lead)),
        });
    }

    fn entry(
        &mut self,
        key: String,
        kind: EntityKind,
        name: &str,
        known_as: Option<String>,
    ) -> usize {
        *self.by_key.entry(key).or_insert_with(|| {
            self.list.push(Entity {
                kind,
                name: name.to_owned(),
                aliases: Vec::new(),
                known_as,
                read_by_model: None,
                mentions: Vec::new(),
            });
            self.list.len() - 1
        })
    }

    /// People described, not named: "criminal contract hackers". The same words without
    /// their article mean the same people.
    pub(crate) fn group(&mut self, words: &str, span: Span) -> usize {
        let name = without_article(words);
        let entity = self.entry(
            format!("group:{}", name.to_lowercase()),
            EntityKind::Group,
            name,
            None,
        );
        let mentions = &mut self.list[entity].mentions;
        if !mentions
            .iter()
            .rev()
            .take(8)
            .any(|mention| mention.span == span)
        {
            mentions.push(Mention {
                span,
                text: words.to_owned(),
            });
        }
        entity
    }

    /// Another name that the document itself gives to an entity.
    pub(crate) fn alias(&mut self, entity: usize, alias: &str) {
        let entity = &mut self.list[entity];
        if entity.name != alias && !entity.aliases.iter().any(|known| known == alias) {
            entity.aliases.push(alias.to_owned());
        }
    }

    /// The names inside a span, in order.
    pub(crate) fn named_in(&self, span: Span) -> &[Named] {
        let from = self
            .named
            .partition_point(|named| named.span.start < span.start);
        let to = self
            .named
            .partition_point(|named| named.span.end <= span.end);
        self.named.get(from..to.max(from)).unwrap_or_default()
    }

    /// The last entity of one of the kinds that is named before a place, at most so far back.
    pub(crate) fn last_before(
        &self,
        place: usize,
        kinds: &[EntityKind],
        bytes_max: usize,
    ) -> Option<usize> {
        let to = self.named.partition_point(|named| named.span.start < place);
        self.named[..to]
            .iter()
            .rev()
            .take_while(|named| place - named.span.end.min(place) <= bytes_max)
            .find(|named| {
                !named.adjective && !named.alias && kinds.contains(&self.list[named.entity].kind)
            })
            .map(|named| named.entity)
    }
}

/// Attackers, malware and operations go by the name that the document uses most; everybody
/// else by their full name. The document's other names are aliases.
fn settle_name(entity: &mut Entity) {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for mention in &entity.mentions {
        let at = *known
            .entry(mention.text.to_lowercase())
            .or_insert(counts.len());
        match counts.get_mut(at) {
            Some((_, count)) => *count += 1,
            None => counts.push((&mention.text, 1)),
        }
    }
    let most = counts.iter().map(|&(_, count)| count).max().unwrap_or(0);
    let own_name = matches!(
        entity.kind,
        EntityKind::IntrusionSet | EntityKind::Malware | EntityKind::Tool | EntityKind::Campaign
    );
    let name = counts
        .iter()
        .find(|&&(_, count)| count == most && own_name)
        .map_or_else(|| entity.name.clone(), |(text, _)| (*text).to_owned());
    if entity.kind != EntityKind::Country {
        entity.aliases = counts
            .iter()
            .map(|&(text, _)| text.to_owned())
            .filter(|text| !text.eq_ignore_ascii_case(&name))
            .collect();
    }
    entity.name = name;
}

/// A phrase without its article.
pub(crate) fn without_article(words: &str) -> &str {
    for article in [
        "the ", "The ", "a ", "A ", "an ", "An ", "these ", "These ", "those ", "Those ",
    ] {
        if let Some(rest) = words.strip_prefix(article) {
            return rest;
        }
    }
    words
}

/// Names known, and names by shape where they do not overlap a longer known one.
fn merge(known: Vec<Found>, shaped: Vec<Found>) -> Vec<Found> {
    let mut all = known;
    all.extend(shaped);
    all.sort_by_key(|found| std::cmp::Reverse(found.span.len()));
    let mut taken = Taken::default();
    all.retain(|found| taken.take(found.span));
    all.sort_by_key(|found| found.span);
    all
}

/// Stretches of text that are spoken for; no two overlap.
#[derive(Default)]
struct Taken(BTreeMap<usize, usize>);

impl Taken {
    /// Takes a stretch; `false` where a part of it is taken already.
    fn take(&mut self, span: Span) -> bool {
        let before = self.0.range(..span.end).next_back();
        let free = before.is_none_or(|(_, &end)| end <= span.start);
        if free {
            self.0.insert(span.start, span.end);
        }
        free
    }
}

/// A shape that gives away what a name is.
struct Shape {
    pattern: Regex,
    kind: EntityKind,
    /// Which group of the pattern is the name.
    group: usize,
}

impl Shape {
    /// The names in the parts of a stretch of text that can hold some.
    fn hits<'s>(
        &'s self,
        text: &'s str,
        within: Span,
        parts: &'s [Span],
    ) -> impl Iterator<Item = Span> + 's {
        parts.iter().flat_map(move |part| {
            let start = within.start + part.start;
            let part = Span::new(start, within.start + part.end).of(text);
            let hits = self.pattern.captures_iter(part);
            hits.filter_map(move |captures| {
                let hit = captures.get(self.group)?;
                Some(Span::new(start + hit.start(), start + hit.end()))
            })
        })
    }
}

const CAPITAL: &str = r"\p{Lu}[\w’'-]*";

static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let body = "Ministry|Department|Bureau|Office|Directorate|Service|Agency|Committee|Commission|Council|Court|Secretariat|Embassy|Administration";
    let bodies_first = format!(
        r"(?:(?:{CAPITAL}|U\.S\.|U\.K\.) )?(?:{body}) (?:of|for|on) (?:the )?{CAPITAL}(?:(?:,? and|,| of| &)? {CAPITAL})*"
    );
    let bodies_last = format!(
        r"(?:(?:{CAPITAL}|U\.S\.|U\.K\.) )+(?:Ministry|Department|Police|Agency|Directorate|Bureau|Command|Embassy|Court|Parliament|Attorney[’']s Office|Service)(?-u:\b)"
    );
    let governments = format!(
        r"(?:(?:North|South|Saudi|New|Costa|Sri) )?(?:{CAPITAL}|U\.S\.|U\.K\.) (?:administration|government|authorities|officials|regime|military)(?-u:\b)"
    );
    let animals = "Panda|Bear|Kitten|Chollima|Spider|Buffalo|Jackal|Leopard|Tiger|Wolf|Typhoon|Blizzard|Sleet|Sandstorm|Tempest|Tsunami|Cyclone|Taurus|Libra|Scorpius|Ursa|Serpens|Pisces|Manticore";
    let company = "Inc|Corp|Corporation|Ltd|LLC|Co|Company|Group|Technologies|University|Bank|Hospital|Foundation|Institute|Systems|Networks|Software|Holdings|GmbH|PLC|Airlines|Hospitals|Healthcare|Laboratories|Industries";
    let titles = r"Mr\.|Mrs\.|Ms\.|Dr\.|Sen\.|Rep\.|Gov\.|Gen\.|Col\.|Lt\.|President|Prime Minister|Secretary|Director|Minister|Attorney General|Ambassador|Chancellor|spokesman|spokeswoman|spokesperson|Commissioner|chief executive|CEO|analyst|researcher|Special Agent|U\.S\. Attorney|hacker";
    [
        shape!(IntrusionSet, 0, r"(?-u:\b)(?:APT[- ]?(?:C-)?\d{1,3}|UNC\d{3,5}|FIN\d{1,2}|TA[2-9]\d{2,3}|TA0\d{3}|TAG-\d{1,4}|DEV-\d{4}|Storm-\d{4}|UAC-\d{4}|UTA\d{4}|ITG\d{2}|TEMP\.[A-Z]\w+|Temp\.[A-Z]\w+)(?-u:\b)"),
        shape!(IntrusionSet, 0, &format!(r"{CAPITAL} (?:{animals})(?-u:\b)")),
        shape!(IntrusionSet, 0, r"(?-u:\b)(?:GOLD|BRONZE|IRON|COBALT|NICKEL|ALUMINUM|COPPER|TUNGSTEN) [A-Z]{3,}(?-u:\b)"),
        shape!(Campaign, 0, r"(?-u:\b)Operation \p{Lu}\w+(?: \p{Lu}\w+)*"),
        shape!(Malware, 1, r"(\p{Lu}[A-Za-z0-9]{2,}(?:-[A-Za-z0-9]+)?) (?:ransomware|malware|backdoor|trojan|wiper|botnet|worm|spyware|infostealer|loader)(?-u:\b)"),
        shape!(Vulnerability, 0, r"(?-u:\b)(?i:CVE)[-‐‑–]\d{4}[-‐‑–]\d{4,7}(?-u:\b)"),
        shape!(GovernmentBody, 0, &bodies_first),
        shape!(GovernmentBody, 0, &bodies_last),
        shape!(GovernmentBody, 0, &governments),
        shape!(Person, 1, &format!(r"(?-u:\b)(?:{titles}) ((?:\p{{Lu}}[\w’'-]+|\p{{Lu}}\.)(?: (?:\p{{Lu}}[\w’'-]+|\p{{Lu}}\.)){{1,2}})")),
        shape!(Organization, 0, &format!(r"\p{{Lu}}[\w&’'-]*(?: (?:\p{{Lu}}[\w&’'-]*|of|&))*(?:,? (?:Inc|Corp|Co|Ltd)(?-u:\b)\.?|,? (?:{company})(?-u:\b))")),
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// Names that their shape gives away, where no list knows them.
fn by_shape(text: &str, within: Span, known: &[Found], lexicon: &Lexicon) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut taken = Taken::default();
    let parts = cues::CUES.parts(within.of(text));
    for (shape, parts) in SHAPES.iter().zip(&parts) {
        for hit in shape.hits(text, within, parts) {
            let span = without_lead(text, hit);
            let name = span.of(text);
            // "PRC government-affiliated" names no "PRC government".
            if text[span.end..].starts_with(['-', '‑', '–']) {
                continue;
            }
            let inside_word = text[..span.start].ends_with(char::is_alphanumeric);
            if inside_word || is_ordinary(shape.kind, name, known, span) || !taken.take(span) {
                continue;
            }
            let canonical = match shape.kind {
                EntityKind::Vulnerability => name.to_uppercase().replace(['‐', '‑', '–'], "-"),
                _ => name
                    .trim_end_matches("'s")
                    .trim_end_matches("’s")
                    .to_owned(),
            };
            let id = (shape.kind == EntityKind::Vulnerability).then(|| canonical.clone());
            // "APT 40" is APT40.
            let joined = (shape.kind == EntityKind::IntrusionSet)
                .then(|| lexicon.meaning(&name.replace([' ', '-'], "")))
                .flatten();
            let meaning = joined.unwrap_or(Meaning {
                kind: shape.kind,
                id,
                canonical,
                adjective: false,
            });
            found.push(Found { span, meaning });
        }
    }
    found
}

/// A capital at the start of a sentence is no part of the name ("The", "In", "However"), nor
/// is a possessor ("China’s").
fn without_lead(text: &str, span: Span) -> Span {
    let mut span = span;
    loop {
        let name = span.of(text);
        let Some((first, _)) = name.split_once(' ') else {
            return span;
        };
        let lower = first.to_lowercase();
        let function_word = words::IS_DETERMINER.contains(lower.as_str())
            || words::IS_PREPOSITION.contains(lower.as_str())
            || words::IS_POSSESSIVE.contains(lower.as_str())
            || words::IS_CONJUNCTION.contains(lower.as_str())
            || words::IS_SUBORDINATOR.contains(lower.as_str())
            || words::IS_ADVERB.contains(lower.as_str())
            || lower.ends_with("’s")
            || lower.ends_with("'s");
        if !function_word {
            return span;
        }
        span.start += first.len() + 1;
    }
}

/// Shapes that are ordinary words after all.
fn is_ordinary(kind: EntityKind, name: &str, known: &[Found], span: Span) -> bool {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    let ordinary = words::IS_ADJECTIVE.contains(first.as_str())
        || words::VERB_FORMS.contains_key(&first)
        || words::IS_DETERMINER.contains(first.as_str());
    match kind {
        EntityKind::Malware => {
            let nationality = known
                .binary_search_by_key(&span, |other| other.span)
                .is_ok();
            // "a Russian-speaking ransomware group" names no malware.
            let describes = name
                .split_once('-')
                .is_some_and(|(_, end)| end.starts_with(char::is_lowercase));
            // "Android malware" runs on a platform, and goes by no such name.
            let platform = matches!(
                first.as_str(),
                "android"
                    | "windows"
                    | "linux"
                    | "macos"
                    | "mac"
                    | "ios"
                    | "iot"
                    | "java"
                    | "javascript"
                    | "python"
                    | "powershell"
                    | "usb"
                    | "pos"
                    | "atm"
                    | "unix"
                    | "web"
                    | "office"
                    | "word"
                    | "excel"
                    | "email"
                    | "mobile"
            );
            ordinary
                || platform
                || nationality
                || describes
                || words::IS_ATTACK_NOUN.contains(first.as_str())
                || words::IS_MEANS_NOUN.contains(first.as_str())
        }
        EntityKind::Organization => {
            !name.contains(' ')
                || words::IS_ATTACK_NOUN.contains(first.as_str())
                || first == "hacking"
        }
        // TA0043 is a tactic of ATT&CK, not one of Proofpoint's actors.
        EntityKind::IntrusionSet => {
            name.starts_with("TA0") || name.contains(' ') && ordinary && !name.starts_with("APT")
        }
        EntityKind::GovernmentBody => !name.contains(' '),
        _ => false,
    }
}
