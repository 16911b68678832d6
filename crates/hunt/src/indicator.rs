use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use daylight_model::{
    Event, Finding, FindingKind, Indicator, IndicatorKind, IndicatorRole, Level, LogFamily,
    MatchedField, Rule,
};

use crate::hunter::finding;
use crate::show::{self, Shown};
use crate::sigma::compile::Network;
use crate::sigma::pattern::lower;
use crate::warning;

/// Observables of a report, ready to be looked for.
///
/// Addresses, hashes, URLs, mail addresses, file names and paths match exactly, as whole
/// words; a domain matches itself and every name below it.
///
/// Words are looked up rather than searched for, so that many indicators cost no more
/// than few; only texts that are no single word (URLs, paths) are searched for.
#[derive(Debug, Default)]
pub struct IndicatorSet {
    rules: Vec<Arc<Rule>>,
    words: HashMap<String, usize>,
    domains: HashMap<String, usize>,
    addresses: HashMap<IpAddr, usize>,
    networks: Vec<(Network, usize)>,
    /// Searched for with borders on both sides, and the rule of each.
    phrases: Option<AhoCorasick>,
    phrase_rules: Vec<usize>,
    left_out: Vec<(Indicator, String)>,
    has_older_hashes: bool,
}

impl IndicatorSet {
    /// Takes the indicators of a report that are worth looking for.
    #[must_use]
    pub fn new(report_id: &str, report_title: &str, indicators: &[Indicator]) -> Self {
        let mut set = Self::default();
        let mut seen = BTreeSet::new();
        let mut phrases = Vec::new();
        for indicator in indicators {
            let value = lower(indicator.value.trim());
            if indicator.role != IndicatorRole::Indicator
                || !seen.insert((indicator.kind, value.clone()))
            {
                continue;
            }
            if let Some(reason) = warning::reason(indicator.kind, &value) {
                set.left_out.push((indicator.clone(), reason));
                continue;
            }
            let rule = set.rules.len();
            if set.take(indicator.kind, value, rule, &mut phrases) {
                let kind = indicator.kind;
                set.has_older_hashes |= matches!(kind, IndicatorKind::Md5 | IndicatorKind::Sha1);
                set.rules
                    .push(Arc::new(rule_for(indicator, report_id, report_title)));
            } else {
                let reason = format!("not a readable {}", title(indicator.kind));
                set.left_out.push((indicator.clone(), reason));
            }
        }
        match AhoCorasick::new(&phrases) {
            Ok(automaton) => set.phrases = (!phrases.is_empty()).then_some(automaton),
            Err(error) => {
                let reason = format!("too many to search for: {error}");
                let texts = indicators
                    .iter()
                    .filter(|one| phrases.contains(&lower(&one.value)));
                set.left_out
                    .extend(texts.map(|one| (one.clone(), reason.clone())));
            }
        }
        set
    }

    /// How many indicators are looked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether files are to be found by their MD5 or SHA-1.
    #[must_use]
    pub fn has_older_hashes(&self) -> bool {
        self.has_older_hashes
    }

    /// Indicators of the report that are not looked for, and why.
    #[must_use]
    pub fn left_out(&self) -> &[(Indicator, String)] {
        &self.left_out
    }

    /// Files a value where it will be found; `false` where it is not what it says it is.
    fn take(
        &mut self,
        kind: IndicatorKind,
        value: String,
        rule: usize,
        phrases: &mut Vec<String>,
    ) -> bool {
        match kind {
            IndicatorKind::Ipv4 | IndicatorKind::Ipv6 => match value.parse::<IpAddr>() {
                Ok(address) => drop(self.addresses.insert(address.to_canonical(), rule)),
                Err(_) => return false,
            },
            IndicatorKind::Cidr => match Network::parse(&value) {
                Some(network) => self.networks.push((network, rule)),
                None => return false,
            },
            IndicatorKind::Domain => {
                self.domains
                    .insert(value.trim_matches('.').to_owned(), rule);
            }
            _ if value.chars().all(is_word) && !value.contains(char::is_whitespace) => {
                self.words.insert(value, rule);
            }
            _ => {
                phrases.push(value);
                self.phrase_rules.push(rule);
            }
        }
        true
    }

