//! Names that a document introduces by itself.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use daylight_model::{Document, EntityKind, Span};

use super::{Shape, without_lead};
use crate::cues::{Before, Cues, Group, Next, Reach};
use crate::lexicon::{Found, Meaning};
use crate::words;

/// Words for groups of attackers and for malicious software, by which a text introduces names.
pub(super) const GROUP_WORDS: &str = "group|gang|crew|collective|cartel|syndicate|outfit|actor|actors|hackers|hacktivists|cluster|adversary|operation";

pub(super) const MALWARE_WORDS: &str = "malware|backdoor|ransomware|trojan|wiper|worm|botnet|loader|spyware|implant|rootkit|stealer|infostealer|bootkit|dropper|web shell|phishing kit|toolkit";

pub(super) static INTRODUCTIONS: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let name = r"((?:\p{Lu}[\w-]*|\d{2,4}[A-Z]\w*)(?: \p{Lu}[\w-]*){0,2})";
    let lead = r"(?:known as|called|dubbed|named|tracked as|nicknamed|calling itself|that calls itself|which calls itself|it calls|it tracks as|which it calls|(?:that |which )?we (?:call|named|name|dubbed|track as))";
    [
        shape!(Malware, 1, &format!(r"(?-u:\b)(?:{MALWARE_WORDS})(?: family| strain| program| variant| kit)?,? {lead} [“\x22]?{name}")),
        shape!(IntrusionSet, 1, &format!(r"(?-u:\b)(?:{GROUP_WORDS})(?: of activity)?,? {lead} [“\x22]?{name}")),
        shape!(IntrusionSet, 1, &format!(r"{name}, (?:(?:a|an|the) (?:[\w’'-]+ ){{0,5}}(?:{GROUP_WORDS})(?-u:\b)|which \p{{Lu}}[\w-]*(?: \p{{Lu}}[\w-]*)? tracks |(?:also )?tracked (?:by|as) )")),
        shape!(Malware, 1, &format!(r"{name}, (?:a|an|the) (?:[\w’'-]+ ){{0,3}}(?:{MALWARE_WORDS})(?-u:\b)")),
        shape!(IntrusionSet, 1, &format!(r"(?-u:\b)(?:[Tt]he|an?) (?:[\w-]+ ){{0,3}}(?:group|gang|crew|collective|syndicate),? {name}(?-u:\b)")),
        shape!(IntrusionSet, 1, &format!(r"(?-u:\b)(?:calls?|dubs|tracks|named|names) (?:the|this) (?:{GROUP_WORDS}|activity)(?: as)? [“\x22]?{name}")),
        shape!(IntrusionSet, 1, &format!(r"{name} (?:ransomware )?(?:gang|affiliates|hackers)(?-u:\b)")),
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// Words of which an introduction needs one, by its number.
pub(super) static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let leads = [
        "known as ",
        "called ",
        "dubbed ",
        "named ",
        "tracked as ",
        "nicknamed ",
        "calling itself ",
        "calls itself ",
        "it calls ",
        "it tracks as ",
        "we call ",
        "we name ",
        "we dubbed ",
        "we track as ",
    ];
    let spaced =
        |words: &str| -> Vec<String> { words.split('|').map(|word| format!(" {word}")).collect() };
    let (attackers, malware) = (spaced(GROUP_WORDS), spaced(MALWARE_WORDS));
    let tracked = [" tracks", " tracked by", " tracked as"];
    let attackers: Vec<&str> = attackers
        .iter()
        .map(String::as_str)
        .chain(tracked)
        .collect();
    let malware: Vec<&str> = malware.iter().map(String::as_str).collect();
    let before_names = [
        " group ",
        " group, ",
        " gang ",
        " gang, ",
        " crew ",
        " crew, ",
        " collective ",
        " collective, ",
        " syndicate ",
        " syndicate, ",
    ];
    let calls = [
        "call the ",
        "calls the ",
        "dubs the ",
        "tracks the ",
        "named the ",
        "names the ",
        "call this ",
        "calls this ",
        "dubs this ",
        "tracks this ",
        "named this ",
        "names this ",
    ];
    let groups: [Group<'_>; 7] = [
        (&leads, Next::Name),
        (&leads, Next::Name),
        (&attackers, Next::WordEnd),
        (&malware, Next::WordEnd),
        (&before_names, Next::Name),
        (&calls, Next::Any),
        (&[" gang", " affiliates", " hackers"], Next::WordEnd),
    ];
    let patterns = groups.each_ref().map(std::slice::from_ref);
    Cues::new(&patterns, Before::Any, Reach::Words(12, 5), false)
});

