//! What one report says, for the terminal.

use std::collections::BTreeMap;

use daylight_model::{EntityKind, Indicator, IndicatorKind, IndicatorRole, Link, Reading};

use crate::html::{candidate_name, kind_in_words, weight};
use crate::terminal::{Paint, push_wrapped};
use crate::words::{DESCRIBED_LEAD, DESCRIBED_TITLE};
use crate::{clean, incidents, views, words};

const WIDTH_MIN: usize = 40;

/// How many candidates of a link are listed with their reasons.
const CANDIDATES_MAX: usize = 12;

/// How many things to look for are listed of one kind.
const INDICATORS_MAX: usize = 20;

/// How many incidents are listed.
const INCIDENTS_MAX: usize = 20;

/// What one report says: claims by speaker with force and sentence, who is spoken of, what
/// can be looked for, and what it may refer to, with reasons.
#[must_use]
pub fn reading_text(reading: &Reading, links: &[Link], width: usize, colour: bool) -> String {
    let mut page = Page {
        out: String::from("\n"),
        width: width.max(WIDTH_MIN),
        paint: Paint { colour },
    };
    page.head(reading);
    page.claims(reading);
    page.incidents(reading);
    page.entities(reading);
    page.indicators(reading);
    page.described(reading);
    page.links(links);
    page.out
}

struct Page {
    out: String,
    width: usize,
    paint: Paint,
}

impl Page {
    fn plain(&mut self, indent: &str, text: &str) {
        push_wrapped(&mut self.out, indent, text, self.width, str::to_owned);
    }

    fn soft(&mut self, indent: &str, text: &str) {
        let paint = self.paint;
        push_wrapped(&mut self.out, indent, text, self.width, |line| {
            paint.soft(line)
        });
    }

    fn bold(&mut self, indent: &str, text: &str) {
        let paint = self.paint;
        push_wrapped(&mut self.out, indent, text, self.width, |line| {
            paint.bold(line)
        });
    }

    fn heading(&mut self, text: &str) {
        self.out.push('\n');
        self.bold("", &text.to_uppercase());
    }

    fn head(&mut self, reading: &Reading) {
        let document = &reading.document;
        self.bold("", &clean::line(document.name()));
        let originator = document
            .originator
            .as_ref()
            .map(|it| format!("first published by {}", it.name));
        let facts: Vec<String> = [
            document.publisher.clone(),
            originator,
            document.published.map(words::moment),
            (!document.authors.is_empty()).then(|| format!("by {}", document.authors.join(", "))),
            document.tlp.clone(),
        ]
        .into_iter()
        .flatten()
        .map(|fact| clean::value(&fact))
        .collect();
        self.soft("", &facts.join(" · "));
        for diagnostic in document.diagnostics.iter().take(10) {
            let place = diagnostic
                .offset
                .map(|offset| format!(", byte {offset}"))
                .unwrap_or_default();
            self.soft(
                "",
                &format!(
                    "Note: {}{place}: {}",
                    clean::value(&diagnostic.path),
                    clean::line(&diagnostic.message)
                ),
            );
        }
    }

    fn claims(&mut self, reading: &Reading) {
        self.heading("What is said, and by whom");
        if reading.claims.is_empty() {
            self.plain("  ", "No claim was read out of the report.");
        }
        for group in views::claims_by_speaker([reading]) {
            self.out.push('\n');
            self.bold("  ", &group.speakers);
            let mut last_quoted = "";
            for said in &group.claims {
                let claim = said.claim;
                self.plain(
                    "    ",
                    &format!(
                        "• {} [{}]",
                        words::claim_in_words(claim),
                        claim.force.as_str()
                    ),
                );
                let qualifiers: Vec<String> = words::qualifiers(claim)
                    .iter()
                    .map(|(name, text)| format!("{name} {text}"))
                    .collect();
                if !qualifiers.is_empty() {
                    self.plain("      ", &qualifiers.join("; "));
                }
                // Claims out of the same sentence share one quotation.
                if claim.sentence != last_quoted {
                    self.soft("      │ ", &clean::line(&claim.sentence));
                    last_quoted = &claim.sentence;
                }
            }
        }
    }

