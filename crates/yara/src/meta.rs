//! What a YARA rule says of itself, as a finding tells it.

use daylight_model::{FindingKind, Level, LogFamily, LogSource, Rule};
use yara_x::MetaValue;

/// Characters of a description that stand in a title.
const TITLE_CHARACTERS_MAX: usize = 100;

/// The name by which a rule is known: its file and its own, which is the rule's only within it.
pub(crate) fn id(rule: &yara_x::Rule<'_, '_>) -> String {
    format!("{}:{}", rule.namespace(), rule.identifier())
}

/// A rule as others of Daylight's are described.
pub(crate) fn rule(rule: &yara_x::Rule<'_, '_>, origin: &str) -> Rule {
    let said = Said::of(rule);
    Rule {
        id: id(rule),
        kind: FindingKind::Yara,
        title: said.title(),
        description: said.description(),
        level: said.level(),
        tags: said.tags(),
        references: said.references(),
        false_positives: said.all(&["falsepositive", "false_positive"]),
        log_sources: vec![LogSource {
            family: LogFamily::FileListing,
            provider: None,
            event_ids: Vec::new(),
        }],
        origin: origin.to_owned(),
    }
}

/// A rule's name, tags and metadata. Their keys are nobody's standard; those of the large public
/// collections are known here.
struct Said<'r> {
    name: &'r str,
    tags: Vec<&'r str>,
    meta: Vec<(String, String)>,
}

impl<'r> Said<'r> {
    fn of(rule: &yara_x::Rule<'_, 'r>) -> Self {
        let meta = rule.metadata();
        Self {
            name: rule.identifier(),
            tags: rule.tags().map(|tag| tag.identifier()).collect(),
            meta: meta
                .map(|(key, value)| (key.to_ascii_lowercase(), text(&value)))
                .collect(),
        }
    }

    fn first(&self, key: &str) -> Option<&str> {
        let mut named = self.meta.iter().filter(|(known, _)| known == key);
        let (_, value) = named.find(|(_, value)| !value.trim().is_empty())?;
        Some(value.trim())
    }

    /// The values of all keys that begin with one of these words.
    fn all(&self, words: &[&str]) -> Vec<String> {
        let named = |key: &str| words.iter().any(|word| key.starts_with(word));
        let values = self.meta.iter().filter(|(key, _)| named(key));
        values.map(|(_, value)| value.trim().to_owned()).collect()
    }

    fn title(&self) -> String {
        if let Some(title) = self.first("title") {
            return title.to_owned();
        }
        let Some(description) = self.first("description") else {
            return format!("YARA rule {}", self.name);
        };
        let mut short: String = description.chars().take(TITLE_CHARACTERS_MAX).collect();
        if short.len() < description.len() {
            short.push('…');
        }
        format!("YARA rule {}: {short}", self.name)
    }

    fn description(&self) -> String {
        let mut description = self.first("description").unwrap_or_default().to_owned();
        if !description.is_empty() && !description.ends_with(['.', '!', '?']) {
            description.push('.');
        }
        let mut of = format!("YARA rule {}", self.name);
        if let Some(author) = self.first("author") {
            of.push_str(&format!(" by {author}"));
        }
        if let Some(date) = self.first("date") {
            of.push_str(&format!(", {date}"));
        }
        format!("{description} {of}.").trim_start().to_owned()
    }

    /// As the rule says in words or on a scale of 100; else *medium*, worth a look.
    fn level(&self) -> Level {
        let in_words = |key| level_in_words(self.first(key)?);
        let on_scale = |key| self.first(key)?.parse().ok().and_then(level_on_scale);
        in_words("level")
            .or_else(|| in_words("severity"))
            .or_else(|| in_words("threat_level"))
            .or_else(|| on_scale("score"))
            .or_else(|| on_scale("severity"))
            .unwrap_or(Level::Medium)
    }

