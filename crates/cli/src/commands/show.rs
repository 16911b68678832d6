use std::fmt::Write;

use daylight_dossier::{clean_line, clean_value};
use daylight_model::Relation;
use daylight_pipeline::{KnownBearer, known_bearers};
use daylight_store::{
    Bearer, ClaimQuery, Kept, Levels, Store, StoredClaim, bearers, fold, is_contested, judgements,
};
use serde_json::{Value, json};

use crate::error::Exit;
use crate::known::known;
use crate::store::{StoreArguments, claim_lines, level};
use crate::terminal;

/// Show who or what a name or an id is, and who calls it so
///
/// A name that several bear is shown with all of them; nothing is merged and none is picked.
/// Background knowledge (ATT&CK, MISP galaxy) that comes with the program is asked too.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A name in any spelling, a value, a hash, an external id, or a STIX id
    #[arg(required = true, value_name = "NAME|ID")]
    name: Vec<String>,
    /// Print the objects exactly as they came, and nothing else
    #[arg(long, conflicts_with = "json")]
    raw: bool,
    /// All versions of each object, oldest first
    #[arg(long)]
    versions: bool,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight show Nobelium
  daylight show evil.example
  daylight show malware--31b940d4-6f7f-459a-80ea-9c1f17b58abc --versions --raw
  daylight show G0125 --json | jq '.objects[].called_by'

Exit codes: 0 shown, 2 nothing is called so, or another error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let name = arguments.name.join(" ");
    let store = arguments.store.open_if_there()?;
    let store = store.as_deref();
    let (by_id, called) = match store {
        Some(store) => (store.object(&name)?, bearers(store, &name)?),
        None => (None, Vec::new()),
    };
    let known = known_bearers(&name, &known());
    let claimed = store
        .map(|store| claimed(store, &name))
        .transpose()?
        .unwrap_or_default();
    if by_id.is_none() && called.is_empty() && known.is_empty() && claimed.is_empty() {
        anyhow::bail!("nothing in the store or in background knowledge is called `{name}`");
    }
    let mut objects: Vec<Kept> = Vec::new();
    if let Some(store) = store {
        let ids = by_id
            .iter()
            .map(|it| &it.id)
            .chain(called.iter().map(|it| &it.id));
        for id in ids {
            let mut versions = store.versions(id)?;
            let hidden = if arguments.versions {
                0
            } else {
                versions.len().saturating_sub(1)
            };
            objects.extend(versions.drain(hidden..));
        }
    }
    if arguments.raw {
        for object in &objects {
            terminal::say(&object.body)?;
        }
        return Ok(Exit::Clear);
    }
    let levels = store.map(Levels::of).transpose()?;
    let shown = objects
        .iter()
        .filter_map(|kept| Some((store?, levels.as_ref()?, kept)));
    let facts: Vec<Value> = shown
        .map(|(store, levels, kept)| facts(store, levels, kept, &called))
        .collect::<anyhow::Result<_>>()?;
    if arguments.json {
        let value = json!({
            "name": name,
            "contested": is_contested(&called),
            "objects": facts,
            "claimed": claimed,
            "background": known,
        });
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
    } else {
        terminal::say(&text(&name, &called, &facts, &known))?;
        for claim in &claimed {
            terminal::say(&claim_lines(claim, &[]))?;
        }
    }
    Ok(Exit::Clear)
}

/// Who says in a story that something is another name of this, or this of something.
fn claimed(store: &dyn Store, name: &str) -> anyhow::Result<Vec<StoredClaim>> {
    let mut claims = store.claims(&ClaimQuery {
        about: Some(name.to_owned()),
        relation: Some(Relation::AliasOf),
        limit: CLAIMS_MAX,
        ..ClaimQuery::default()
    })?;
    let folded = fold(name);
    claims.retain(|it| {
        let mut parties = std::iter::once(&it.claim.subject).chain(&it.claim.object);
        parties.any(|party| fold(&party.name) == folded)
    });
    Ok(claims)
}

/// Stories that say so, at most.
const CLAIMS_MAX: usize = 100;

