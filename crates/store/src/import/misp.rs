//! MISP events: the event stays whole on a report, its attributes become indicators and
//! observables with the same uuids.

use daylight_model::{IndicatorKind, Timestamp, derived_id};
use serde_json::{Map, Value, json};

use super::Taker;
use super::attribute::{seen, usual};
use crate::pattern::Pattern;
use crate::value::{observable, pattern};
use crate::{Error, Tlp, made};

pub(super) fn take(place: &str, text: &str, taker: &mut Taker<'_>) -> Result<(), Error> {
    let event: Map<String, Value> = match serde_json::from_str(text) {
        Ok(event) => event,
        Err(error) => {
            taker.leave_out(place, &error.to_string());
            return Ok(());
        }
    };
    let uuid = word(&event, "uuid").to_lowercase();
    if uuid::Uuid::parse_str(&uuid).is_err() {
        taker.leave_out(place, "a MISP event without `uuid`");
        return Ok(());
    }
    taker.kind("misp-event");
    taker.add_made(made::daylight())?;
    taker.add_made(made::record_extension())?;
    let time = made::moment(time_of(&event).unwrap_or(taker.options.at));
    let author = author(&event, taker)?;
    let (mut members, strictest) = members(&event, &author, &time, taker)?;
    if members.is_empty() {
        members.push(json!(author));
    }
    let date = format!("{}T00:00:00.000Z", word(&event, "date"));
    let published = if date.parse::<Timestamp>().is_ok() {
        date
    } else {
        time.clone()
    };
    let properties = json!({
        "created_by_ref": author,
        "name": match word(&event, "info") { "" => "MISP event", info => info },
        "report_types": ["threat-report"],
        "published": published,
        "labels": tags(&event),
        "object_refs": members,
        // The report holds the whole event, so that it may go as far as the least of it.
        "object_marking_refs": strictest.map(|level| [level.marking_id()]),
        "extensions": made::record(Value::Object(event.clone())),
    });
    taker.add_made(made::object(
        "report",
        &format!("report--{uuid}"),
        &time,
        properties,
    ))
}

/// What the attributes become, by their ids, and the most restrictive marking in the event.
fn members(
    event: &Map<String, Value>,
    author: &str,
    time: &str,
    taker: &mut Taker<'_>,
) -> Result<(Vec<Value>, Option<Tlp>), Error> {
    let marking = marking(event);
    let mut strictest = marking;
    let mut members = Vec::new();
    for attribute in attributes(event) {
        strictest = strictest.max(self::marking(attribute));
        let place = format!(
            "event {}, attribute {}",
            word(event, "uuid"),
            word(attribute, "uuid")
        );
        let made = match made_of(attribute, time) {
            Ok(made) => made,
            Err(reason) => {
                taker.leave_out(&place, &format!("{reason}; it stays in the event's record"));
                continue;
            }
        };
        for mut object in made {
            // Whom the event may go to, its attributes may go to, unless they say less.
            let level = marking.max(self::marking(attribute));
            made::add(
                &mut object,
                json!({
                    "object_marking_refs": level.map(|level| [level.marking_id()]),
                }),
            );
            if word(&object, "type") == "indicator" {
                made::add(&mut object, json!({ "created_by_ref": author }));
            }
            members.push(object.get("id").cloned().unwrap_or_default());
            taker.add_made(object)?;
        }
    }
    Ok((members, strictest))
}

/// MISP writes what is true in several ways.
fn is_true(value: &Value) -> bool {
    *value == true || *value == 1 || *value == "1"
}

fn word<'a>(object: &'a Map<String, Value>, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// MISP writes seconds, as text or as a number.
fn time_of(object: &Map<String, Value>) -> Option<Timestamp> {
    let seconds = match object.get("timestamp")? {
        Value::String(text) => text.parse().ok()?,
        number => number.as_i64()?,
    };
    Timestamp::from_second(seconds).ok()
}

/// The identity of the organisation that made the event.
fn author(event: &Map<String, Value>, taker: &mut Taker<'_>) -> Result<String, Error> {
    // One time for all events of an import: who made them did not change in between.
    let time = &made::moment(taker.options.at);
    let organisation = event.get("Orgc").and_then(Value::as_object);
    let name = organisation.map_or("", |it| word(it, "name"));
    let identity = match name {
        "" => made::identity("MISP", time),
        name => made::identity(name, time),
    };
    let id = word(&identity, "id").to_owned();
    taker.add_made(identity)?;
    Ok(id)
}

/// All attributes: those of the event and those of its objects.
fn attributes(event: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    fn list(from: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
        let list = from.and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_object)
    }
    let of_objects = list(event.get("Object")).flat_map(|object| list(object.get("Attribute")));
    list(event.get("Attribute")).chain(of_objects)
}

fn tags(object: &Map<String, Value>) -> Vec<&str> {
    let list = object.get("Tag").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|tag| tag.get("name")?.as_str())
        .collect()
}

/// The most restrictive of the TLP tags.
fn marking(object: &Map<String, Value>) -> Option<Tlp> {
    let tlp = tags(object)
        .into_iter()
        .filter(|tag| tag.to_lowercase().starts_with("tlp:"));
    tlp.filter_map(Tlp::parse).max()
}

