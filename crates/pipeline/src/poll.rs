//! Sources that are asked again and again: what is new there goes into the store.

use daylight_model::{Document, Timestamp};
use daylight_report::{Answer, Fetched, Validators, ask, read_fetched};
use daylight_sources::{Kind, Source, State, entries, envelope, misp_manifest};
use daylight_store::{ImportOptions, Store, Tlp, import};
use serde::{Deserialize, Serialize};

use crate::read::linked;
use crate::{Error, ReadOptions, keep_reading};

/// What feeds, pages and lists are asked for in.
const MEDIA: &str = "application/rss+xml, application/atom+xml, application/feed+json, \
                     application/json, text/html;q=0.9, */*;q=0.5";
/// What TAXII servers are asked for in (TAXII 2.1, section 1.6.8).
const MEDIA_TAXII: &str = "application/taxii+json;version=2.1";
/// Pages of a collection that are read at one time; the next time goes on there.
const PAGES_MAX: usize = 1_000;

/// A source, and what is remembered of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// The source.
    pub source: Source,
    /// What is remembered.
    pub state: State,
}

/// The sources that a store knows.
pub fn followed(store: &dyn Store) -> Result<Vec<Follower>, Error> {
    let known = store.sources()?.into_iter();
    known
        .map(|(name, body)| {
            serde_json::from_value(body).map_err(|error| Error::Remembered {
                name,
                reason: error.to_string(),
            })
        })
        .collect()
}

/// What came of asking a source.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Polled {
    /// The source's name.
    pub source: String,
    /// How it went.
    pub outcome: Outcome,
    /// Stories that were read, whether they were new or not.
    pub stories: Vec<Story>,
    /// Objects that the store did not hold, further versions included.
    pub objects_new: u64,
    /// Objects that it did.
    pub objects_known: u64,
    /// Objects that could not be taken over.
    pub objects_left_out: u64,
    /// What could not be read of it.
    pub problems: Vec<String>,
    /// When it is to be asked again.
    pub due: Option<Timestamp>,
}

/// How asking a source went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It answered.
    #[default]
    Answered,
    /// It says that nothing has changed.
    Unchanged,
    /// It did not answer, or not as it should.
    Failed,
}

/// A story that was read.
#[derive(Debug, Clone, Serialize)]
pub struct Story {
    /// Where it is.
    pub address: String,
    /// Its headline.
    pub title: String,
    /// Which version it is, and whether the store had it.
    pub version: i64,
    /// It says something that the store did not hold.
    pub new: bool,
    /// How many outlets tell nearly the same text, this one included.
    pub outlets: usize,
    /// Where the text was first met, where that was elsewhere.
    pub reprint_of: Option<String>,
}

impl Follower {
    /// A source that was never asked.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            source,
            state: State::default(),
        }
    }

    /// Asks the source and keeps what is new. What is remembered is written after each piece:
    /// whoever is stopped in the middle goes on there.
    ///
    /// That a source fails is no error: it stands in what is given back.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn poll(
        &mut self,
        store: &mut dyn Store,
        options: &ReadOptions,
        now: Timestamp,
    ) -> Result<Polled, Error> {
        let mut options = options.report.clone();
        options.now = Some(now);
        if self.source.private {
            options.allowed_host = host(&self.source.address).map(str::to_owned);
        }
        let mut polling = Polling {
            follower: self,
            store,
            options,
            now,
            polled: Polled::default(),
        };
        let went = polling.all();
        let mut polled = polling.polled;
        match went {
            Ok(()) => self.state.succeeded(now, self.source.every_seconds),
            Err(Stop::Failed { why, retry_after }) => {
                polled.outcome = Outcome::Failed;
                polled.problems.push(why.clone());
                let every = self.source.every_seconds;
                self.state.failed(now, every, why, retry_after);
            }
            Err(Stop::Store(error)) => return Err(error),
        }
        self.save(store)?;
        polled.source.clone_from(&self.source.name);
        polled.due = self.state.due;
        Ok(polled)
    }

    /// Writes down what is remembered.
    pub fn save(&self, store: &mut dyn Store) -> Result<(), Error> {
        let body = serde_json::to_value(self).map_err(|error| Error::Remembered {
            name: self.source.name.clone(),
            reason: error.to_string(),
        })?;
        Ok(store.put_source(&self.source.name, &body)?)
    }
}

