//! Sources that are asked again and again: what is new there goes into the store.

use daylight_model::Timestamp;
use daylight_sources::{Source, State};
use daylight_store::Store;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::polling::{Polling, Stop, host};
use crate::{Error, ReadOptions};

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
    /// How many outlets tell nearly the same text, this one included: those of one host are one.
    pub outlets: usize,
    /// How many they say to have it from; one, where they do not say.
    pub originators: usize,
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

    /// Asks the source and keeps what is new. What is remembered is written every few pieces:
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
        let known = &options.known;
        let mut options = options.report.clone();
        options.now = Some(now);
        if self.source.private {
            options.allowed_host = host(&self.source.address).map(str::to_owned);
        }
        let (mut polled, went) = Polling::new(self, store, options, known, now).run();
        match went {
            // Something is left that can be asked for at once.
            Ok(true) => self.state.succeeded(now, 0),
            Ok(false) => self.state.succeeded(now, self.source.every_seconds),
            Err(Stop::Failed {
                why, retry_after, ..
            }) => {
                polled.outcome = Outcome::Failed;
                polled.problems.push(why.clone());
                let every = self.source.every_seconds;
                self.state.failed(now, every, why, retry_after);
            }
            Err(Stop::Store(error)) => return Err(error),
            // Nothing was asked of the source before.
            Err(Stop::Busy) => {}
        }
        self.note(store)?;
        polled.source.clone_from(&self.source.name);
        polled.due = self.state.due;
        Ok(polled)
    }

    /// Begins to follow the source.
    pub fn save(&self, store: &mut dyn Store) -> Result<(), Error> {
        Ok(store.put_source(&self.source.name, &self.body()?)?)
    }

    /// Writes down what is remembered, unless the source is followed no more.
    pub(crate) fn note(&self, store: &mut dyn Store) -> Result<(), Error> {
        store.change_source(&self.source.name, &self.body()?)?;
        Ok(())
    }

    fn body(&self) -> Result<Value, Error> {
        serde_json::to_value(self).map_err(|error| Error::Remembered {
            name: self.source.name.clone(),
            reason: error.to_string(),
        })
    }
}
