//! One time that a source is asked.

use std::collections::{BTreeMap, BTreeSet};

use daylight_model::Timestamp;
use daylight_report::{Answer, Fetched, Options, Validators, ask, read_fetched};
use daylight_sources::{Follows, Kind, entries, envelope, misp_manifest};
use daylight_store::{ImportOptions, Store, Tlp, fold, import};

use crate::poll::{Follower, Outcome, Polled, Story};
use crate::read::linked;
use crate::{Error, Known, keep_reading};

/// What feeds, pages and lists are asked for in.
const MEDIA: &str = "application/rss+xml, application/atom+xml, application/feed+json, \
                     application/json, text/html;q=0.9, */*;q=0.5";
/// What TAXII servers are asked for in (TAXII 2.1, section 1.6.8).
const MEDIA_TAXII: &str = "application/taxii+json;version=2.1";
/// Pages of a collection that are read at one time; the next time goes on there.
const PAGES_MAX: usize = 1_000;
/// Stories of a feed, or events of a MISP feed, that are read at one time; so too.
const PIECES_MAX: usize = 500;
/// So many that cannot be read, one after another, and the rest is left for the next time: each
/// may take as long as an answer is waited for.
const FAILURES_MAX: usize = 10;
/// What is remembered is written once in so many pieces: to read a few twice costs less.
const PIECES_SAVED: usize = 20;

/// Why a poll, or a piece of it, ends early.
pub(crate) enum Stop {
    /// The source.
    Failed {
        why: String,
        status: Option<u16>,
        retry_after: Option<u64>,
    },
    /// Its host asked to be left alone before.
    Busy,
    /// We.
    Store(Error),
}