/// Why a poll ends early.
enum Stop {
    /// The source.
    Failed {
        why: String,
        retry_after: Option<u64>,
    },
    /// We.
    Store(Error),
}

impl Stop {
    fn failed(error: &dyn std::fmt::Display) -> Self {
        Self::Failed {
            why: error.to_string(),
            retry_after: None,
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(_) => Self::Store(error),
            other => Self::failed(&other),
        }
    }
}

impl From<daylight_store::Error> for Stop {
    fn from(error: daylight_store::Error) -> Self {
        Self::Store(error.into())
    }
}

/// One time that a source is asked.
struct Polling<'p> {
    follower: &'p mut Follower,
    store: &'p mut dyn Store,
    options: daylight_report::Options,
    now: Timestamp,
    polled: Polled,
}

impl Polling<'_> {
    fn all(&mut self) -> Result<(), Stop> {
        let address = self.follower.source.address.clone();
        if self.follower.source.kind == Some(Kind::Taxii) {
            return self.collection(&address);
        }
        let known = Validators {
            etag: self.follower.state.etag.clone(),
            last_modified: self.follower.state.last_modified.clone(),
        };
        let Some(fetched) = self.ask(&address, MEDIA, &known)? else {
            self.polled.outcome = Outcome::Unchanged;
            return Ok(());
        };
        let kind = self
            .follower
            .source
            .kind
            .unwrap_or_else(|| Kind::of_answer(&address, &fetched.text()));
        self.follower.source.kind = Some(kind);
        let whole = match kind {
            Kind::Feed => self.feed(&address, &fetched)?,
            Kind::MispFeed => self.misp_feed(&address, &fetched)?,
            Kind::Page => {
                let document = read_fetched(&address, &fetched, &self.options);
                self.keep(document.map_err(|error| Stop::failed(&error))?, &fetched)?;
                true
            }
            Kind::List | Kind::Taxii => {
                self.import(&address, &fetched.bytes)?;
                true
            }
        };
        // Where something of it is still to be read, the whole is asked for again.
        if whole {
            self.follower.state.etag = fetched.validators.etag;
            self.follower.state.last_modified = fetched.validators.last_modified;
        }
        Ok(())
    }

    /// What an address answers; `None` where nothing has changed.
    fn ask(&self, address: &str, media: &str, known: &Validators) -> Result<Option<Fetched>, Stop> {
        let answer = ask(address, media, known, &self.options);
        match answer.map_err(|error| Stop::failed(&error))? {
            Answer::Page(fetched) => Ok(Some(*fetched)),
            Answer::Unchanged => Ok(None),
            Answer::Refused {
                status,
                retry_after_seconds,
            } => Err(Stop::Failed {
                why: format!("{address} answered with status {status}"),
                retry_after: retry_after_seconds,
            }),
        }
    }

    /// Reads the stories of a feed that are new or changed. Gives whether all could be read.
    fn feed(&mut self, address: &str, fetched: &Fetched) -> Result<bool, Stop> {
        let listed = entries(address, &fetched.text()).map_err(|error| Stop::failed(&error))?;
        // What the feed lists no more need not be remembered.
        let still = |link: &String| listed.iter().any(|entry| entry.address == *link);
        self.follower.state.read.retain(|link, _| still(link));
        let mut whole = true;
        for entry in &listed {
            if self.follower.state.read.get(&entry.address) == Some(&entry.stamp) {
                continue;
            }
            match self.story(&entry.address) {
                Ok(()) => {
                    let read = &mut self.follower.state.read;
                    read.insert(entry.address.clone(), entry.stamp.clone());
                    self.follower.save(self.store)?;
                }
                Err(Stop::Failed { why, .. }) => {
                    whole = false;
                    self.polled.problems.push(why);
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(whole)
    }

    fn story(&mut self, address: &str) -> Result<(), Stop> {
        let fetched = self.ask(address, MEDIA, &Validators::default())?;
        let Some(fetched) = fetched else {
            return Ok(());
        };
        let document = read_fetched(address, &fetched, &self.options);
        self.keep(document.map_err(|error| Stop::failed(&error))?, &fetched)
    }

    /// Reads a document and keeps what it says.
    fn keep(&mut self, mut document: Document, fetched: &Fetched) -> Result<(), Stop> {
        // A page may say where it belongs only on its own host: it is no version of what
        // somebody else wrote.
        let own = document.url.as_deref().and_then(host);
        if own != host(&fetched.address) {
            document.url = Some(fetched.address.clone());
        }
        let linked = linked(document)?;
        let (reading, links) = (&linked.reading, &linked.links);
        let tlp = self.tlp();
        let kept = keep_reading(self.store, reading, links, tlp, self.now)?;
        let documents = self.store.documents(None)?;
        let this = documents.iter().find(|it| it.number == kept.number);
        let root = this.and_then(|it| it.reprint_of).unwrap_or(kept.number);
        let mut outlets: Vec<&str> = documents
            .iter()
            .filter(|it| it.number == root || it.reprint_of == Some(root))
            .map(|it| it.story.as_str())
            .collect();
        outlets.sort_unstable();
        outlets.dedup();
        let first = documents.iter().find(|it| it.number == root);
        self.polled.stories.push(Story {
            address: reading.document.source.clone(),
            title: reading.document.title.clone().unwrap_or_default(),
            version: kept.version,
            new: kept.new,
            outlets: outlets.len().max(1),
            reprint_of: first
                .filter(|it| it.number != kept.number)
                .map(|it| it.story.clone()),
        });
        Ok(())
    }

    /// Takes over the events of a MISP feed that are new or changed.
    fn misp_feed(&mut self, address: &str, fetched: &Fetched) -> Result<bool, Stop> {
        let listed =
            misp_manifest(address, &fetched.bytes).map_err(|error| Stop::failed(&error))?;
        let read = &mut self.follower.state.read;
        read.retain(|uuid, _| listed.contains_key(uuid));
        let folder = address
            .rsplit_once('/')
            .map_or(address, |(folder, _)| folder);
        let mut whole = true;
        for (uuid, entry) in &listed {
            if self.follower.state.read.get(uuid) == Some(&entry.timestamp) {
                continue;
            }
            let event = format!("{folder}/{uuid}.json");
            let took = self.ask(&event, MEDIA, &Validators::default());
            match took.and_then(|answer| match answer {
                Some(fetched) => self.import(&event, &fetched.bytes),
                None => Ok(()),
            }) {
                Ok(()) => {
                    let read = &mut self.follower.state.read;
                    read.insert(uuid.clone(), entry.timestamp.clone());
                    self.follower.save(self.store)?;
                }
                Err(Stop::Failed { why, .. }) => {
                    whole = false;
                    self.polled.problems.push(why);
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(whole)
    }

    /// Takes over a collection page by page; the cursor is written once the page's objects are
    /// safe, so that a page may be taken over twice, and none is missed.
    fn collection(&mut self, address: &str) -> Result<(), Stop> {
        for _ in 0..PAGES_MAX {
            let page = self.follower.state.page(address);
            let Some(fetched) = self.ask(&page, MEDIA_TAXII, &Validators::default())? else {
                return Ok(());
            };
            let envelope = envelope(&page, &fetched.bytes).map_err(|error| Stop::failed(&error))?;
            if envelope.objects > 0 {
                self.import(&page, &fetched.bytes)?;
            }
            let next = envelope.next.filter(|_| envelope.more);
            let ends = next.is_none();
            self.follower.state.took_page(next, fetched.added_last);
            self.follower.save(self.store)?;
            if ends {
                return Ok(());
            }
        }
        Ok(())
    }

    fn import(&mut self, address: &str, bytes: &[u8]) -> Result<(), Stop> {
        let mut options = ImportOptions::new(address, self.now);
        options.tlp = self.tlp();
        let report = match import(self.store, bytes, &options, &mut |_| {}) {
            // What was sent, not what we keep, is at fault.
            Err(error @ daylight_store::Error::Input { .. }) => return Err(Stop::failed(&error)),
            report => report?,
        };
        self.polled.objects_new += report.added.new + report.added.versions;
        self.polled.objects_known += report.added.unchanged;
        self.polled.objects_left_out += report.left_out;
        match report.cut_short {
            Some(reason) => Err(Stop::failed(&format!("{address}: {reason}"))),
            None => Ok(()),
        }
    }

    fn tlp(&self) -> Option<Tlp> {
        self.follower.source.tlp.as_deref().and_then(Tlp::parse)
    }
}

/// The host of an address.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    // A port may follow; an IPv6 address stands in brackets.
    let end = host.rfind(':').filter(|at| !host[*at..].contains(']'));
    Some(end.map_or(host, |at| &host[..at]))
}
