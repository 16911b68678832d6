//! What a hit on an indicator says of it.

use daylight_model::{FindingKind, Indicator, IndicatorKind, Level, Rule, Timestamp};

/// Who gives an indicator, and what they say of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Giver {
    /// The id of a report, or the file of a list.
    pub id: String,
    /// The title of the report, or the name of the list.
    pub title: String,
    /// Whether it is a report, and no list.
    pub is_report: bool,
    /// Who claims it, where that is said.
    pub author: Option<String>,
    /// What it is called there.
    pub name: Option<String>,
    /// How far it may be passed on: `TLP:AMBER`.
    pub tlp: Option<String>,
    /// How sure the giver is, of 100.
    pub confidence: Option<u8>,
    /// Until when it holds.
    pub valid_until: Option<Timestamp>,
}

/// Confidence below this makes a hit no more than a hint (STIX's scale: low ends at 29).
const CONFIDENCE_LOW_MAX: u8 = 29;

/// The rule that a hit rests on; `is_late` where the event is later than the indicator holds.
pub(super) fn rule_for(indicator: &Indicator, giver: &Giver, is_late: bool) -> Rule {
    let kind = title(indicator.kind);
    let value = &indicator.value;
    let (level, false_positive) = level(indicator.kind);
    let doubtful = giver.confidence.is_some_and(|it| it <= CONFIDENCE_LOW_MAX);
    let level = if is_late || doubtful {
        Level::Low
    } else {
        level
    };
    let mut false_positives = vec![false_positive.to_owned()];
    if let (true, Some(until)) = (is_late, giver.valid_until) {
        false_positives.push(format!("The indicator held until {until}; this is later"));
    }
    if let (true, Some(confidence)) = (doubtful, giver.confidence) {
        false_positives.push(format!("Its giver is not sure of it: {confidence} of 100"));
    }
    let tlp = giver.tlp.as_deref().map(|label| {
        let label = label.to_lowercase();
        format!("tlp.{}", label.strip_prefix("tlp:").unwrap_or(&label))
    });
    Rule {
        id: indicator.stix_id(),
        kind: FindingKind::Indicator,
        title: format!("{kind} {value} from “{}”", giver.title),
        description: description(indicator, giver),
        level,
        tags: tlp.into_iter().collect(),
        references: Vec::new(),
        false_positives,
        log_sources: Vec::new(),
        origin: giver.id.clone(),
    }
}

fn description(indicator: &Indicator, giver: &Giver) -> String {
    let (kind, value) = (title(indicator.kind), &indicator.value);
    let source = if giver.is_report { "report" } else { "list" };
    let mut text = format!(
        "The {source} gives the {kind} {value} (written as `{}`) as a sign of the activity \
         it describes, and this record holds it.",
        indicator.as_written
    );
    let mut said = Vec::new();
    said.extend(
        giver
            .author
            .as_ref()
            .map(|author| format!("claimed by {author}")),
    );
    said.extend(giver.name.as_ref().map(|name| format!("named “{name}”")));
    said.extend(giver.confidence.map(|it| format!("confidence {it} of 100")));
    said.extend(
        giver
            .valid_until
            .map(|until| format!("valid until {until}")),
    );
    said.extend(giver.tlp.clone());
    if !said.is_empty() {
        text.push_str(&format!(" It is {}.", said.join(", ")));
    }
    text
}

/// Addresses change hands, and reports list the hashes of legitimate tools too.
fn level(kind: IndicatorKind) -> (Level, &'static str) {
    match kind {
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
    }
}

pub(super) fn title(kind: IndicatorKind) -> &'static str {
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