    fn incidents(&mut self, reading: &Reading) {
        let (shown, total) = incidents::first(reading, INCIDENTS_MAX);
        if shown.is_empty() {
            return;
        }
        self.heading("What is said to have happened");
        let mut last_quoted = "";
        for incident in &shown {
            let (title, read_by) = (incidents::title(incident), incidents::read_by(incident));
            let trigger = clean::value(&incident.text);
            self.plain("  ", &format!("• {title}: “{trigger}” [{read_by}]"));
            let roles: Vec<String> = incidents::roles(reading, incident)
                .iter()
                .map(|(role, words)| format!("{role} {words}"))
                .collect();
            if !roles.is_empty() {
                self.plain("    ", &roles.join("; "));
            }
            // Incidents out of the same sentence share one quotation.
            let sentence = incidents::sentence(reading, incident);
            if sentence != last_quoted {
                self.soft("    │ ", &clean::line(sentence));
                last_quoted = sentence;
            }
        }
        let more = total - shown.len();
        if more > 0 {
            let more = words::number(more as u64);
            self.soft("  ", &format!("and {more} more; --json shows all"));
        }
    }

    fn entities(&mut self, reading: &Reading) {
        if reading.entities.is_empty() {
            return;
        }
        self.heading("Who and what is spoken of");
        let mut kinds: Vec<EntityKind> =
            reading.entities.iter().map(|entity| entity.kind).collect();
        kinds.sort();
        kinds.dedup();
        for kind in kinds {
            let names: Vec<String> = reading
                .entities
                .iter()
                .filter(|entity| entity.kind == kind)
                .map(|entity| {
                    let known = entity
                        .known_as
                        .as_deref()
                        .filter(|known| *known != entity.name);
                    let known = known.map(|known| format!(" ({known})")).unwrap_or_default();
                    let model = entity
                        .read_by_model
                        .map(|sure| format!(" (read by a model, {sure:.2})"))
                        .unwrap_or_default();
                    clean::value(&format!("{}{known}{model}", entity.name))
                })
                .collect();
            self.plain(
                "  ",
                &format!("{}: {}", kind_name(kind), words::list_at_most(&names, 40)),
            );
        }
    }

    fn indicators(&mut self, reading: &Reading) {
        let is_wanted = |it: &&Indicator| it.role == IndicatorRole::Indicator;
        // Each once, whatever the case it is written in.
        let mut by_kind: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
        for indicator in reading.indicators.iter().filter(is_wanted) {
            // As written: a terminal makes links of whole addresses.
            let values = by_kind.entry(indicator_kind(indicator)).or_default();
            let named = matches!(
                indicator.kind,
                IndicatorKind::YaraRule | IndicatorKind::SigmaRule
            );
            let shown = if named {
                &indicator.value
            } else {
                &indicator.as_written
            };
            values
                .entry(indicator.value.to_lowercase())
                .or_insert_with(|| clean::value(shown));
        }
        for technique in &reading.techniques {
            let values = by_kind.entry(TECHNIQUES).or_default();
            let mut shown = clean::value(&technique.id);
            if let Some(now) = &technique.now {
                shown.push_str(&format!(" (today {})", clean::value(now)));
            }
            values.insert(technique.id.to_lowercase(), shown);
        }
        if !by_kind.is_empty() {
            self.heading("What can be looked for");
        }
        for (kind, values) in by_kind {
            let shown: Vec<&str> = values
                .values()
                .take(INDICATORS_MAX)
                .map(String::as_str)
                .collect();
            let more = match values.len() - shown.len() {
                0 => String::new(),
                more => format!(" and {} more; --json shows all", words::number(more as u64)),
            };
            let number = words::number(values.len() as u64);
            self.plain(
                "  ",
                &format!("{kind} ({number}): {}{more}", shown.join(", ")),
            );
        }
        let references = reading
            .indicators
            .iter()
            .filter(|it| !is_wanted(it))
            .count();
        if references > 0 {
            let text = words::count(references, "address", "addresses");
            self.soft("  ", &format!("{text} for further reading, not looked for"));
        }
    }

