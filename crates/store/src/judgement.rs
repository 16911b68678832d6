//! What a person says about objects: two are one, two are not, how far a source is to be
//! relied on. Each is a note of its own with its author; saying the opposite, or taking it
//! back, adds a version. Nothing that others said is changed.

use daylight_model::{Timestamp, derived_id};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::records::Import;
use crate::{Error, Store, Tlp, made};

/// The extension that marks a note as a judgement. Its id never changes.
const JUDGEMENT: &str = "extension-definition--b0a7c7d2-5b0e-5b39-8a53-9f6de1a2c4d7";

/// What is said of one or two objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "judgement", content = "value")]
pub enum Judgement {
    /// The two are one and the same.
    SameAs,
    /// The two are not the same.
    NotTheSame,
    /// How far a source is to be relied on: A to F, as NATO's scale has it.
    Reliability(char),
    /// How credible a piece of information is: 1 to 6.
    Credibility(u8),
}

impl Judgement {
    /// In words, for people.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::SameAs => "same as".to_owned(),
            Self::NotTheSame => "not the same as".to_owned(),
            Self::Reliability(letter) => {
                let meaning = match letter {
                    'A' => "completely reliable",
                    'B' => "usually reliable",
                    'C' => "fairly reliable",
                    'D' => "not usually reliable",
                    'E' => "unreliable",
                    _ => "reliability cannot be judged",
                };
                format!("source reliability {letter} ({meaning})")
            }
            Self::Credibility(digit) => {
                let meaning = match digit {
                    1 => "confirmed by other sources",
                    2 => "probably true",
                    3 => "possibly true",
                    4 => "doubtful",
                    5 => "improbable",
                    _ => "truth cannot be judged",
                };
                format!("information credibility {digit} ({meaning})")
            }
        }
    }

    /// What may be said of one thing only once by one person: the later word holds.
    const fn topic(&self) -> &'static str {
        match self {
            Self::SameAs | Self::NotTheSame => "identity",
            Self::Reliability(_) => "reliability",
            Self::Credibility(_) => "credibility",
        }
    }
}

/// A judgement, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The id of the note.
    pub id: String,
    /// What is said.
    #[serde(flatten)]
    pub judgement: Judgement,
    /// Of what: one id, or two.
    pub about: Vec<String>,
    /// Who says it.
    pub by: String,
    /// Why, in their words.
    pub why: String,
    /// It was taken back.
    pub withdrawn: bool,
    /// When it was last said or taken back.
    pub at: String,
}

#[derive(Deserialize)]
struct Note {
    id: String,
    modified: String,
    #[serde(default)]
    revoked: bool,
    #[serde(default)]
    authors: Vec<String>,
    #[serde(default)]
    content: String,
    object_refs: Vec<String>,
    extensions: std::collections::BTreeMap<String, Value>,
}

/// Says something of one or two objects, or (`withdrawn`) takes it back. Gives the note's id.
///
/// # Errors
/// [`Error::Unknown`], where the store holds no such object.
pub fn judge(
    store: &mut dyn Store,
    judgement: &Judgement,
    about: &[&str],
    by: &str,
    why: &str,
    withdrawn: bool,
    at: Timestamp,
) -> Result<String, Error> {
    for id in about {
        store
            .object(id)?
            .ok_or_else(|| Error::Unknown((*id).to_owned()))?;
    }
    let mut about = about.to_vec();
    about.sort_unstable();
    about.dedup();
    let time = made::moment(at);
    let identity = made::object(
        "identity",
        &derived_id("identity", &["person", &by.to_lowercase()]),
        &time,
        json!({ "name": by, "identity_class": "individual" }),
    );
    let author = identity.get("id").cloned().unwrap_or_default();
    let parts: Vec<&str> = [judgement.topic(), by]
        .into_iter()
        .chain(about.iter().copied())
        .collect();
    let id = derived_id("note", &parts);
    let mut extension = serde_json::to_value(judgement).unwrap_or_default();
    if let Some(extension) = extension.as_object_mut() {
        extension.insert("extension_type".into(), json!("property-extension"));
    }
    let words = judgement.words();
    let mut note = made::object(
        "note",
        &id,
        &time,
        json!({
            "created_by_ref": author,
            "abstract": format!("{by}: {words}"),
            "content": if why.trim().is_empty() { words.as_str() } else { why },
            "authors": [by],
            "object_refs": about,
            "extensions": { JUDGEMENT: extension },
        }),
    );
    if withdrawn {
        note.insert("revoked".into(), json!(true));
    }
    let import = Import {
        source: by.to_owned(),
        kind: "judgement".to_owned(),
        tlp: None::<Tlp>,
        at,
    };
    let made = [made::daylight(), definition(), identity, note];
    let mut objects = Vec::with_capacity(made.len());
    for made in made {
        objects.extend(made::settle(store, made)?);
    }
    let number = store.begin_import(&import)?;
    store.add_objects(number, &objects)?;
    store.end_import(number, "judged", at)?;
    Ok(id)
}

/// The definition of [`JUDGEMENT`].
fn definition() -> Map<String, Value> {
    made::extension(
        JUDGEMENT,
        "Daylight judgement",
        "What a person says of one object or of two: the same, not the same, reliability of a source (A to F), credibility of information (1 to 6).",
        r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["extension_type","judgement"],"properties":{"extension_type":{"const":"property-extension"},"judgement":{"enum":["same-as","not-the-same","reliability","credibility"]},"value":{}}}"#,
    )
}

/// What people have said of an object; what was taken back too, marked so.
///
/// # Errors
/// What the store says.
pub fn judgements(store: &dyn Store, id: &str) -> Result<Vec<Judged>, Error> {
    let mut judged = Vec::new();
    for kept in store.referring(id, NOTES_MAX)? {
        if !kept.id.starts_with("note--") || !kept.body.contains(JUDGEMENT) {
            continue;
        }
        let Ok(note) = serde_json::from_str::<Note>(&kept.body) else {
            continue;
        };
        let Some(extension) = note.extensions.get(JUDGEMENT) else {
            continue;
        };
        let Ok(judgement) = serde_json::from_value::<Judgement>(extension.clone()) else {
            continue;
        };
        judged.push(Judged {
            id: note.id,
            judgement,
            about: note.object_refs,
            by: note.authors.join(", "),
            why: note.content,
            withdrawn: note.revoked,
            at: note.modified,
        });
    }
    Ok(judged)
}

/// How people rate what a claim rests on: the reliability of those who say it, by their names,
/// and the credibility of the claim itself, by its id. What was taken back is left out; where
/// nobody rated anything there is nothing.
///
/// # Errors
/// What the store says.
pub fn ratings(store: &dyn Store, speakers: &[&str], claim: &str) -> Result<Vec<Judged>, Error> {
    let mut found = Vec::new();
    for speaker in speakers {
        for kept in store.called(speaker)? {
            if kept.id.starts_with("identity--") {
                found.extend(judgements(store, &kept.id)?);
            }
        }
    }
    // A denial is a note in STIX, with the same number.
    let note = claim.replacen("relationship--", "note--", 1);
    for id in [claim, &note] {
        found.extend(judgements(store, id)?);
    }
    let rates = |it: &Judged| {
        !it.withdrawn
            && matches!(
                it.judgement,
                Judgement::Reliability(_) | Judgement::Credibility(_)
            )
    };
    found.retain(rates);
    found.dedup();
    Ok(found)
}

/// Objects around one that are looked through for judgements.
const NOTES_MAX: usize = 100_000;
