//! ATT&CK technique ids as reports write them, misprints mended and said so.

use std::sync::LazyLock;

use daylight_model::{Span, TechniqueMention};
use regex::{Captures, Regex};

/// `T1059`, `T1059.001`, `T1059/001`, and the slips seen in print: `TA1505.003`, `T 1059`,
/// `T-1059`, `T1O59`. What of it is an id is decided afterwards.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?P<prefix>TA|T|t)(?P<gap>[ \u{a0}-]?)(?P<base>[0-9OoIl]{4})(?:(?P<mark>[./:]|\. | \.)(?P<sub>[0-9OoIl]{3}))?",
    )
    .expect("a constant pattern")
});

/// `[1585.001]`: the letter is missing, the brackets and the shape remain.
static BRACKETED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\[(](?P<id>1[0-9]{3}\.[0-9]{3})[\])]").expect("a constant pattern")
});

/// A further sub-technique of the one before: `T1059.001, .003 and .005`.
static CONTINUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\s*[,/&]\s*(?:and\s+)?|\s+and\s+)(?P<mark>\.)(?P<sub>[0-9]{3})(?-u:\b)")
        .expect("a constant pattern")
});

/// The technique ids in `text[within]`, in order.
///
/// An id written correctly is taken as it stands where `is_known` holds or its number lies in
/// a range that ATT&CK uses; a mended one only where `is_known` holds for the result.
#[must_use]
pub fn techniques(
    text: &str,
    within: Span,
    is_known: &dyn Fn(&str) -> bool,
) -> Vec<TechniqueMention> {
    let part = within.of(text);
    let mut found = Vec::new();
    for captures in WRITTEN.captures_iter(part) {
        if let Some(mention) = written(part, &captures, is_known) {
            continued(part, &mention, is_known, &mut found);
        }
    }
    for captures in BRACKETED.captures_iter(part) {
        let Some(number) = captures.name("id") else {
            continue;
        };
        let id = format!("T{}", number.as_str());
        if is_known(&id) {
            let repaired = Some(format!(
                "The letter T is missing before {}.",
                number.as_str()
            ));
            let span = Span::new(number.start(), number.end());
            found.push(TechniqueMention {
                id,
                text: number.as_str().to_owned(),
                span,
                now: None,
                repaired,
            });
        }
    }
    for mention in &mut found {
        mention.span = Span::new(
            mention.span.start + within.start,
            mention.span.end + within.start,
        );
    }
    found.sort_by_key(|mention| mention.span.start);
    found
}

/// Adds a mention and the sub-techniques listed behind it by their last part alone.
fn continued(
    part: &str,
    mention: &TechniqueMention,
    is_known: &dyn Fn(&str) -> bool,
    found: &mut Vec<TechniqueMention>,
) {
    found.push(mention.clone());
    let Some((base, _)) = mention.id.split_once('.') else {
        return;
    };
    let mut end = mention.span.end;
    while let Some(captures) = part.get(end..).and_then(|rest| CONTINUED.captures(rest)) {
        let (Some(mark), Some(sub)) = (captures.name("mark"), captures.name("sub")) else {
            return;
        };
        let id = format!("{base}.{}", sub.as_str());
        if !is_known(&id) {
            return;
        }
        let span = Span::new(end + mark.start(), end + sub.end());
        let repaired = Some(format!(
            "The list leaves {base} out before .{}.",
            sub.as_str()
        ));
        found.push(TechniqueMention {
            id,
            text: span.of(part).to_owned(),
            span,
            now: None,
            repaired,
        });
        end = span.end;
    }
}

/// Reads one match: the id with its sub-technique, else the technique alone.
fn written(
    part: &str,
    captures: &Captures<'_>,
    is_known: &dyn Fn(&str) -> bool,
) -> Option<TechniqueMention> {
    let all = captures.get(0)?;
    let base = captures.name("base")?;
    let before = part.get(..all.start())?.chars().next_back();
    let glued_before = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    // Flattened tables run words into ids: "ImpactT1529Impact".
    if glued_before && !before.is_some_and(char::is_lowercase) {
        return None;
    }
    let read = |end: usize, with_sub: bool| {
        let after = part.get(end..)?.chars().next();
        let glued = glued_before || after.is_some_and(|c| c.is_alphanumeric() || c == '_');
        if after.is_some_and(|c| c.is_ascii_digit() || c.is_lowercase() || c == '_') {
            return None;
        }
        let (id, repaired) = mend(captures, with_sub)?;
        let takes = is_known(&id) || (!glued && repaired.is_none() && in_used_range(&id));
        let span = Span::new(all.start(), end);
        takes.then(|| TechniqueMention {
            id,
            text: span.of(part).to_owned(),
            span,
            now: None,
            repaired,
        })
    };
    let with_sub = captures.name("sub").and_then(|sub| read(sub.end(), true));
    with_sub.or_else(|| read(base.end(), false))
}