    pub(crate) fn event(&self, event: &Event<'_>, out: &mut Vec<Finding>) {
        if self.is_empty() {
            return;
        }
        let mut hits: Vec<(usize, MatchedField)> = Vec::new();
        let mut search = |name: &str, text: &str| {
            // Once for each field is enough, however often it stands there.
            let mut seen = BTreeSet::new();
            self.search(&lower(text), &mut |rule, at| {
                if seen.insert(rule) {
                    let (field, value) = (name.to_owned(), show::around(text.into(), at));
                    hits.push((rule, MatchedField { field, value }));
                }
            });
        };
        for field in &event.fields {
            if let Some(text) = field.value.text() {
                search(&field.name, &text);
            }
        }
        // The text of these repeats their fields.
        let repeats = matches!(
            event.family,
            LogFamily::Iis
                | LogFamily::ExchangeHttpProxy
                | LogFamily::WindowsSysmon
                | LogFamily::WindowsSecurity
        );
        if let Some(text) = &event.text
            && (!repeats || event.fields.is_empty())
        {
            search("keywords", text);
        }
        hits.sort_by_key(|(rule, _)| *rule);
        for group in hits.chunk_by(|(left, _), (right, _)| left == right) {
            let Some(rule) = group.first().and_then(|(rule, _)| self.rules.get(*rule)) else {
                continue;
            };
            let shown = Shown {
                matched: group.iter().map(|(_, matched)| matched.clone()).collect(),
                context: show::context(event),
            };
            out.push(finding(event, Arc::clone(rule), shown));
        }
    }

    /// Calls `found` with each indicator in the text, which is in lower case, and where.
    fn search(&self, text: &str, found: &mut dyn FnMut(usize, usize)) {
        let place = |part: &str| part.as_ptr().addr() - text.as_ptr().addr();
        for word in text.split(|c: char| !is_word(c)) {
            self.word(word, place(word), found);
        }
        self.ipv6(text, found);
        if let Some(phrases) = &self.phrases {
            for hit in phrases.find_overlapping_iter(text) {
                let part = |range| text.get(range).unwrap_or_default();
                let borders = Borders {
                    before: part(0..hit.start()),
                    phrase: part(hit.start()..hit.end()),
                    after: part(hit.end()..text.len()),
                };
                if borders.hold()
                    && let Some(rule) = self.phrase_rules.get(hit.pattern().as_usize())
                {
                    found(*rule, hit.start());
                }
            }
        }
    }

    fn word(&self, word: &str, at: usize, found: &mut dyn FnMut(usize, usize)) {
        if word.len() < 3 {
            return;
        }
        if let Some(rule) = self.words.get(word) {
            found(*rule, at);
        }
        let name = word.trim_matches(['.', '-']);
        if !name.contains('.') {
            return;
        }
        if name != word
            && let Some(rule) = self.words.get(name)
        {
            found(*rule, at);
        }
        if name.starts_with(|c: char| c.is_ascii_digit())
            && let Ok(address) = name.parse::<IpAddr>()
        {
            return self.address(address, at, found);
        }
        let mut rest = name;
        while !self.domains.is_empty() {
            if let Some(rule) = self.domains.get(rest) {
                found(*rule, at);
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => break,
            }
        }
    }

    fn address(&self, address: IpAddr, at: usize, found: &mut dyn FnMut(usize, usize)) {
        let address = address.to_canonical();
        if let Some(rule) = self.addresses.get(&address) {
            found(*rule, at);
        }
        for (network, rule) in &self.networks {
            if network.contains(address) {
                found(*rule, at);
            }
        }
    }

