//! Where the store is, and how to open it.

use std::path::PathBuf;

use anyhow::Context;
use daylight_dossier::{clean_line, clean_value};
use daylight_model::Timestamp;
use daylight_store::{
    Judged, Location, Store, StoredClaim, StoredDocument, Tlp, open, open_if_there,
};

/// Which store; shared by the commands that use one.
#[derive(Debug, clap::Args)]
pub(crate) struct StoreArguments {
    /// The store: a file, a folder to have it in, or postgres://user@host/database, whose password
    /// may be in PGPASSWORD [default: ~/.local/share/daylight]
    #[arg(long, value_name = "PATH")]
    store: Option<PathBuf>,
}

impl StoreArguments {
    /// Opens the store, and makes it where there is none.
    pub(crate) fn open_or_make(&self) -> anyhow::Result<Box<dyn Store>> {
        Ok(open(&self.location()?)?)
    }

    /// Opens a store that must be there.
    pub(crate) fn open(&self) -> anyhow::Result<Box<dyn Store>> {
        self.open_if_there()?.with_context(|| {
            let place = self.location().map(|it| it.to_string());
            format!(
                "there is no store at {}; `daylight import` or `daylight read --keep` makes one",
                place.unwrap_or_default()
            )
        })
    }

    /// Opens the store where there is one.
    pub(crate) fn open_if_there(&self) -> anyhow::Result<Option<Box<dyn Store>>> {
        Ok(open_if_there(&self.location()?)?)
    }

    pub(crate) fn location(&self) -> anyhow::Result<Location> {
        let Some(given) = &self.store else {
            return Ok(Location::File(data_folder()?.join("daylight").join(FILE)));
        };
        Ok(match Location::parse(given.as_os_str())? {
            Location::File(path) if path.is_dir() => Location::File(path.join(FILE)),
            Location::Postgres(mut address) => {
                if let Ok(password) = std::env::var(PASSWORD) {
                    address.password_unless_given(&password);
                }
                Location::Postgres(address)
            }
            other => other,
        })
    }
}

/// Where PostgreSQL's own programs look for a password too: a command line is seen by others.
const PASSWORD: &str = "PGPASSWORD";

/// A word of the command line as it may be kept and shown: without the password of a store.
pub(crate) fn without_password(word: &str) -> String {
    let Some(start) = word
        .find("postgres://")
        .or_else(|| word.find("postgresql://"))
    else {
        return word.to_owned();
    };
    let (before, address) = word.split_at(start);
    match Location::parse(address.as_ref()) {
        Ok(location) => format!("{before}{location}"),
        Err(_) => format!("{before}postgres://…"),
    }
}

const FILE: &str = "store.db";

/// Where programs keep the data of a user: XDG's folder, `%LOCALAPPDATA%` on Windows.
pub(crate) fn data_folder() -> anyhow::Result<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|it| it.is_absolute())
    };
    folder("XDG_DATA_HOME")
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| Some(folder("HOME")?.join(".local/share")))
        .context("cannot tell where your data is kept; name the store with --store PATH")
}

/// The story that a person means: by its address, path, id or number, or by words of its title.
pub(crate) fn story(documents: &[StoredDocument], text: &str) -> anyhow::Result<String> {
    let exact = documents.iter().find(|it| {
        it.story == text || it.source == text || it.id == text || it.number.to_string() == text
    });
    if let Some(document) = exact {
        return Ok(document.story.clone());
    }
    let words = text.to_lowercase();
    let mut stories: Vec<&str> = documents
        .iter()
        .filter(|it| it.title.to_lowercase().contains(&words))
        .map(|it| it.story.as_str())
        .collect();
    stories.sort_unstable();
    stories.dedup();
    match stories.as_slice() {
        [] => anyhow::bail!("the store has no story `{text}`; `daylight store stories` lists them"),
        [one] => Ok((*one).to_owned()),
        several => anyhow::bail!("several stories are called so: {}", several.join(", ")),
    }
}

/// A day or a point in time as a person writes it.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    let day = format!("{text}T00:00:00Z");
    text.parse().or_else(|_| day.parse()).map_err(|_| {
        format!("`{text}` is no day such as 2021-07-19, and no time such as 2021-07-19T10:00:00Z")
    })
}

/// The day of a time.
pub(crate) fn day(time: Timestamp) -> String {
    time.to_string().chars().take(10).collect()
}

/// What to call a version of a story: its title, else the story itself.
pub(crate) fn title<'t>(title: &'t str, story: &'t str) -> &'t str {
    if title.is_empty() { story } else { title }
}

/// What to call a document in a list: its title and, where that is known, who published it.
pub(crate) fn headline(document: &StoredDocument) -> String {
    let title = clean_value(title(&document.title, &document.story));
    if document.publisher.is_empty() {
        return title;
    }
    format!("{title} · {}", clean_value(&document.publisher))
}

/// A claim in a few lines: what, by whom and where, in which words, and how that is rated.
pub(crate) fn claim_lines(found: &StoredClaim, ratings: &[Judged]) -> String {
    let claim = &found.claim;
    let when = found.published.map(day).unwrap_or_default();
    let mut lines = format!(
        "{} [{}]\n    {} · {when} {} (version {}, {})\n    │ {}\n",
        daylight_dossier::claim_in_words(claim),
        claim.force.as_str(),
        daylight_dossier::speaker_chain(claim),
        clean_value(title(&found.title, &found.story)),
        found.version,
        level(found.tlp),
        clean_line(&claim.sentence)
    );
    for rating in ratings {
        let said = format!(
            "    {}, says {}\n",
            rating.judgement.words(),
            clean_value(&rating.by)
        );
        lines.push_str(&said);
    }
    lines
}

/// A marking, or that there is none.
pub(crate) fn level(tlp: Option<Tlp>) -> &'static str {
    tlp.map_or("unmarked", Tlp::label)
}