/// The objects that an attribute becomes.
fn made_of(
    attribute: &Map<String, Value>,
    event_time: &str,
) -> Result<Vec<Map<String, Value>>, String> {
    let (kind, value) = (word(attribute, "type"), word(attribute, "value"));
    let uuid = word(attribute, "uuid").to_lowercase();
    if uuid::Uuid::parse_str(&uuid).is_err() {
        return Err("an attribute without `uuid`".to_owned());
    }
    let time = time_of(attribute).map_or_else(|| event_time.to_owned(), made::moment);
    if kind == "vulnerability" {
        let cve = value.to_uppercase();
        let properties = json!({
            "name": cve,
            "description": word(attribute, "comment"),
            "external_references": [{ "source_name": "cve", "external_id": cve }],
        });
        let id = derived_id("vulnerability", &[&cve]);
        return Ok(vec![made::object("vulnerability", &id, &time, properties)]);
    }
    if attribute.get("deleted").is_some_and(is_true) {
        return Err("deleted in MISP".to_owned());
    }
    if kind == "campaign-name" {
        let properties = json!({ "name": value, "description": word(attribute, "comment") });
        let id = format!("campaign--{uuid}");
        return Ok(vec![made::object("campaign", &id, &time, properties)]);
    }
    let Some((pattern_type, pattern)) = pattern_of(kind, value) else {
        return Err(format!("the attribute type `{kind}` has no counterpart"));
    };
    let detects = attribute.get("to_ids").is_some_and(is_true);
    if !detects && pattern_type == "stix" {
        let parts = parts_of(kind, value);
        let observed: Vec<_> = match seen(kind, value) {
            Some(seen) => seen.observable().into_iter().collect(),
            None => parts
                .iter()
                .filter_map(|(kind, value)| observable(*kind, value))
                .collect(),
        };
        return match observed.is_empty() {
            true => Err(format!(
                "the attribute type `{kind}` is no observable of its own"
            )),
            false => Ok(observed),
        };
    }
    let properties = json!({
        "name": value.lines().next().unwrap_or(value),
        "description": match word(attribute, "comment") {
            "" => format!("{}, {kind}, from MISP.", word(attribute, "category")),
            comment => comment.to_owned(),
        },
        "indicator_types": ["unknown"],
        "pattern": pattern,
        "pattern_type": pattern_type,
        "pattern_version": (pattern_type == "stix").then_some("2.1"),
        "valid_from": time,
        "labels": tags(attribute),
        "extensions": made::record(Value::Object(attribute.clone())),
    });
    Ok(vec![made::object(
        "indicator",
        &format!("indicator--{uuid}"),
        &time,
        properties,
    )])
}

/// The pattern that looks for an attribute, with its language.
fn pattern_of(kind: &str, value: &str) -> Option<(&'static str, String)> {
    match kind {
        "yara" | "sigma" | "snort" | "suricata" => {
            let language = ["yara", "sigma", "snort", "suricata"]
                .into_iter()
                .find(|it| *it == kind)?;
            return Some((language, value.to_owned()));
        }
        "stix2-pattern" => {
            return Pattern::parse(value)
                .is_ok()
                .then(|| ("stix", value.to_owned()));
        }
        _ => {}
    }
    if let Some(seen) = seen(kind, value) {
        return Some(("stix", seen.pattern()));
    }
    let parts: Option<Vec<String>> = parts_of(kind, value)
        .iter()
        .map(|(kind, value)| {
            let pattern = pattern(*kind, value)?;
            Some(pattern.trim_matches(['[', ']']).to_owned())
        })
        .collect();
    let parts = parts.filter(|parts| !parts.is_empty())?;
    // Two properties of one file must hold together; an address and a name are two things.
    let pattern = match kind.starts_with("filename|") || kind == "malware-sample" {
        true => format!("[{}]", parts.join(" AND ")),
        false => parts
            .iter()
            .map(|part| format!("[{part}]"))
            .collect::<Vec<_>>()
            .join(" AND "),
    };
    Some(("stix", pattern))
}

/// The values that an attribute gives, and what they are.
fn parts_of(kind: &str, value: &str) -> Vec<(IndicatorKind, String)> {
    let (first, second) = value.split_once('|').unwrap_or((value, ""));
    let address = |text: &str| match (text.contains('/'), text.contains(':')) {
        (true, _) => IndicatorKind::Cidr,
        (false, true) => IndicatorKind::Ipv6,
        (false, false) => IndicatorKind::Ipv4,
    };
    let hash = |name: &str| match name {
        "md5" => Some(IndicatorKind::Md5),
        "sha1" => Some(IndicatorKind::Sha1),
        "sha256" => Some(IndicatorKind::Sha256),
        "sha512" => Some(IndicatorKind::Sha512),
        _ => None,
    };
    let own = |kind| vec![(kind, value.to_owned())];
    match kind {
        "ip-src" | "ip-dst" => own(address(value)),
        "ip-src|port" | "ip-dst|port" => vec![(address(first), first.to_owned())],
        "domain" | "hostname" => own(IndicatorKind::Domain),
        "domain|ip" => vec![
            (IndicatorKind::Domain, first.to_owned()),
            (address(second), second.to_owned()),
        ],
        "hostname|port" => vec![(IndicatorKind::Domain, first.to_owned())],
        "url" | "uri" if value.contains("://") => own(IndicatorKind::Url),
        "email" | "email-src" | "email-dst" => own(IndicatorKind::Email),
        "filename" => own(IndicatorKind::Filename),
        "regkey" => own(IndicatorKind::RegistryKey),
        "malware-sample" => vec![
            (IndicatorKind::Filename, first.to_owned()),
            (IndicatorKind::Md5, second.to_owned()),
        ],
        _ => match kind.strip_prefix("filename|").and_then(hash) {
            Some(hash) => vec![
                (IndicatorKind::Filename, first.to_owned()),
                (hash, second.to_owned()),
            ],
            None => hash(kind)
                .or_else(|| usual(kind, value))
                .map(own)
                .unwrap_or_default(),
        },
    }
}