/// What is known of an object beside its own words.
fn facts(
    store: &dyn Store,
    levels: &Levels,
    kept: &Kept,
    called: &[Bearer],
) -> anyhow::Result<Value> {
    let (tlp, inherited) = levels.effective(store, kept)?;
    let bearer = called.iter().find(|it| it.id == kept.id);
    let imports = store.imports()?;
    let import = imports.iter().find(|it| it.number == kept.import);
    Ok(json!({
        "object": serde_json::from_str::<Value>(&kept.body)?,
        "tlp": level(tlp),
        "tlp_inherited_from": inherited,
        "called": bearer.map(|it| &it.name),
        "called_by": bearer.map(|it| &it.by),
        "source": import.map(|it| &it.import.source),
        "arrived": import.map(|it| it.import.at.to_string()),
        "versions": store.versions(&kept.id)?.len(),
        "judgements": judgements(store, &kept.id)?,
    }))
}

fn text(name: &str, called: &[Bearer], facts: &[Value], known: &[KnownBearer]) -> String {
    let mut out = String::new();
    if is_contested(called) {
        let _ = writeln!(
            out,
            "“{}” is contested: several bear it, and nobody whose word the store holds takes them for one.\n",
            clean_value(name)
        );
    }
    for fact in facts {
        object_text(&mut out, fact);
    }
    if !known.is_empty() {
        let _ = writeln!(out, "In background knowledge:");
    }
    for it in known {
        let also = if it.name == it.title {
            String::new()
        } else {
            format!(", as another name of {}", it.title)
        };
        let _ = writeln!(
            out,
            "  {} {} ({}): called “{}” by {}{also}",
            it.kind, it.title, it.id, it.name, it.by
        );
    }
    out
}

fn object_text(out: &mut String, fact: &Value) {
    let object = &fact["object"];
    let word = |name: &str| clean_line(object[name].as_str().unwrap_or_default());
    let title = ["name", "value", "abstract", "id"]
        .into_iter()
        .map(word)
        .find(|it| !it.is_empty());
    let _ = writeln!(out, "{} ({})", title.unwrap_or_default(), word("type"));
    let mut line = |name: &str, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(out, "  {name:<12} {text}");
        }
    };
    line("id", &word("id"));
    let inherited = fact["tlp_inherited_from"]
        .as_str()
        .map(|id| format!(", inherited from {}", clean_value(id)));
    let tlp = fact["tlp"].as_str().unwrap_or_default();
    line("marked", &format!("{tlp}{}", inherited.unwrap_or_default()));
    if let (Some(name), Some(by)) = (fact["called"].as_str(), fact["called_by"].as_str()) {
        line(
            "called",
            &format!("“{}” by {}", clean_value(name), clean_value(by)),
        );
    }
    let aliases: Vec<String> = object["aliases"]
        .as_array()
        .map(|list| {
            list.iter()
                .filter_map(Value::as_str)
                .map(clean_value)
                .collect()
        })
        .unwrap_or_default();
    line("also", &aliases.join(", "));
    line(
        "from",
        &clean_value(&format!(
            "{}, {}",
            fact["source"].as_str().unwrap_or_default(),
            fact["arrived"]
                .as_str()
                .unwrap_or_default()
                .get(..10)
                .unwrap_or_default()
        )),
    );
    line("modified", &word("modified"));
    if fact["versions"].as_u64().is_some_and(|count| count > 1) {
        line("versions", &fact["versions"].to_string());
    }
    line("pattern", &word("pattern"));
    line("says", &word("description"));
    line("", &word("content"));
    for judged in fact["judgements"].as_array().into_iter().flatten() {
        line(
            "judged",
            &judged_text(judged, object["id"].as_str().unwrap_or_default()),
        );
    }
    out.push('\n');
}

fn judged_text(judged: &Value, id: &str) -> String {
    let word = |name: &str| clean_value(judged[name].as_str().unwrap_or_default());
    let others: Vec<&str> = judged["about"]
        .as_array()
        .map(|about| {
            about
                .iter()
                .filter_map(Value::as_str)
                .filter(|it| *it != id)
                .collect()
        })
        .unwrap_or_default();
    let value = match &judged["value"] {
        Value::String(text) => format!(" {text}"),
        Value::Number(number) => format!(" {number}"),
        _ => String::new(),
    };
    let withdrawn = if judged["withdrawn"] == true {
        " (taken back)"
    } else {
        ""
    };
    format!(
        "{}: {}{value} {}{withdrawn}: {}",
        word("by"),
        word("judgement").replace('-', " "),
        others.join(", "),
        word("why")
    )
}
