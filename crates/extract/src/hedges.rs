//! How sure a speaker is, and how far a claim reaches.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use daylight_model::{ConfidenceScale, ConfidenceWord, Force, Span};
use regex::Regex;

use crate::tokens::{Tag, Token};

/// Words on a scale, with the middle of their range in STIX's 0 to 100.
///
/// Analytic confidence: STIX 2.1 appendix A, table "None / Low / Med / High" (15, 50, 85).
/// Estimative probability: ICD 203 and the UK's PHIA yardstick; the middle of each range.
const SCALES: &[(&str, ConfidenceScale, Option<u8>)] = &[
    (
        r"(?:with )?(?:a )?high (?:degree of )?confidence",
        ConfidenceScale::AnalyticConfidence,
        Some(85),
    ),
    (
        r"(?:with )?(?:a )?(?:moderate|medium) (?:degree of |level of )?confidence",
        ConfidenceScale::AnalyticConfidence,
        Some(50),
    ),
    (
        r"(?:with )?(?:a )?low (?:degree of |level of )?confidence",
        ConfidenceScale::AnalyticConfidence,
        Some(15),
    ),
    (
        r"with (?:great )?confidence",
        ConfidenceScale::AnalyticConfidence,
        None,
    ),
    (
        r"almost certain(?:ly)?|nearly certain(?:ly)?",
        ConfidenceScale::EstimativeProbability,
        Some(97),
    ),
    (
        r"(?:highly|very) likely|highly probable",
        ConfidenceScale::EstimativeProbability,
        Some(85),
    ),
    (
        r"(?:highly|very) unlikely|highly improbable",
        ConfidenceScale::EstimativeProbability,
        Some(15),
    ),
    (
        r"almost no chance|remote chance",
        ConfidenceScale::EstimativeProbability,
        Some(5),
    ),
    (
        r"roughly even (?:odds|chance)|realistic possibility",
        ConfidenceScale::EstimativeProbability,
        Some(50),
    ),
    (
        r"unlikely|improbable",
        ConfidenceScale::EstimativeProbability,
        Some(30),
    ),
    (
        r"likely|probabl[ey]",
        ConfidenceScale::EstimativeProbability,
        Some(70),
    ),
    (
        r"reportedly|allegedly|purportedly|apparently|possibly|perhaps|presumably",
        ConfidenceScale::Everyday,
        None,
    ),
    (
        r"(?:is|are|was|were) (?:believed|thought|suspected|understood|said) to|suspected",
        ConfidenceScale::Everyday,
        None,
    ),
    (
        r"appears? to|appeared to|seems? to|seemed to|may have|might have|could have|we are aware|have no doubt|cannot rule out|not ruled out",
        ConfidenceScale::Everyday,
        None,
    ),
];

static PATTERNS: LazyLock<Vec<(Regex, ConfidenceScale, Option<u8>)>> = LazyLock::new(|| {
    SCALES
        .iter()
        .filter_map(|&(pattern, scale, stix)| {
            Some((
                Regex::new(&format!(r"(?i)\b(?:{pattern})\b")).ok()?,
                scale,
                stix,
            ))
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

/// Words of confidence that bear on a stretch of a sentence: those inside it or before it.
pub(crate) fn confidence(text: &str, sentence: Span, reach: Span) -> Vec<ConfidenceWord> {
    let before_end = Span::new(sentence.start, reach.end);
    let part = before_end.of(text);
    let mut found: Vec<ConfidenceWord> = Vec::new();
    if !may_hold(&HEDGED, part) {
        return found;
    }
    for (pattern, scale, stix) in PATTERNS.iter() {
        for hit in pattern.find_iter(part) {
            let span = Span::new(sentence.start + hit.start(), sentence.start + hit.end());
            if !found.iter().any(|other| other.span.overlaps(span)) {
                found.push(ConfidenceWord {
                    text: hit.as_str().to_owned(),
                    span,
                    scale: *scale,
                    stix: *stix,
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

/// Whether words before the verb take it back: "no evidence that", "denied".
pub(crate) fn denied_before(tokens: &[Token<'_>], verb: usize) -> bool {
    let before = &tokens[..verb];
    let nothing_that = before
        .windows(2)
        .any(|pair| pair[0].lower == "nothing" && pair[1].lower == "that");
    nothing_that
        || before.windows(2).any(|pair| {
            matches!(pair[0].lower.as_str(), "no" | "any")
                && matches!(
                    pair[1].lower.as_str(),
                    "evidence" | "indication" | "sign" | "proof"
                )
                && pair[0].lower == "no"
        }) && before.iter().any(|token| {
            matches!(
                token.tag,
                Tag::Subordinator | Tag::Relative | Tag::Determiner
            ) && token.lower == "that"
                || token.lower == "of"
        })
}
