//! What the networks look at. Trainer and reader share all of it.

use daylight_learn::{FormFacts, Shape, hash, mix};

/// The kinds of incidents that are read, as the annotation names them.
pub const KINDS: [&str; 5] = [
    "Databreach",
    "Phishing",
    "Ransom",
    "DiscoverVulnerability",
    "PatchVulnerability",
];

/// Roles, with the kinds (bits in the order of [`KINDS`]) whose incidents have them.
pub const ROLES: [(&str, u8); 26] = [
    ("Attacker", 0b00111),
    ("Victim", 0b00111),
    ("Tool", 0b00111),
    ("Attack-Pattern", 0b00111),
    ("Purpose", 0b00011),
    ("Time", 0b11111),
    ("Place", 0b00111),
    ("Damage-Amount", 0b00111),
    ("Compromised-Data", 0b00001),
    ("Number-of-Data", 0b00001),
    ("Number-of-Victim", 0b00001),
    ("Trusted-Entity", 0b00010),
    ("Price", 0b00100),
    ("Payment-Method", 0b00100),
    ("Vulnerability", 0b11000),
    ("Vulnerable_System", 0b11000),
    ("Vulnerable_System_Version", 0b11000),
    ("Vulnerable_System_Owner", 0b01000),
    ("CVE", 0b11000),
    ("Supported_Platform", 0b11000),
    ("Discoverer", 0b01000),
    ("Capabilities", 0b01000),
    ("Releaser", 0b10000),
    ("Patch", 0b10000),
    ("Patch-Number", 0b10000),
    ("Issues-Addressed", 0b10000),
];

/// The roles that incidents of a kind have, by number.
#[must_use]
pub fn roles_of(kind: usize) -> Vec<usize> {
    (0..ROLES.len())
        .filter(|role| ROLES[*role].1 >> kind & 1 == 1)
        .collect()
}

/// How many words on each side of a word are looked at.
pub(super) const REACH: usize = 4;
const WINDOW: usize = 2 * REACH + 1;

/// Something that may be the trigger of an incident.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Which kind of incident.
    pub kind: usize,
    /// Its first word, counted in the sentence.
    pub start: usize,
    /// The word after its last.
    pub end: usize,
    /// How probable it is a trigger of this kind.
    pub probability: f32,
}

/// What is said of a whole sentence before its words are looked at.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// For each kind, the logarithm of the odds that the document has such incidents.
    pub document: [f32; 5],
    /// Number of the sentence in the document.
    pub sentence: usize,
    /// How many there are.
    pub sentences: usize,
    /// The mean of the published vectors of its words.
    pub mean: &'a [f32],
}

const DOCUMENT: u16 = 0;
const POSITION: u16 = DOCUMENT + 10;
const KIND: u16 = POSITION + 8;
const DISTANCE: u16 = KIND + 5;
const NEAR: u16 = DISTANCE + 17;
const OTHER: u16 = NEAR + 4;
const MEAN: u16 = OTHER + 10;

/// How large the network of triggers is, given the length of published vectors.
#[must_use]
pub fn trigger_shape(published: usize, learnt: usize, hidden: usize) -> Shape {
    Shape {
        places: WINDOW,
        published,
        learnt,
        hidden,
        context: usize::from(MEAN) + published,
    }
}

/// How large the network of roles is.
#[must_use]
pub fn role_shape(published: usize, learnt: usize, hidden: usize) -> Shape {
    Shape {
        places: WINDOW + 4,
        ..trigger_shape(published, learnt, hidden)
    }
}

