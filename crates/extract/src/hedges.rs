//! How sure a speaker is, and how far a claim reaches.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use daylight_model::{ConfidenceScale, ConfidenceWord, Force, Span, Speaker};
use regex::Regex;

use self::Yardstick::{Analytic, Either, Everyday, Uk, Us};
use crate::tokens::{Tag, Token};
use crate::words::Form;

/// Words on a scale, with their place in STIX's 0 to 100.
///
/// Analytic confidence: STIX 2.1 appendix A, table "None / Low / Med / High" (15, 50, 85). Words
/// of probability: its "DNI Scale" and the middle of PHIA's ranges, which [`ConfidenceScale`]
/// documents.
const SCALES: &[(&str, Yardstick)] = &[
    (
        r"(?:with )?(?:a )?high (?:degree of )?confidence",
        Analytic(Some(85)),
    ),
    (
        r"(?:with )?(?:a )?(?:moderate|medium) (?:degree of |level of )?confidence",
        Analytic(Some(50)),
    ),
    (
        r"(?:with )?(?:a )?low (?:degree of |level of )?confidence",
        Analytic(Some(15)),
    ),
    (r"with (?:great )?confidence", Analytic(None)),
    (r"nearly certain(?:ly)?", Us(95)),
    (r"almost certain(?:ly)?", Either { us: 95, uk: 97 }),
    (r"highly likely", Uk(85)),
    (r"very likely|highly probable", Us(85)),
    (r"highly unlikely", Uk(15)),
    (r"very unlikely|highly improbable", Us(15)),
    (r"remote chance", Uk(3)),
    (r"almost no chance", Us(5)),
    (r"realistic possibility", Uk(45)),
    (r"roughly even (?:odds|chance)", Us(50)),
    (r"improbable", Us(30)),
    (r"unlikely", Either { us: 30, uk: 30 }),
    (r"likely|probabl[ey]", Either { us: 70, uk: 65 }),
    (
        r"reportedly|allegedly|purportedly|apparently|possibly|perhaps|presumably",
        Everyday,
    ),
    (
        r"(?:is|are|was|were) (?:believed|thought|suspected|understood|said) to|suspected",
        Everyday,
    ),
    (
        r"appears? to|appeared to|seems? to|seemed to|may have|might have|could have|we are aware|have no doubt|cannot rule out|not ruled out",
        Everyday,
    ),
];

/// Where words of confidence stand.
#[derive(Debug, Clone, Copy)]
enum Yardstick {
    Analytic(Option<u8>),
    /// Only the US yardstick has the words.
    Us(u8),
    /// Only the UK's has.
    Uk(u8),
    /// Both have; whoever speaks decides.
    Either {
        us: u8,
        uk: u8,
    },
    Everyday,
}

impl Yardstick {
    /// The scale and the place on it, given the yardstick that the speaker is known to use.
    fn settle(self, known: Option<ConfidenceScale>) -> (ConfidenceScale, Option<u8>) {
        match self {
            Analytic(stix) => (ConfidenceScale::AnalyticConfidence, stix),
            Us(stix) => (ConfidenceScale::Icd203, Some(stix)),
            Uk(stix) => (ConfidenceScale::Phia, Some(stix)),
            Everyday => (ConfidenceScale::Everyday, None),
            Either { us, uk } => match known {
                Some(ConfidenceScale::Icd203) => (ConfidenceScale::Icd203, Some(us)),
                Some(ConfidenceScale::Phia) => (ConfidenceScale::Phia, Some(uk)),
                _ => (ConfidenceScale::EstimativeProbability, Some(us)),
            },
        }
    }
}

/// The yardstick that speakers use, the innermost of them whose country is known: that of the
/// US or of the UK, or none where they speak for both or for another country.
pub(crate) fn yardstick(
    speakers: &[Speaker],
    country: impl Fn(&Speaker) -> Option<String>,
) -> Option<ConfidenceScale> {
    speakers.iter().rev().find_map(|speaker| {
        let mut words = speaker
            .text
            .split(|c: char| !c.is_alphanumeric() && c != '.');
        let country = country(speaker);
        let code = country.as_deref();
        let british = code == Some("GB")
            || words
                .clone()
                .any(|word| matches!(word, "UK" | "U.K." | "British"));
        let american =
            code == Some("US") || words.any(|word| matches!(word, "US" | "U.S." | "American"));
        match (american, british) {
            (true, false) => Some(Some(ConfidenceScale::Icd203)),
            (false, true) => Some(Some(ConfidenceScale::Phia)),
            (true, true) => Some(None),
            (false, false) => country.map(|_| None),
        }
    })?
}

static PATTERNS: LazyLock<Vec<(Regex, Yardstick)>> = LazyLock::new(|| {
    SCALES
        .iter()
        .filter_map(|&(pattern, yardstick)| {
            let pattern = Regex::new(&format!(r"(?i)\b(?:{pattern})\b")).ok()?;
            Some((pattern, yardstick))
        })
        .collect()
});

static SCOPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:in (?:some|several|many|most|certain|a few|a number of|at least one|at least two) (?:cases?|instances?|incidents?)|among others|among other things|(?:including )?for (?:their|its|his|her) own (?:personal )?(?:profit|gain|benefit|enrichment)|for (?:financial|personal|private) (?:gain|profit)|in part|partly|so far|to date|as many as|up to|no more than|from the territory of|at least|more than)\b",
    )
    .ok()
});