impl Stop {
    fn failed(error: &dyn std::fmt::Display) -> Self {
        Self::Failed {
            why: error.to_string(),
            status: None,
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

/// What a source calls a piece of it, and what it says of its last change.
type Piece = (String, String);

/// One time that a source is asked.
pub(crate) struct Polling<'p> {
    follower: &'p mut Follower,
    store: &'p mut dyn Store,
    options: Options,
    known: &'p Known,
    now: Timestamp,
    polled: Polled,
    /// Hosts that asked to be left alone, and for how many seconds.
    busy: BTreeMap<String, Option<u64>>,
    /// Something is left that can be asked for at once.
    more: bool,
}

/// A piece of a source that was taken over.
struct Taken {
    validators: Validators,
    /// It says something that was not known.
    changed: bool,
}

impl<'p> Polling<'p> {
    pub(crate) fn new(
        follower: &'p mut Follower,
        store: &'p mut dyn Store,
        options: Options,
        known: &'p Known,
        now: Timestamp,
    ) -> Self {
        Self {
            follower,
            store,
            options,
            known,
            now,
            polled: Polled::default(),
            busy: BTreeMap::new(),
            more: false,
        }
    }

    /// What came of it, and whether something is left that can be asked for at once.
    pub(crate) fn run(mut self) -> (Polled, Result<bool, Stop>) {
        let went = self.all().map(|()| self.more);
        (self.polled, went)
    }

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
            return self.unchanged();
        };
        let kind = self
            .follower
            .source
            .kind
            .unwrap_or_else(|| Kind::of_answer(&address, &fetched.text()));
        self.follower.source.kind = Some(kind);
        let whole = match kind {
            Kind::Feed => self.feed(&address, &fetched)?,
            Kind::MispFeed => self.misp_feed(&address, &fetched.bytes)?,
            Kind::Page => {
                self.keep(&address, &fetched)?;
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
    fn ask(
        &mut self,
        address: &str,
        media: &str,
        known: &Validators,
    ) -> Result<Option<Fetched>, Stop> {
        let host = host(address).unwrap_or_default();
        if self.busy.contains_key(host) {
            return Err(Stop::Busy);
        }
        let answer = ask(address, media, known, &self.options);
        match answer.map_err(|error| Stop::failed(&error))? {
            Answer::Page(fetched) => Ok(Some(*fetched)),
            Answer::Unchanged => Ok(None),
            Answer::Refused {
                status,
                retry_after_seconds: retry_after,
            } => {
                if matches!(status, 429 | 503) {
                    self.busy.insert(host.to_owned(), retry_after);
                }
                Err(Stop::Failed {
                    why: format!("{address} answered with status {status}"),
                    status: Some(status),
                    retry_after,
                })
            }
        }
    }

    /// The source lists what it did. Stories may have been edited all the same.
    fn unchanged(&mut self) -> Result<(), Stop> {
        if self.follower.source.kind == Some(Kind::Feed) {
            let entries = self.follower.state.entries.iter();
            let known: Vec<Piece> = entries
                .map(|(key, known)| (key.clone(), known.stamp.clone()))
                .collect();
            self.pieces(&known, Self::story)?;
        }
        if self.polled.stories.is_empty() {
            self.polled.outcome = Outcome::Unchanged;
        }
        Ok(())
    }

    /// Reads the stories of a feed that are new or changed. Gives whether nothing is left.
    fn feed(&mut self, address: &str, fetched: &Fetched) -> Result<bool, Stop> {
        let listed = entries(address, &fetched.text()).map_err(|error| Stop::failed(&error))?;
        let listed: Vec<Piece> = listed
            .into_iter()
            .map(|entry| (entry.address, entry.stamp))
            .collect();
        self.pieces(&listed, Self::story)
    }

    /// Takes over the events of a MISP feed that are new or changed. Gives whether nothing is
    /// left.
    fn misp_feed(&mut self, address: &str, bytes: &[u8]) -> Result<bool, Stop> {
        let listed = misp_manifest(address, bytes).map_err(|error| Stop::failed(&error))?;
        let listed: Vec<Piece> = listed
            .into_iter()
            .map(|(uuid, entry)| (uuid, entry.timestamp))
            .collect();
        self.pieces(&listed, Self::event)
    }

    /// Takes over those pieces of a source that are to be. One that cannot be read is tried
    /// again a few times and does not keep the others from being read.
    fn pieces(
        &mut self,
        listed: &[Piece],
        take: fn(&mut Self, &str) -> Result<Taken, Stop>,
    ) -> Result<bool, Stop> {
        let wanted = self.wanted(listed);
        self.more = wanted.len() > PIECES_MAX;
        let mut whole = !self.more;
        let mut failures = 0;
        for (place, (key, stamp)) in wanted.into_iter().take(PIECES_MAX).enumerate() {
            let taken = take(self, key);
            let state = &mut self.follower.state;
            match taken {
                Ok(taken) => {
                    failures = 0;
                    let known = state.took(key, stamp, self.now, taken.changed);
                    known.etag = taken.validators.etag;
                    known.last_modified = taken.validators.last_modified;
                }
                Err(Stop::Failed { why, .. }) => {
                    failures += 1;
                    whole &= !state.missed(key, stamp, self.now);
                    self.polled.problems.push(why);
                }
                Err(Stop::Busy) => whole = false,
                Err(stop) => return Err(stop),
            }
            if failures == FAILURES_MAX {
                let why = format!("{failures} in a row could not be read; the rest is left");
                self.polled.problems.push(why);
                (whole, self.more) = (false, false);
                break;
            }
            if place % PIECES_SAVED == PIECES_SAVED - 1 {
                self.follower.note(self.store)?;
            }
        }
        self.left_alone()?;
        Ok(whole)
    }

    /// The pieces that are to be asked for. What is listed no more need not be remembered.
    fn wanted<'l>(&mut self, listed: &'l [Piece]) -> Vec<&'l Piece> {
        let keys: BTreeSet<&str> = listed.iter().map(|(key, _)| key.as_str()).collect();
        let is_feed = self.follower.source.kind == Some(Kind::Feed);
        let (state, now) = (&mut self.follower.state, self.now);
        state.entries.retain(|key, _| keys.contains(key.as_str()));
        let pieces = listed.iter();
        pieces
            .filter(|(key, stamp)| {
                state.wants(key, stamp) || is_feed && state.wants_again(key, now)
            })
            .collect()
    }

    /// A source fails whose own host asks to be left alone.
    fn left_alone(&self) -> Result<(), Stop> {
        let host = host(&self.follower.source.address).unwrap_or_default();
        match self.busy.get(host) {
            None => Ok(()),
            Some(retry_after) => Err(Stop::Failed {
                why: format!("{host} asked to be left alone"),
                status: None,
                retry_after: *retry_after,
            }),
        }
    }

    /// Reads a story of a feed, unless it is as it was.
    fn story(&mut self, address: &str) -> Result<Taken, Stop> {
        let known = self.follower.state.entries.get(address);
        let validators = known.map_or_else(Validators::default, |known| Validators {
            etag: known.etag.clone(),
            last_modified: known.last_modified.clone(),
        });
        let Some(fetched) = self.ask(address, MEDIA, &validators)? else {
            return Ok(Taken {
                validators,
                changed: false,
            });
        };
        Ok(Taken {
            changed: self.keep(address, &fetched)?,
            validators: fetched.validators,
        })
    }

    /// Takes over an event of a MISP feed.
    fn event(&mut self, uuid: &str) -> Result<Taken, Stop> {
        let manifest = &self.follower.source.address;
        let folder = manifest.rsplit_once('/').map_or("", |(folder, _)| folder);
        let address = format!("{folder}/{uuid}.json");
        if let Some(fetched) = self.ask(&address, MEDIA, &Validators::default())? {
            self.import(&address, &fetched.bytes)?;
        }
        Ok(Taken {
            validators: Validators::default(),
            changed: true,
        })
    }

    /// Reads a story and keeps what it says; gives whether that was not known.
    fn keep(&mut self, address: &str, fetched: &Fetched) -> Result<bool, Stop> {
        let document = read_fetched(address, fetched, &self.options);
        let document = document.map_err(|error| Stop::failed(&error))?;
        let linked = linked(document, self.known)?;
        let (reading, links) = (&linked.reading, &linked.links);
        let tlp = self.tlp();
        let kept = keep_reading(self.store, reading, links, tlp, self.now)?;
        let tellings = self.store.tellings(kept.number)?;
        let outlets: BTreeSet<&str> = tellings.iter().map(|it| outlet(&it.story)).collect();
        let originators = tellings.iter().filter_map(|it| it.originator.as_deref());
        let originators: BTreeSet<String> = originators.map(fold).collect();
        let first = tellings.first().filter(|it| !it.asked);
        self.polled.stories.push(Story {
            address: reading.document.source.clone(),
            title: reading.document.title.clone().unwrap_or_default(),
            version: kept.version,
            new: kept.new,
            outlets: outlets.len(),
            originators: originators.len().max(1),
            reprint_of: first.map(|it| it.story.clone()),
        });
        Ok(kept.new)
    }

    /// Takes over a collection page by page; the cursor is written once the page's objects are
    /// safe, so that a page may be taken over twice, and none is missed.
    fn collection(&mut self, address: &str) -> Result<(), Stop> {
        let mut begun_again = false;
        for _ in 0..PAGES_MAX {
            let page = self.follower.state.page(address);
            let fetched = match self.ask(&page, MEDIA_TAXII, &Validators::default()) {
                // Servers do not know for ever which page was to come next.
                Err(Stop::Failed {
                    status: Some(400 | 404 | 410),
                    ..
                }) if self.follower.state.next.is_some() && !begun_again => {
                    begun_again = true;
                    self.follower.state.begin_again();
                    continue;
                }
                answer => answer?,
            };
            let Some(fetched) = fetched else {
                return Ok(());
            };
            let envelope = envelope(&page, &fetched.bytes).map_err(|error| Stop::failed(&error))?;
            if envelope.objects > 0 {
                self.import(&page, &fetched.bytes)?;
            }
            let state = &mut self.follower.state;
            let follows = state.took_page(envelope.more, envelope.next, fetched.added_last);
            self.follower.note(self.store)?;
            match follows {
                Follows::Nothing => return Ok(()),
                Follows::Page => {}
                Follows::Circle => {
                    return Err(Stop::failed(&format!("{page} is said to follow itself")));
                }
            }
        }
        self.more = true;
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

/// Who publishes a story, as far as its address tells: the host, else the file.
fn outlet(story: &str) -> &str {
    let host = host(story).unwrap_or(story);
    host.strip_prefix("www.").unwrap_or(host)
}

/// The host of an address.
pub(crate) fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    // A port may follow; an IPv6 address stands in brackets.
    let end = host.rfind(':').filter(|at| !host[*at..].contains(']'));
    Some(end.map_or(host, |at| &host[..at]))
}