    fn ipv6(&self, text: &str, found: &mut dyn FnMut(usize, usize)) {
        if (self.addresses.is_empty() && self.networks.is_empty()) || !text.contains(':') {
            return;
        }
        let part = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
        for candidate in text.split(|c| !part(c)) {
            if candidate.matches(':').nth(1).is_some()
                && let Ok(address) = candidate.parse::<IpAddr>()
            {
                let at = candidate.as_ptr().addr() - text.as_ptr().addr();
                self.address(address, at, found);
            }
        }
    }
}

/// Letters of words: those of host names, plus `_`.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// A phrase and what stands on both sides of it.
struct Borders<'t> {
    before: &'t str,
    phrase: &'t str,
    after: &'t str,
}

impl Borders<'_> {
    /// Whether the phrase stands for itself rather than being a part of something longer.
    fn hold(&self) -> bool {
        let inside_left = self.phrase.starts_with(is_word) && self.before.ends_with(is_word);
        // A full stop may end the sentence rather than go on with the name.
        let after = self.after.strip_prefix('.').unwrap_or(self.after);
        // What a thing of its kind could go on with: then this is another, longer one.
        let more = if self.phrase.contains("://") {
            "/?&=%+~#@:"
        } else if self.phrase.contains(['\\', '/']) {
            "\\/"
        } else {
            ""
        };
        let goes_on = |c: char| is_word(c) || more.contains(c);
        !inside_left && !after.starts_with(goes_on)
    }
}

fn rule_for(indicator: &Indicator, report_id: &str, report_title: &str) -> Rule {
    let kind = title(indicator.kind);
    let value = &indicator.value;
    // Addresses change hands, and reports list the hashes of legitimate tools too.
    let (level, false_positive) = match indicator.kind {
        IndicatorKind::Domain | IndicatorKind::Url | IndicatorKind::Email => {
            (Level::High, "A name that has changed hands since")
        }
        IndicatorKind::Ipv4 | IndicatorKind::Ipv6 | IndicatorKind::Cidr => {
            (Level::Medium, "An address that others have or had too")
        }
        IndicatorKind::Md5
        | IndicatorKind::Sha1
        | IndicatorKind::Sha256
        | IndicatorKind::Sha512 => (
            Level::Medium,
            "A legitimate tool that the report lists because intruders used it",
        ),
        _ => (Level::Medium, "Something else of the same name"),
    };
    Rule {
        id: indicator.stix_id(),
        kind: FindingKind::Indicator,
        title: format!("{kind} {value} from “{report_title}”"),
        description: format!(
            "The report gives the {kind} {value} (written as `{}`) as a sign of the activity \
             it describes, and this record holds it.",
            indicator.as_written
        ),
        level,
        tags: Vec::new(),
        references: Vec::new(),
        false_positives: vec![false_positive.to_owned()],
        log_sources: Vec::new(),
        origin: report_id.to_owned(),
    }
}

fn title(kind: IndicatorKind) -> &'static str {
    match kind {
        IndicatorKind::Ipv4 => "IPv4 address",
        IndicatorKind::Ipv6 => "IPv6 address",
        IndicatorKind::Cidr => "network",
        IndicatorKind::Domain => "domain",
        IndicatorKind::Url => "URL",
        IndicatorKind::Email => "mail address",
        IndicatorKind::Md5 => "MD5",
        IndicatorKind::Sha1 => "SHA-1",
        IndicatorKind::Sha256 => "SHA-256",
        IndicatorKind::Sha512 => "SHA-512",
        IndicatorKind::Filename => "file name",
        IndicatorKind::FilePath => "path",
        IndicatorKind::RegistryKey => "registry key",
        IndicatorKind::CryptoAddress => "wallet",
        IndicatorKind::Imphash => "import hash",
        IndicatorKind::Mutex => "mutex",
        IndicatorKind::UserAgent => "user agent",
        _ => "observable",
    }
}
