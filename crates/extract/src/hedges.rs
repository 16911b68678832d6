//! How sure a speaker is, and how far a claim reaches.

use std::sync::LazyLock;

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

/// Words of confidence that bear on a stretch of a sentence: those inside it or before it.
pub(crate) fn confidence(text: &str, sentence: Span, reach: Span) -> Vec<ConfidenceWord> {
    let before_end = Span::new(sentence.start, reach.end);
    let part = before_end.of(text);
    let mut found: Vec<ConfidenceWord> = Vec::new();
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
        let absent = first == "no"
            && matches!(
                second,
                "evidence" | "indication" | "sign" | "signs" | "proof" | "indications"
            );
        // "no evidence they had": the clause follows at once.
        let opens = matches!(
            three[2].tag,
            Tag::Pronoun | Tag::Noun | Tag::Proper | Tag::Determiner | Tag::Possessive
        );
        let later = || {
            before[at + 2..].iter().any(|token| {
                matches!(
                    token.tag,
                    Tag::Subordinator | Tag::Relative | Tag::Determiner
                ) && token.lower == "that"
                    || token.lower == "of"
            })
        };
        first == "nothing" && (second == "that" || second == "to" && third != "do")
            || absent && (opens || third == "to" || later())
    }) || before.len() == 2 && before[0].lower == "nothing" && before[1].lower == "that"
}
