//! Sentences that tell what to do against a technique, or what could be done, and so describe
//! nothing that was done.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use daylight_model::{BlockKind, Document, Span};

/// Headings over advice begin with one of these, or hold one as a word of its own.
const HEADINGS: &[&str] = &[
    "mitigation",
    "mitigations",
    "recommendation",
    "recommendations",
    "recommended",
    "prevention",
    "defense",
    "defence",
    "defenses",
    "defences",
    "hardening",
    "countermeasures",
    "detection",
    "detections",
    "protection",
    "remediation",
    "hunting",
    "advice",
    "guidance",
];

/// A sentence that begins with one of these tells its readers what to do.
const ORDERS: &[&str] = &[
    "allow",
    "apply",
    "audit",
    "avoid",
    "block",
    "check",
    "configure",
    "consider",
    "deny",
    "deploy",
    "detect",
    "disable",
    "disallow",
    "enable",
    "enforce",
    "ensure",
    "establish",
    "harden",
    "hunt",
    "identify",
    "implement",
    "inspect",
    "investigate",
    "isolate",
    "keep",
    "limit",
    "log",
    "look",
    "maintain",
    "make",
    "monitor",
    "patch",
    "prevent",
    "prohibit",
    "protect",
    "reduce",
    "regularly",
    "remove",
    "require",
    "reset",
    "restrict",
    "review",
    "rotate",
    "scan",
    "search",
    "segment",
    "set",
    "train",
    "turn",
    "update",
    "upgrade",
    "use",
    "validate",
    "verify",
    "watch",
];

/// Words anywhere in a sentence by which it advises, whoever it speaks to.
const ADVISING: &[&str] = &[
    "we recommend",
    "recommends that",
    "is recommended",
    "are recommended",
    "recommended to",
    "are advised",
    "is advised",
    "are encouraged",
    "are urged",
    "urges organizations",
    "best practice",
    "defenders can",
    "administrators can",
    "organizations can",
    "organisations can",
    "users can",
    "to detect this",
    "to prevent this",
    "to mitigate",
    "should be",
    "should also",
    "must be",
    "administrators should",
    "companies should",
    "customers should",
    "defenders should",
    "enterprises should",
    "organisations should",
    "organizations should",
    "owners should",
    "teams should",
    "users should",
    "you should",
    "administrators must",
    "organisations must",
    "organizations must",
    "users must",
    "you must",
];

static ADVISES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(ADVISING)
        .expect("constant patterns")
});

/// Which sentences stand under a heading of advice, in the order of the sentences.
pub(super) fn under_advice(document: &Document, sentences: &[Span]) -> Vec<bool> {
    let headings = document
        .content()
        .filter(|block| block.kind == BlockKind::Heading);
    let mut headings = headings.peekable();
    let mut advice = false;
    let under = |sentence: &Span| {
        while let Some(heading) = headings.next_if(|next| next.span.start <= sentence.start) {
            advice = is_over_advice(heading.span.of(&document.text));
        }
        advice
    };
    sentences.iter().map(under).collect()
}

fn is_over_advice(heading: &str) -> bool {
    heading
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| HEADINGS.contains(&word))
}

/// Whether a sentence tells what to do.
pub(super) fn advises(sentence: &str) -> bool {
    let sentence = sentence.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = sentence.find(|c: char| !c.is_alphanumeric());
    let (first, rest) = sentence.split_at(end.unwrap_or(sentence.len()));
    // "Use of stolen accounts was seen" tells; "Use strong passwords" orders.
    let orders = !rest.is_empty()
        && !rest.trim_start().starts_with("of ")
        && ORDERS.contains(&first.to_lowercase().as_str());
    orders
        || ADVISES.find_iter(sentence).any(|found| {
            let before = sentence[..found.start()].chars().next_back();
            let after = sentence[found.end()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_told_from_deeds() {
        for advice in [
            "Disable macros in documents from the internet.",
            "Monitor for newly created scheduled tasks.",
            "• Restrict the use of PowerShell to administrators",
            "Organizations should block outbound RDP.",
            "We recommend that domain controllers log every logon.",
            "Customers are urged to rotate credentials.",
            "Use strong passwords.",
            "Scheduled tasks should also be monitored.",
        ] {
            assert!(advises(advice), "{advice}");
        }
        for deed in [
            "The loader disables macro warnings and creates a scheduled task.",
            "Use of stolen accounts was seen on two hosts.",
            "Monitoring software was removed by the intruders.",
            "They used PowerShell to download the next stage.",
            "The implant should run once an hour.",
            "Keylogger",
            "Update",
        ] {
            assert!(!advises(deed), "{deed}");
        }
    }

    #[test]
    fn headings_are_told_by_their_words() {
        assert!(is_over_advice("Mitigations"));
        assert!(is_over_advice("7. Detection and hunting"));
        assert!(!is_over_advice("Initial access"));
        assert!(!is_over_advice("Undetected for months"));
    }
}
