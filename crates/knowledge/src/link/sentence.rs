use std::collections::{HashMap, HashSet};

use daylight_model::{EntityKind, Interval, Quantity, QuantityKind, Reading, Span, Timestamp};
use jiff::SignedDuration;

use crate::phrases::{Met, Word, words};
use crate::{GroupLink, Knowledge, Operation, Product};

/// Beginnings of words that speak of attacks.
const ATTACK: [&str; 30] = [
    "hack",
    "breach",
    "exploit",
    "vulnerab",
    "compromis",
    "attack",
    "cyberattack",
    "ransom",
    "malware",
    "intrusion",
    "intrud",
    "infiltrat",
    "backdoor",
    "espionage",
    "flaw",
    "extort",
    "wiper",
    "spyware",
    "stole",
    "theft",
    "steal",
    "zeroday",
    "cybersecurity",
    "cyberespionage",
    "outbreak",
    "webshell",
    "botnet",
    "hijack",
    "malicious",
    "0day",
];

/// Beginnings of words that speak of charges before a court.
const LEGAL: [&str; 6] = [
    "indict",
    "charg",
    "prosecut",
    "unseal",
    "arraign",
    "defendant",
];

/// Beginnings of words that make a vendor's name its product's.
const THINGS: [&str; 20] = [
    "device", "applianc", "gateway", "firewall", "vpn", "flaw", "vulnerab", "bug", "zero",
    "server", "product", "software", "system", "hack", "breach", "attack", "customer", "account",
    "exploit", "data",
];

/// Words after which a vendor's name is its product's.
const PLACES: [&str; 5] = ["in", "of", "on", "at", "against"];

/// A report, read for what linking needs.
pub(crate) struct Document<'a> {
    pub(crate) text: &'a str,
    pub(crate) reading: &'a Reading,
    pub(crate) published: Option<Timestamp>,
    /// In order, without overlaps.
    pub(crate) sentences: Vec<Sentence<'a>>,
    /// Ids of the operations that are named, by themselves or by a victim.
    pub(crate) victims: HashSet<&'a str>,
    /// Operations by id, with the first two sentences that name them or one of their flaws.
    pub(crate) naming: HashMap<&'a str, Vec<Span>>,
    /// Places that the reader of the text took for names, and of what.
    pub(crate) taken: HashSet<(EntityKind, Span)>,
}