    fn described(&mut self, reading: &Reading) {
        if reading.described.is_empty() {
            return;
        }
        self.heading(DESCRIBED_TITLE);
        self.soft("  ", DESCRIBED_LEAD);
        for technique in &reading.described {
            self.plain("  ", &words::described(technique));
            let sentence = technique.sentence.of(&reading.document.text);
            self.soft("      │ ", &clean::line(sentence));
        }
    }

    fn links(&mut self, links: &[Link]) {
        if links.is_empty() {
            return;
        }
        self.heading("What it may refer to");
        self.soft("  ", "Daylight’s own inference. Scores order, they are not probabilities; a group here is one that somebody links to the same flaw or operation, not a culprit.");
        for link in links {
            self.out.push('\n');
            self.bold("  ", &format!("“{}”", clean::value(&link.mention)));
            for candidate in link.candidates.iter().take(CANDIDATES_MAX) {
                self.plain(
                    "    ",
                    &format!(
                        "{:.2}  {} ({})",
                        candidate.score,
                        candidate_name(candidate),
                        kind_in_words(candidate.kind)
                    ),
                );
                for reason in &candidate.reasons {
                    let source = reason
                        .source
                        .as_deref()
                        .map(|it| format!(" [{}]", clean::value(it)))
                        .unwrap_or_default();
                    self.soft(
                        "          ",
                        &format!("{}{}{source}", weight(reason), clean::line(&reason.text)),
                    );
                }
            }
            let more = link.candidates.len().saturating_sub(CANDIDATES_MAX);
            if more > 0 {
                self.soft(
                    "    ",
                    &format!("and {more} more candidates; --json shows all"),
                );
            }
        }
    }
}

const TECHNIQUES: &str = "techniques";

fn indicator_kind(indicator: &Indicator) -> &'static str {
    match indicator.kind {
        IndicatorKind::Ipv4 | IndicatorKind::Ipv6 => "addresses",
        IndicatorKind::Cidr => "networks",
        IndicatorKind::Domain => "domains",
        IndicatorKind::Url => "URLs",
        IndicatorKind::Email => "mail addresses",
        IndicatorKind::Md5 => "MD5 hashes",
        IndicatorKind::Sha1 => "SHA-1 hashes",
        IndicatorKind::Sha256 => "SHA-256 hashes",
        IndicatorKind::Sha512 => "SHA-512 hashes",
        IndicatorKind::Cve => "flaws",
        IndicatorKind::Cwe => "kinds of flaws",
        IndicatorKind::Filename => "file names",
        IndicatorKind::FilePath => "paths",
        IndicatorKind::RegistryKey => "registry keys",
        IndicatorKind::Asn => "networks by number",
        IndicatorKind::CryptoAddress => "wallets",
        IndicatorKind::Ssdeep => "fuzzy hashes",
        IndicatorKind::Imphash => "import hashes",
        IndicatorKind::Mutex => "mutexes",
        IndicatorKind::UserAgent => "user agents",
        IndicatorKind::YaraRule => "YARA rules",
        IndicatorKind::SigmaRule => "Sigma rules",
        IndicatorKind::AttackId if indicator.value.starts_with(['T', 't']) => TECHNIQUES,
        IndicatorKind::AttackId => "other ATT&CK ids",
        _ => "others",
    }
}

const fn kind_name(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Country => "countries",
        EntityKind::GovernmentBody => "government bodies",
        EntityKind::InternationalBody => "international bodies",
        EntityKind::Organization => "organisations",
        EntityKind::Person => "people",
        EntityKind::IntrusionSet => "named groups of attackers",
        EntityKind::Group => "people described",
        EntityKind::Malware => "malware",
        EntityKind::Tool => "tools",
        EntityKind::Product => "products",
        EntityKind::Vulnerability => "flaws",
        EntityKind::Campaign => "operations",
        EntityKind::Sector => "sectors",
        EntityKind::Location => "places",
        _ => "others",
    }
}
