//! Incidents, by the measure of the evaluation set and on sentences of our own.

use daylight_extract::training::events::inputs::{KINDS, ROLES};
use daylight_extract::training::events::parts::REALIS;
use daylight_extract::{Lexicon, Models, read};
use daylight_model::{IncidentKind, IncidentRole, ReadBy, Reading};

use crate::gold::anonymous;
use crate::measure::{Event, Measure, events};
use crate::story::annotated;

#[test]
fn articles_that_were_not_learnt_from_are_read_well_enough() {
    let Some(lines) = annotated("casie/dev") else {
        return;
    };
    let mut models = Models::embedded().unwrap().thoroughly().unwrap();
    let mut measure = Measure::default();
    for line in &lines {
        let text = line["text"].as_str().unwrap();
        let found: Vec<Event> = models
            .plain_events(text)
            .into_iter()
            .map(|event| Event {
                kind: event.kind,
                realis: REALIS[event.realis].to_owned(),
                trigger: Some((event.trigger.start, event.trigger.end)),
                arguments: event
                    .roles
                    .into_iter()
                    .map(|(role, span)| (ROLES[role].0.to_owned(), span.start, span.end))
                    .collect(),
            })
            .collect();
        measure.add(text, &events(line), &found);
    }
    println!("{measure}");
    assert!(measure.triggers.f1() > 0.58, "{measure}");
    assert!(measure.arguments.f1() > 0.44, "{measure}");
    assert!(measure.documents.f1() > 0.50, "{measure}");
}

fn reading(text: &str) -> Reading {
    let mut reading = read(anonymous(text), &Lexicon::new([]), &|_| false);
    Models::embedded()
        .expect("the models are sound")
        .add_to(&mut reading);
    reading
}

/// Whether an incident of a kind is read, with some words in a role.
#[track_caller]
fn check(text: &str, kind: IncidentKind, role: IncidentRole, words: &str) {
    let reading = reading(text);
    let of_kind = reading.incidents.iter().filter(|one| one.kind == kind);
    let has = of_kind
        .flat_map(|one| &one.participants)
        .any(|one| one.role == role && one.text == words);
    assert!(has, "{text}\n{:#?}", reading.incidents);
}

#[test]
fn incidents_of_all_kinds_of_the_model_are_read() {
    check(
        "The hackers stole the names and email addresses of 40,000 customers from the bakery chain last week.",
        IncidentKind::DataBreach,
        IncidentRole::Attacker,
        "The hackers",
    );
    check(
        "The ransomware encrypted every file of the school, and the attackers demanded a ransom of $9,000 in Bitcoin.",
        IncidentKind::Ransom,
        IncidentRole::Attacker,
        "the attackers",
    );
    check(
        "Scammers are sending phishing emails that trick customers of the bank into entering their passwords.",
        IncidentKind::Phishing,
        IncidentRole::Attacker,
        "Scammers",
    );
    check(
        "Researchers discovered a vulnerability in the mail server that allows attackers to run code.",
        IncidentKind::FlawFound,
        IncidentRole::Discoverer,
        "Researchers",
    );
    check(
        "Lanternsoft has released a patch that fixes the vulnerability in its mail server.",
        IncidentKind::FlawPatched,
        IncidentRole::Releaser,
        "Lanternsoft",
    );
}

#[test]
fn spans_hold_what_they_say_and_lie_in_their_sentence_or_near() {
    let text = "Café Münze said hackers stole “many” passwords. The weather was fine.";
    let reading = reading(text);
    for incident in &reading.incidents {
        assert_eq!(incident.span.of(text), incident.text);
        assert!(incident.sentence.contains(incident.span));
        for participant in &incident.participants {
            assert_eq!(participant.span.of(text), participant.text);
        }
        if let ReadBy::Model { probability } = incident.read_by {
            assert!((0.0..=1.0).contains(&probability));
        }
    }
}

#[test]
fn any_text_is_read_without_end_or_panic() {
    let long = "stolen data ransom, ".repeat(20_000);
    for text in ["", " ", "\u{feff}\u{200b}", "ﷺ 🦀 …", "“”’", long.as_str()] {
        let mut models = Models::embedded().unwrap();
        for event in models.plain_events(text) {
            assert!(event.kind < KINDS.len() && event.trigger.end <= text.len());
        }
    }
}