/// "Orange Rook, a group run by", "a backdoor called Slate": names that the text introduces.
pub(super) fn introduced(document: &Document, found: &[Found]) -> HashMap<String, Meaning> {
    let mut own: HashMap<String, Meaning> = HashMap::new();
    for block in document.content() {
        let parts = CUES.parts(block.span.of(&document.text));
        for (shape, parts) in INTRODUCTIONS.iter().zip(&parts) {
            for hit in shape.hits(&document.text, block.span, parts) {
                let span = without_lead(&document.text, hit);
                let name = span.of(&document.text);
                let lower = name.to_lowercase();
                let at = found.partition_point(|found| found.span.end <= span.start);
                let known = found.get(at).is_some_and(|found| found.span.overlaps(span))
                    || document.text[..span.start].ends_with(char::is_alphanumeric);
                let ordinary = words::VERB_FORMS.contains_key(&lower)
                    || words::IS_PERSON_NOUN.contains(lower.as_str())
                    || words::IS_DETERMINER.contains(lower.as_str())
                    || words::IS_PRONOUN.contains(lower.as_str())
                    || words::IS_ADJECTIVE.contains(lower.as_str());
                if !known && !ordinary && name.len() > 2 {
                    let meaning = Meaning {
                        kind: shape.kind,
                        id: None,
                        canonical: name.to_owned(),
                        adjective: false,
                    };
                    own.entry(name.to_owned()).or_insert(meaning);
                }
            }
        }
    }
    own
}

/// "Norland Cyber Centre (NCC)": where the letters in the bracket are those of a longer name than
/// the known one, it is another body.
pub(super) fn spell_out(text: &str, found: &mut Found) {
    if found.meaning.kind != EntityKind::GovernmentBody || found.meaning.adjective {
        return;
    }
    let Some((short, _)) = text[found.span.end..]
        .strip_prefix(" (")
        .and_then(|rest| rest.split_once(')'))
    else {
        return;
    };
    let initials = |span: Span| -> String {
        let words = span.of(text).split([' ', '-']);
        let first = words.filter_map(|word| word.chars().next());
        first.filter(|letter| letter.is_uppercase()).collect()
    };
    let mut start = found.span.start;
    while let Some(before) = text[..start].strip_suffix(' ') {
        let word = before.rsplit([' ', '\n']).next().unwrap_or_default();
        if !word.starts_with(char::is_uppercase) || !word.chars().all(char::is_alphabetic) {
            return;
        }
        start -= word.len() + 1;
        let whole = Span::new(start, found.span.end);
        if initials(whole) == short {
            found.span = whole;
            found.meaning.id = None;
            found.meaning.canonical = whole.of(text).to_owned();
            return;
        }
    }
}

/// "Ministry of State Security (MSS)": what the document itself abbreviates.
pub(super) fn abbreviations(text: &str, found: &[Found]) -> HashMap<String, Meaning> {
    let mut own: HashMap<String, Meaning> = HashMap::new();
    for found in found {
        let rest = text[found.span.end..]
            .strip_prefix(" (")
            .unwrap_or_default();
        let Some((inside, _)) = rest.split_once(')') else {
            continue;
        };
        let short = inside
            .trim_matches(['“', '”', '"', '\'', '‘', '’', ' '])
            .trim_start_matches("the ")
            .trim_matches(['“', '”', '"']);
        let capitals = short.chars().filter(|c| c.is_uppercase()).count();
        let fits = short.len() <= 40
            && capitals >= 2
            && !short.contains([',', ';'])
            && short.starts_with(|c: char| c.is_uppercase());
        if fits
            && !found.meaning.adjective
            && !matches!(
                found.meaning.kind,
                EntityKind::Country | EntityKind::Vulnerability
            )
        {
            own.entry(short.to_owned())
                .or_insert_with(|| found.meaning.clone());
        }
    }
    own
}

/// Every use of the names and abbreviations that the document itself introduces.
pub(super) fn by_abbreviation(document: &Document, own: &HashMap<String, Meaning>) -> Vec<Found> {
    if own.is_empty() {
        return Vec::new();
    }
    // For a short text, what finds the quickest costs more to build than it saves.
    let short = document.text.len() < 1 << 16;
    let (names, meanings): (Vec<&String>, Vec<&Meaning>) = own.iter().unzip();
    let Ok(automaton) = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(short.then_some(AhoCorasickKind::NoncontiguousNFA))
        .build(&names)
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for block in document.content() {
        let part = block.span.of(&document.text);
        for hit in automaton.find_iter(part) {
            let before = part[..hit.start()].chars().next_back();
            let after = part[hit.end()..].chars().next();
            if !before.is_some_and(char::is_alphanumeric)
                && !after.is_some_and(char::is_alphanumeric)
            {
                let start = block.span.start;
                found.push(Found {
                    span: Span::new(start + hit.start(), start + hit.end()),
                    meaning: meanings[hit.pattern().as_usize()].clone(),
                });
            }
        }
    }
    found
}