    /// Its own tags, and techniques and flaws as Sigma writes them.
    fn tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = self.tags.iter().map(|tag| (*tag).to_owned()).collect();
        let mut add = |tag: String| {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        };
        let about = |words: &[&str]| {
            let named = move |key: &str| words.iter().any(|word| key.contains(word));
            let values = self.meta.iter().filter(move |(key, _)| named(key));
            values.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        for text in about(&["mitre", "attack", "technique"]) {
            techniques(text).for_each(&mut add);
        }
        if let Some(tactic) = self.first("tactic") {
            add(format!(
                "attack.{}",
                tactic.to_ascii_lowercase().replace(' ', "-")
            ));
        }
        for tag in &self.tags {
            techniques(tag).for_each(&mut add);
            flaws(tag).for_each(&mut add);
        }
        for text in about(&["cve"]) {
            flaws(text).for_each(&mut add);
        }
        flaws(self.name).for_each(&mut add);
        tags
    }

    fn references(&self) -> Vec<String> {
        let is_address =
            |value: &str| value.starts_with("http://") || value.starts_with("https://");
        let referring = self
            .meta
            .iter()
            .filter(|(key, value)| key.starts_with("ref") || is_address(value.trim()));
        referring
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }
}

fn text(value: &MetaValue<'_>) -> String {
    match value {
        MetaValue::Integer(number) => number.to_string(),
        MetaValue::Float(number) => number.to_string(),
        MetaValue::Bool(is_so) => is_so.to_string(),
        MetaValue::String(text) => (*text).to_owned(),
        MetaValue::Bytes(bytes) => bytes.to_string(),
    }
}

fn level_in_words(text: &str) -> Option<Level> {
    match text.to_ascii_lowercase().as_str() {
        "critical" => Some(Level::Critical),
        "high" => Some(Level::High),
        "medium" | "moderate" => Some(Level::Medium),
        "low" => Some(Level::Low),
        "informational" | "info" | "information" => Some(Level::Informational),
        _ => None,
    }
}

/// On scales of 100, 80 is an alarm and 60 a warning. Smaller numbers than 11 may be on another.
fn level_on_scale(score: i64) -> Option<Level> {
    match score {
        80.. => Some(Level::High),
        60.. => Some(Level::Medium),
        40.. => Some(Level::Low),
        11.. => Some(Level::Informational),
        _ => None,
    }
}

/// `T1505.003`, also as `T1505_003`, which a tag can be.
fn techniques(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_'));
    words.filter_map(|word| {
        let digits = word.trim_matches(['.', '_']).strip_prefix(['T', 't'])?;
        let (number, part) = match digits.split_once(['.', '_']) {
            Some((number, part)) => (number, Some(part)),
            None => (digits, None),
        };
        let is = |text: &str, length| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let part = part.filter(|part| is(part, 3));
        is(number, 4).then(|| match part {
            Some(part) => format!("attack.t{number}.{part}"),
            None => format!("attack.t{number}"),
        })
    })
}

/// `CVE-2021-26855`, also as `CVE_2021_26855` within a name.
fn flaws(text: &str) -> impl Iterator<Item = String> {
    let lower = text.to_ascii_lowercase().replace('_', "-");
    let found: Vec<String> = lower
        .match_indices("cve-")
        .filter_map(|(at, word)| {
            let (year, rest) = lower.get(at + word.len()..)?.split_once('-')?;
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let number = rest.get(..end)?;
            let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
            (is_year && number.len() >= 4).then(|| format!("cve.{year}-{number}"))
        })
        .collect();
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn techniques_and_flaws_are_read_from_what_rules_call_them() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<String> = techniques(text).chain(flaws(text)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("T1505.003", &["attack.t1505.003"]);
        check("T1505_003", &["attack.t1505.003"]);
        check(
            "Persistence (T1505.003), t1059",
            &["attack.t1505.003", "attack.t1059"],
        );
        check("T15053 TA0003 T1505.3x", &["attack.t1505"]);
        check("EXPL_CVE_2021_26855_Mar21", &["cve.2021-26855"]);
        check(
            "CVE-2021-26855/CVE-2021-27065",
            &["cve.2021-26855", "cve.2021-27065"],
        );
        check("cve-21-1 cve-2021- CVE", &[]);
    }

    #[test]
    fn levels_on_a_scale_of_a_hundred() {
        let expected = [
            (100, Some(Level::High)),
            (79, Some(Level::Medium)),
            (40, Some(Level::Low)),
            (11, Some(Level::Informational)),
            (3, None),
            (-1, None),
        ];
        for (score, level) in expected {
            assert_eq!(level_on_scale(score), level, "{score}");
        }
    }
}