/// The features of a form.
pub fn form_features(facts: &FormFacts, features: &mut Vec<u64>) {
    let name = |kind: &[u8], value: u64| mix(hash(kind), value);
    features.push(name(b"lower", facts.lower));
    features.push(name(b"shape", facts.shape));
    for (number, cluster) in facts.clusters.iter().enumerate() {
        if *cluster > 0 {
            features.push(mix(number as u64 + 1, u64::from(*cluster)));
        }
    }
    let lower = facts.text.to_lowercase();
    for (length, affix) in [(2, b"end 2"), (3, b"end 3"), (4, b"end 4")] {
        if let Some((at, _)) = lower.char_indices().rev().nth(length - 1) {
            features.push(name(affix, hash(&lower.as_bytes()[at..])));
        }
    }
    if let Some((at, _)) = lower.char_indices().nth(4) {
        features.push(name(b"begin", hash(&lower.as_bytes()[..at])));
    }
}

/// The window around a word: places, and the words at them; none outside of the sentence.
pub fn window(word: usize, words: usize) -> impl Iterator<Item = (u8, Option<usize>)> {
    (0..WINDOW).map(move |place| {
        let at = (word + place).checked_sub(REACH);
        (place as u8, at.filter(|at| *at < words))
    })
}

/// What is said of all words of a sentence.
pub fn sentence_context(setting: &Setting<'_>, context: &mut Vec<(u16, f32)>) {
    for (kind, odds) in setting.document.iter().enumerate() {
        let probability = 1.0 / (1.0 + (-odds).exp());
        context.push((DOCUMENT + kind as u16, odds.clamp(-6.0, 6.0) / 4.0));
        context.push((DOCUMENT + 5 + kind as u16, probability));
    }
    let part = 4 * setting.sentence / setting.sentences.max(1);
    context.push((POSITION + setting.sentence.min(3) as u16, 1.0));
    context.push((POSITION + 4 + part.min(3) as u16, 1.0));
    for (number, value) in setting.mean.iter().enumerate() {
        context.push((MEAN + number as u16, *value));
    }
}

/// What is said of all words of a sentence when the roles of one kind are looked for.
pub fn kind_context(kind: usize, candidates: &[Candidate], context: &mut Vec<(u16, f32)>) {
    context.push((KIND + kind as u16, 1.0));
    let own = candidates.iter().filter(|one| one.kind == kind);
    context.push((
        NEAR,
        own.clone().map(|one| one.probability).fold(0.0, f32::max),
    ));
    if own.count() > 1 {
        context.push((NEAR + 1, 1.0));
    }
}

/// What is said of a word when the roles of one kind are looked for, and from which further
/// places it is looked at: the nearest candidate's first and last word.
pub fn word_context(
    word: usize,
    kind: usize,
    candidates: &[Candidate],
    context: &mut Vec<(u16, f32)>,
    places: &mut Vec<(u8, Option<usize>)>,
) {
    for one in candidates.iter().filter(|one| one.kind != kind) {
        if (one.start..one.end).contains(&word) {
            context.push((OTHER + one.kind as u16, one.probability));
        }
    }
    let own = candidates.iter().filter(|one| one.kind == kind);
    let Some(nearest) = own.min_by_key(|one| distance(word, one).unsigned_abs()) else {
        return;
    };
    let far = distance(word, nearest);
    context.push((DISTANCE + bucket(far), 1.0));
    context.push((NEAR + 2, nearest.probability));
    if far != 0 {
        let side = u8::from(far > 0);
        places.push((WINDOW as u8 + side, Some(nearest.end - 1)));
        places.push((WINDOW as u8 + 2 + side, Some(nearest.start)));
    }
}

/// How far a word stands after a candidate, or (below nothing) before it.
pub(super) fn distance(word: usize, candidate: &Candidate) -> isize {
    if word < candidate.start {
        word as isize - candidate.start as isize
    } else if word >= candidate.end {
        (word + 1) as isize - candidate.end as isize
    } else {
        0
    }
}

/// A distance, coarser where it is greater, and its side.
pub(super) fn bucket(far: isize) -> u16 {
    let size = match far.unsigned_abs() {
        near @ 0..=4 => near as u16,
        5..=6 => 5,
        7..=10 => 6,
        11..=16 => 7,
        _ => 8,
    };
    if far > 0 { size + 8 } else { size }
}