/// What one sentence says.
pub(crate) struct Sentence<'a> {
    pub(crate) span: Span,
    pub(crate) words: Vec<Word<'a>>,
    pub(crate) products: Vec<(&'a Product, Span)>,
    /// Operations by a name that is theirs.
    pub(crate) aliases: Vec<(&'a Operation, Span)>,
    /// Operations by a victim's name.
    pub(crate) targets: Vec<(&'a Operation, Span)>,
    /// Operations by a word for what they did.
    pub(crate) effects: Vec<(&'a Operation, Span)>,
    /// Operations by a group that somebody links to them.
    pub(crate) groups: Vec<(&'a Operation, &'a GroupLink, Span)>,
    /// Rows of the index of names.
    pub(crate) names: Vec<Met>,
    /// CVE ids in capitals.
    pub(crate) cves: Vec<(String, Span)>,
    /// The first word that speaks of an attack.
    pub(crate) attack: Option<Word<'a>>,
    /// The first word that speaks of charges.
    pub(crate) legal: Option<Word<'a>>,
    /// What the sentence's words about time mean.
    pub(crate) intervals: Vec<(&'a str, Interval)>,
    /// The sentence's counts.
    pub(crate) counts: Vec<&'a Quantity>,
}

impl<'a> Document<'a> {
    pub(crate) fn read(knowledge: &'a Knowledge, reading: &'a Reading) -> Self {
        let text = reading.document.text.as_str();
        let all: Vec<_> = reading
            .sentences
            .iter()
            .map(|span| (*span, words(span.of(text), span.start)))
            .collect();
        let index = knowledge.index();
        let mut vendors = vec![false; knowledge.products().len()];
        for met in all.iter().flat_map(|(_, words)| index.vendors.find(words)) {
            if let Some(vendor) = vendors.get_mut(met.meaning) {
                *vendor = true;
            }
        }
        let sentences = all
            .into_iter()
            .map(|(span, words)| Sentence::read(knowledge, span, words, &vendors))
            .collect();
        let taken = reading.entities.iter().flat_map(|entity| {
            entity
                .mentions
                .iter()
                .map(|mention| (entity.kind, mention.span))
        });
        let mut document = Self {
            text,
            reading,
            published: reading.document.published,
            sentences,
            victims: HashSet::new(),
            naming: HashMap::new(),
            taken: taken.collect(),
        };
        document.place_times_and_counts();
        document.note_operations(knowledge);
        document
    }

    /// The index of the sentence that holds a place.
    pub(crate) fn sentence_at(&self, place: Span) -> Option<usize> {
        let after = self
            .sentences
            .partition_point(|sentence| sentence.span.start <= place.start);
        let at = after.checked_sub(1)?;
        self.sentences.get(at)?.span.contains(place).then_some(at)
    }

    fn place_times_and_counts(&mut self) {
        let reading = self.reading;
        for time in &reading.times {
            let sentence = self
                .sentence_at(time.span)
                .and_then(|at| self.sentences.get_mut(at));
            if let (Some(sentence), Some(interval)) = (sentence, time.interval) {
                sentence.intervals.push((&time.text, interval));
            }
        }
        for quantity in reading
            .quantities
            .iter()
            .filter(|quantity| quantity.kind == QuantityKind::Count)
        {
            let sentence = self
                .sentence_at(quantity.span)
                .and_then(|at| self.sentences.get_mut(at));
            if let Some(sentence) = sentence {
                sentence.counts.push(quantity);
            }
        }
    }

    fn note_operations(&mut self, knowledge: &'a Knowledge) {
        for sentence in &self.sentences {
            let named = sentence.aliases.iter().map(|(operation, _)| *operation);
            let struck = sentence.targets.iter().map(|(operation, _)| *operation);
            self.victims.extend(
                named
                    .clone()
                    .chain(struck)
                    .map(|operation| operation.id.as_str()),
            );
            let flaws = sentence.cves.iter();
            let using = flaws.flat_map(|(cve, _)| knowledge.operations_using(cve));
            for operation in named.chain(using) {
                let spans = self.naming.entry(&operation.id).or_default();
                // Two are enough to know of another than the one in hand.
                if spans.len() < 2 && !spans.contains(&sentence.span) {
                    spans.push(sentence.span);
                }
            }
        }
    }
}

impl<'a> Sentence<'a> {
    fn read(knowledge: &'a Knowledge, span: Span, words: Vec<Word<'a>>, vendors: &[bool]) -> Self {
        let index = knowledge.index();
        let operations = |met: Vec<Met>| -> Vec<(&'a Operation, Span)> {
            met.iter()
                .filter_map(|met| Some((knowledge.operations.get(met.meaning)?, met.span)))
                .collect()
        };
        let product = |met: &Met| {
            let (at, bare) = (met.meaning / 2, met.meaning % 2 == 1);
            let product = knowledge.products().get(at)?;
            let vouched =
                vendors.get(at).copied().unwrap_or(false) && is_thing(product, met, &words);
            let other = preceding(met, &words)
                .is_some_and(|word| product.not_after.iter().any(|not| word.is(not)));
            ((vouched || !bare) && !other).then_some((product, met.span))
        };
        let names = index.names.find(&words);
        Self {
            products: index
                .products
                .find(&words)
                .iter()
                .filter_map(product)
                .collect(),
            aliases: operations(index.aliases.find(&words)),
            targets: operations(index.targets.find(&words)),
            effects: operations(index.effects.find(&words)),
            groups: linked_groups(knowledge, &names),
            names,
            cves: cves(&words),
            attack: first(&words, &ATTACK).or_else(|| zero_day(&words)),
            legal: first(&words, &LEGAL),
            intervals: Vec::new(),
            counts: Vec::new(),
            span,
            words,
        }
    }

    /// Whether the sentence speaks of ransomware.
    pub(crate) fn speaks_of_ransomware(&self) -> bool {
        self.words.iter().any(|word| word.starts_with("ransom"))
    }

    /// The times that can be an attack's: not the day on which the story is told, such as
    /// the "on Monday" of "said on Monday".
    pub(crate) fn attack_times(&self, published: Option<Timestamp>) -> Vec<(&'a str, Interval)> {
        let telling = |interval: &Interval| {
            let (Some(published), Some(start), Some(end)) =
                (published, interval.start, interval.end)
            else {
                return false;
            };
            let days = |count: i64| SignedDuration::from_hours(24 * count);
            start >= published - days(7)
                && end <= published + days(3)
                && end.duration_since(start) <= days(2)
        };
        self.intervals
            .iter()
            .filter(|(_, interval)| !telling(interval))
            .copied()
            .collect()
    }
}

/// The operations that somebody links to the groups named, those of the same flaws left out.
fn linked_groups<'a>(
    knowledge: &'a Knowledge,
    names: &[Met],
) -> Vec<(&'a Operation, &'a GroupLink, Span)> {
    let mut linked = Vec::new();
    for met in names {
        let bearer = knowledge.index().bearers.get(met.meaning);
        let Some(bearer) =
            bearer.filter(|bearer| bearer.kind == EntityKind::IntrusionSet && !bearer.ordinary)
        else {
            continue;
        };
        for operation in &knowledge.operations {
            let own = |link: &&GroupLink| link.group == bearer.id || link.group == bearer.canonical;
            let link = operation
                .groups
                .iter()
                .filter(|link| !link.same_flaws)
                .find(own);
            linked.extend(link.map(|link| (operation, link, met.span)));
        }
    }
    linked
}

fn preceding<'w, 'a>(met: &Met, words: &'w [Word<'a>]) -> Option<&'w Word<'a>> {
    words.get(met.first.checked_sub(1)?)
}

/// Whether a vendor's name stands for its product: "Fortinet firewalls", "a flaw in Fortinet",
/// but not "a report by Fortinet". Other names always do.
fn is_thing(product: &Product, met: &Met, words: &[Word<'_>]) -> bool {
    let is_vendor = words
        .get(met.first)
        .is_some_and(|word| word.is(&product.vendor));
    let next = words.get(met.first + 1);
    !is_vendor
        || next.is_some_and(|word| THINGS.iter().any(|thing| word.starts_with(thing)))
        || preceding(met, words).is_some_and(|word| PLACES.iter().any(|place| word.is(place)))
}

fn first<'a>(words: &[Word<'a>], beginnings: &[&str]) -> Option<Word<'a>> {
    words
        .iter()
        .find(|word| {
            beginnings
                .iter()
                .any(|beginning| word.starts_with(beginning))
        })
        .copied()
}

fn zero_day<'a>(words: &[Word<'a>]) -> Option<Word<'a>> {
    let pair = words.windows(2).find(|pair| {
        matches!(pair, [zero, day] if (zero.is("zero") || zero.is("0")) && day.starts_with("day"))
    })?;
    pair.first().copied()
}

/// `CVE-2021-26855` with any dash, as three words.
fn cves(words: &[Word<'_>]) -> Vec<(String, Span)> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let id = |triple: &[Word<'_>]| match triple {
        [cve, year, number]
            if cve.is("cve")
                && year.text.len() == 4
                && (4..=7).contains(&number.text.len())
                && digits(year.text)
                && digits(number.text) =>
        {
            Some((
                format!("CVE-{}-{}", year.text, number.text),
                cve.span.join(number.span),
            ))
        }
        _ => None,
    };
    words.windows(3).filter_map(id).collect()
}
