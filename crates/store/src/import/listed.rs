//! The indicators of a file, without a store: what each looks for and what is said of it.

use std::collections::HashMap;
use std::io::{BufReader, Read};

use daylight_model::{IndicatorKind, Timestamp};
use serde_json::Value;

use super::{ImportOptions, ImportReport, Taker, Target, WINDOW_BYTES, first_character, take};
use crate::pattern::{Comparison, Constant, Observation, Operator, Path, Pattern, Step, Test};
use crate::{Error, Object, Tlp};

/// An indicator, and what its giver says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it is.
    pub kind: IndicatorKind,
    /// Its value.
    pub value: String,
    /// What it is called.
    pub name: Option<String>,
    /// Who claims it.
    pub author: Option<String>,
    /// How far it may be passed on.
    pub tlp: Option<Tlp>,
    /// How sure its giver is, of 100.
    pub confidence: Option<u8>,
    /// Until when it holds.
    pub valid_until: Option<Timestamp>,
}

/// Passes indicators on, and gathers what is said of them in other objects.
pub(super) struct Listing<'a> {
    each: &'a mut dyn FnMut(Listed),
    /// Indicators of STIX objects, whose authors and markings may come later: with ids.
    waiting: Vec<(Listed, Vec<String>)>,
    names: HashMap<String, String>,
    markings: HashMap<String, Tlp>,
}

/// Calls `each` with the indicators that `input` gives: STIX bundles, MISP events, CSV tables and
/// lists. What is revoked is none any more.
///
/// # Errors
/// Where nothing of the input can be read. What is no indicator is no error: the report lists it.
pub fn indicators(
    input: impl Read + Send,
    options: &ImportOptions,
    each: &mut dyn FnMut(Listed),
) -> Result<ImportReport, Error> {
    let mut input = BufReader::with_capacity(WINDOW_BYTES, input);
    let first = first_character(&mut input, &options.source)?;
    let listing = Listing {
        each,
        waiting: Vec::new(),
        names: HashMap::new(),
        markings: HashMap::new(),
    };
    let mut nobody = |_| {};
    let mut taker = Taker::new(Target::Listing(listing), options, &mut nobody);
    take(first, input, &mut taker)?;
    if let Target::Listing(listing) = &mut taker.target {
        listing.finish(options.tlp);
    }
    taker.finish()
}

impl Listing<'_> {
    pub(super) fn indicator(&mut self, listed: Listed) {
        (self.each)(listed);
    }

    /// Takes what matters of a STIX object.
    pub(super) fn object(&mut self, object: &Object) {
        match object.kind.as_str() {
            "identity" => {
                let name = object.names.first().cloned().unwrap_or_default();
                self.names.insert(object.id.clone(), name);
            }
            "marking-definition" => {
                let level =
                    Tlp::of_marking(&object.id).or_else(|| Tlp::of_definition(&object.body));
                self.markings
                    .extend(level.map(|level| (object.id.clone(), level)));
            }
            "indicator" if !object.revoked => self.stix(object),
            _ => {}
        }
    }

    fn stix(&mut self, object: &Object) {
        let Ok(body) = serde_json::from_str::<Value>(&object.body) else {
            return;
        };
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        if text("pattern_type").is_some_and(|kind| kind != "stix") {
            return;
        }
        let mut values = Vec::new();
        if let Some(Ok(pattern)) = text("pattern").map(Pattern::parse) {
            observed(&pattern.observation, &mut values);
        }
        let confidence = body.get("confidence").and_then(Value::as_u64);
        for (kind, value) in values {
            let listed = Listed {
                kind,
                name: text("name")
                    .filter(|name| *name != value)
                    .map(str::to_owned),
                value,
                author: object.author.clone(),
                tlp: None,
                confidence: confidence.and_then(|it| u8::try_from(it).ok()),
                valid_until: text("valid_until").and_then(|time| time.parse().ok()),
            };
            self.waiting.push((listed, object.markings.clone()));
        }
    }

    /// Now all authors and markings are known.
    fn finish(&mut self, unmarked: Option<Tlp>) {
        for (mut listed, markings) in std::mem::take(&mut self.waiting) {
            let level =
                |id: &String| Tlp::of_marking(id).or_else(|| self.markings.get(id).copied());
            listed.tlp = markings.iter().filter_map(level).max().or(unmarked);
            listed.author = listed
                .author
                .map(|id| self.names.get(&id).cloned().unwrap_or(id));
            (self.each)(listed);
        }
    }
}