/// The id that was meant, and a sentence on what was mended.
fn mend(captures: &Captures<'_>, with_sub: bool) -> Option<(String, Option<String>)> {
    let prefix = captures.name("prefix")?.as_str();
    let base = captures.name("base")?.as_str();
    let sub = captures
        .name("sub")
        .filter(|_| with_sub)
        .map(|sub| sub.as_str());
    let mut slips = Vec::new();
    let mut digits = |text: &str| {
        let mended = text.replace(['O', 'o'], "0").replace(['I', 'l'], "1");
        if mended != text {
            slips.push(format!("letters stand for digits in {text}"));
        }
        mended
    };
    let mut id = format!("T{}", digits(base));
    if let Some(sub) = sub {
        id = format!("{id}.{}", digits(sub));
    }
    if base.bytes().filter(u8::is_ascii_digit).count() < 2 {
        return None;
    }
    if prefix == "TA" {
        // TA00xx and TA01xx are tactics, written correctly.
        if base.starts_with('0') {
            return None;
        }
        slips.push("TA is the prefix of tactics, T that of techniques".to_owned());
    } else if prefix == "t" {
        slips.push("the letter t is small".to_owned());
    }
    if captures.name("gap").is_some_and(|gap| !gap.is_empty()) {
        slips.push("the letter and the number stand apart".to_owned());
    }
    if with_sub
        && captures
            .name("mark")
            .is_some_and(|mark| !matches!(mark.as_str(), "." | "/"))
    {
        slips.push("a dot belongs before the last part".to_owned());
    }
    let repaired = (!slips.is_empty()).then(|| format!("Read as {id}: {}.", slips.join("; ")));
    Some((id, repaired))
}

/// Numbers ATT&CK has given out for the enterprise, mobile and industrial matrices, so that an
/// id newer or older than the facts at hand is still read.
fn in_used_range(id: &str) -> bool {
    let number = id.get(1..5).and_then(|number| number.parse::<u16>().ok());
    number.is_some_and(|number| (1001..1800).contains(&number) || (800..900).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &[
        "T1059",
        "T1059.001",
        "T1059.003",
        "T1505.003",
        "T1585.001",
        "T1529",
        "T1190",
        "T1566.002",
    ];

    /// Checks ids in order; a leading `~` marks a mended one.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = techniques(text, Span::new(0, text.len()), &|id| KNOWN.contains(&id));
        let read: Vec<String> = found
            .iter()
            .map(|one| {
                format!(
                    "{}{}",
                    if one.repaired.is_some() { "~" } else { "" },
                    one.id
                )
            })
            .collect();
        assert_eq!(read, expected, "in {text:?}");
        for one in found {
            assert_eq!(one.span.of(text), one.text, "in {text:?}");
        }
    }

    #[test]
    fn written_correctly() {
        check(
            "PowerShell (T1059.001), T1059 and [T1505.003].",
            &["T1059.001", "T1059", "T1505.003"],
        );
        check(
            "https://attack.mitre.org/techniques/T1059/001/",
            &["T1059.001"],
        );
        check("ImpactT1529Impact", &["T1529"]);
        check("an id newer than we: T1700.001", &["T1700.001"]);
        check("T1059.", &["T1059"]);
        check("T1190/T1059", &["T1190", "T1059"]);
    }

    #[test]
    fn mended() {
        check("[TA1505.003]", &["~T1505.003"]);
        check("[1585.001] and (1566.002)", &["~T1585.001", "~T1566.002"]);
        check(
            "T1O59 T 1059 T-1190 t1059.001 T1059:003",
            &["~T1059", "~T1059", "~T1190", "~T1059.001", "~T1059.003"],
        );
        check("T1059.001, .003", &["T1059.001", "~T1059.003"]);
    }

    #[test]
    fn near_misses() {
        for text in [
            "TA0002",
            "TA505",
            "TA2541",
            "T-1000",
            "T1000",
            "T2000",
            "T10591",
            "XT1059",
            "AT1059",
            "1585.001",
            "[1999.001]",
            "T1059x",
            "CT1059",
            "a T 10 59",
            "T1O00",
            "Tool TOOl",
            "[12.003]",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn spans_are_into_the_whole_text() {
        let text = "T1190, then T1059";
        let found = techniques(text, Span::new(6, text.len()), &|_| true);
        assert_eq!(
            found.iter().map(|one| one.span).collect::<Vec<_>>(),
            [Span::new(12, 17)]
        );
    }
}