/// What every word of confidence holds, and every word of scope: most sentences have none of
/// them, and one look for all is cheaper than a pattern each.
static HEDGED: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    holds(&[
        "confidence",
        "certain",
        "likely",
        "probabl",
        "chance",
        "odds",
        "possib",
        "reportedly",
        "allegedly",
        "purportedly",
        "apparently",
        "perhaps",
        "presumably",
        "believed to",
        "thought to",
        "suspected",
        "understood to",
        "said to",
        "appear",
        "seem",
        "may have",
        "might have",
        "could have",
        "are aware",
        "have no doubt",
        "rule out",
        "ruled out",
    ])
});

static SCOPED: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    holds(&[
        "case",
        "instance",
        "incident",
        "among other",
        "profit",
        "gain",
        "benefit",
        "enrichment",
        "in part",
        "partly",
        "so far",
        "to date",
        "as many as",
        "up to",
        "no more than",
        "from the territory",
        "at least",
        "more than",
    ])
});

fn holds(words: &[&str]) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        .ok()
}

fn may_hold(words: &LazyLock<Option<AhoCorasick>>, part: &str) -> bool {
    words.as_ref().is_some_and(|words| words.is_match(part))
}

/// Words of confidence that bear on a stretch of a sentence: those inside it or before it. Words
/// that both yardsticks have are taken for those of the one that the speaker is `known` to use.
pub(crate) fn confidence(
    text: &str,
    sentence: Span,
    reach: Span,
    known: Option<ConfidenceScale>,
) -> Vec<ConfidenceWord> {
    let before_end = Span::new(sentence.start, reach.end);
    let part = before_end.of(text);
    let mut found: Vec<ConfidenceWord> = Vec::new();
    if !may_hold(&HEDGED, part) {
        return found;
    }
    for (pattern, yardstick) in PATTERNS.iter() {
        let (scale, stix) = yardstick.settle(known);
        for hit in pattern.find_iter(part) {
            let span = Span::new(sentence.start + hit.start(), sentence.start + hit.end());
            if !found.iter().any(|other| other.span.overlaps(span)) {
                found.push(ConfidenceWord {
                    text: hit.as_str().to_owned(),
                    span,
                    scale,
                    stix,
                });
            }
        }
    }
    found.sort_by_key(|word| word.span);
    found
}

/// Words that narrow a claim.
pub(crate) fn scope(text: &str, sentence: Span, reach: Span) -> Vec<String> {
    let Some(pattern) = SCOPE.as_ref() else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    if !may_hold(&SCOPED, sentence.of(text)) {
        return found;
    }
    for hit in pattern.find_iter(sentence.of(text)) {
        let start = sentence.start + hit.start();
        // "In some cases" opens the sentence and bears on all of it.
        let opens = hit.start() < 4;
        let inside = reach.start <= start && start < reach.end;
        if (opens || inside)
            && !found
                .iter()
                .any(|other| other.eq_ignore_ascii_case(hit.as_str()))
        {
            found.push(hit.as_str().to_owned());
        }
    }
    found
}

/// A force that an adverb next to the verb gives: "reportedly", "allegedly".
pub(crate) fn force(tokens: &[Token<'_>], verb: usize) -> Option<Force> {
    let near = tokens.get(verb.saturating_sub(3)..(verb + 2).min(tokens.len()))?;
    near.iter().find_map(|token| match token.lower.as_str() {
        "reportedly" => Some(Force::Reported),
        "allegedly" | "purportedly" => Some(Force::Alleged),
        _ => None,
    })
}

/// What tells that something is so.
const SIGNS: &[&str] = &[
    "evidence",
    "indication",
    "indications",
    "sign",
    "signs",
    "proof",
    "trace",
];

/// "no proof ‹linking the crew to it›".
fn ends_in_absence(before: &[Token<'_>]) -> bool {
    matches!(before, [.., no, sign] if no.lower == "no" && SIGNS.contains(&sign.lower.as_str()))
}

/// "had nothing to do with it".
pub(crate) fn nothing_to_do(tokens: &[Token<'_>], verb: usize) -> bool {
    let after = tokens.get(verb + 1..verb + 4).unwrap_or_default();
    after
        .iter()
        .map(|token| token.lower.as_str())
        .eq(["nothing", "to", "do"])
}

/// Whether words before the verb take it back: "no evidence that", "nothing to suggest".
pub(crate) fn denied_before(tokens: &[Token<'_>], verb: usize) -> bool {
    let before = &tokens[..verb];
    // "no sign of ransomware, but the gang stole": what comes after "but" is told.
    let from = before
        .iter()
        .rposition(|token| {
            matches!(
                token.lower.as_str(),
                "but" | "although" | "though" | "while" | "however" | ";"
            )
        })
        .map_or(0, |at| at + 1);
    let before = &before[from..];
    before.windows(3).enumerate().any(|(at, three)| {
        let (first, second, third) = (
            three[0].lower.as_str(),
            three[1].lower.as_str(),
            three[2].lower.as_str(),
        );
        let absent = first == "no" && SIGNS.contains(&second);
        // "no evidence they had": the clause follows at once.
        let opens = matches!(
            three[2].tag,
            Tag::Pronoun | Tag::Noun | Tag::Proper | Tag::Determiner | Tag::Possessive
        );
        let rest = &before[at + 2..];
        let that = rest.iter().any(|token| {
            matches!(
                token.tag,
                Tag::Subordinator | Tag::Relative | Tag::Determiner
            ) && token.lower == "that"
        });
        // "no evidence of ransomware, and the gang stole": the comma ends what is not there.
        let of = rest.iter().any(|token| token.lower == "of")
            && !rest.iter().any(|token| token.tag == Tag::Comma);
        first == "nothing" && (second == "that" || second == "to" && third != "do")
            || absent && (opens || third == "to" || that || of)
    }) || before.len() == 2 && before[0].lower == "nothing" && before[1].lower == "that"
        || tokens[verb].tag == Tag::Verb(Form::Ing) && ends_in_absence(before)
}