/// The values that a pattern asks for. Of several that must hold together in one observation, the
/// one that tells most; of several observations, each is a sign by itself.
fn observed(observation: &Observation, values: &mut Vec<(IndicatorKind, String)>) {
    match observation {
        Observation::Test(comparison) => values.extend(compared(comparison)),
        Observation::And(one, other)
        | Observation::Or(one, other)
        | Observation::FollowedBy(one, other) => {
            observed(one, values);
            observed(other, values);
        }
        Observation::Group(inside) | Observation::Qualified(inside, _) => observed(inside, values),
    }
}

fn compared(comparison: &Comparison) -> Vec<(IndicatorKind, String)> {
    match comparison {
        Comparison::Or(any) => any.iter().flat_map(compared).collect(),
        Comparison::And(all) => {
            let each = all.iter().map(compared).filter(|values| !values.is_empty());
            each.min_by_key(|values| values.iter().map(|(kind, _)| rank(*kind)).max())
                .unwrap_or_default()
        }
        Comparison::Test(test) => tested(test),
        Comparison::Exists(..) => Vec::new(),
    }
}

/// The lower, the more a value of this kind tells.
fn rank(kind: IndicatorKind) -> u8 {
    match kind {
        IndicatorKind::Sha512 | IndicatorKind::Sha256 => 0,
        IndicatorKind::Sha1 => 1,
        IndicatorKind::Md5 => 2,
        IndicatorKind::Url | IndicatorKind::Email => 3,
        IndicatorKind::Domain | IndicatorKind::FilePath => 4,
        IndicatorKind::Ipv4 | IndicatorKind::Ipv6 => 5,
        _ => 6,
    }
}

fn tested(test: &Test) -> Vec<(IndicatorKind, String)> {
    let is_equal = matches!(
        test.operator,
        Operator::Equal | Operator::In | Operator::IsSubset
    );
    let Some(kind) = kind_of(&test.path).filter(|_| is_equal && !test.negated) else {
        return Vec::new();
    };
    let texts = test.values.iter().filter_map(|value| match value {
        Constant::Text(text) => Some(text.clone()),
        _ => None,
    });
    texts
        .map(|value| match kind {
            IndicatorKind::Ipv4 | IndicatorKind::Ipv6 if value.contains('/') => {
                (IndicatorKind::Cidr, value)
            }
            _ => (kind, value),
        })
        .collect()
}

/// What stands at a path of a STIX object.
fn kind_of(path: &Path) -> Option<IndicatorKind> {
    let steps = path.steps.iter().map(|step| match step {
        Step::Name(name) => name.as_str(),
        Step::Index(_) | Step::Any => "*",
    });
    let steps: Vec<&str> = steps.collect();
    Some(match (path.kind.as_str(), steps.as_slice()) {
        ("ipv4-addr", ["value"]) => IndicatorKind::Ipv4,
        ("ipv6-addr", ["value"]) => IndicatorKind::Ipv6,
        ("network-traffic", ["src_ref" | "dst_ref", "value"]) => IndicatorKind::Ipv4,
        ("domain-name", ["value"]) => IndicatorKind::Domain,
        ("url", ["value"]) => IndicatorKind::Url,
        ("email-addr", ["value"]) | ("email-message", ["from_ref" | "sender_ref", "value"]) => {
            IndicatorKind::Email
        }
        ("file", ["name"]) => IndicatorKind::Filename,
        ("file", ["hashes", name]) => match name.to_ascii_uppercase().replace('-', "").as_str() {
            "MD5" => IndicatorKind::Md5,
            "SHA1" => IndicatorKind::Sha1,
            "SHA256" => IndicatorKind::Sha256,
            "SHA512" => IndicatorKind::Sha512,
            _ => return None,
        },
        ("windows-registry-key", ["key"]) => IndicatorKind::RegistryKey,
        ("mutex", ["name"]) => IndicatorKind::Mutex,
        ("network-traffic", ["extensions", "http-request-ext", "request_header", name])
            if name.eq_ignore_ascii_case("User-Agent") =>
        {
            IndicatorKind::UserAgent
        }
        _ => return None,
    })
}
