//! What a word is by itself, found out once for each spelling and not each time that it stands
//! in a text.

use std::fmt;
use std::hash::Hasher;
use std::ops::Deref;
use std::rc::Rc;

use super::{Tag, tag};
use crate::words::{self, Known, WordHasher};

/// A word in lower case: as the text has it where it can be, else written anew and shared by all
/// tokens that are spelt so.
#[derive(Clone)]
pub(crate) enum Lower<'t> {
    /// The text has it in lower case.
    Written(&'t str),
    /// It had to be written.
    Made(Rc<str>),
}

impl<'t> Lower<'t> {
    /// A word in lower case, typographic apostrophes and hyphens made plain.
    fn of(word: &'t str) -> Self {
        if !word.is_ascii() {
            let plain = word
                .to_lowercase()
                .replace(['’', '‘'], "'")
                .replace(['‐', '‑', '–'], "-");
            Self::Made(plain.into())
        } else if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Self::Made(word.to_ascii_lowercase().into())
        } else {
            Self::Written(word)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Written(word) => word,
            Self::Made(word) => word,
        }
    }
}

impl Deref for Lower<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Lower<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl PartialEq<str> for Lower<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Lower<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq for Lower<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// A spelling and what it is wherever it stands.
#[derive(Debug, Clone)]
pub(super) struct Word<'t> {
    text: &'t str,
    pub(super) lower: Lower<'t>,
    pub(super) facts: Facts,
}

/// What is told by the spelling alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// What the lists say.
    pub(super) known: &'static Known,
    /// The tag of marks and of "'s".
    pub(super) mark: Option<Tag>,
    /// What it is where neither lists nor neighbours say.
    pub(super) open: Tag,
    pub(super) capitalised: bool,
    /// "FBI", "U.S.": capitals throughout.
    pub(super) shouted: bool,
    pub(super) number: bool,
}

impl<'t> Word<'t> {
    fn new(text: &'t str) -> Self {
        let lower = Lower::of(text);
        let known = words::known(&lower);
        let facts = Facts {
            known,
            mark: tag::mark(text, &lower, known),
            open: tag::open_class(text, &lower, known),
            capitalised: text.starts_with(char::is_uppercase),
            shouted: tag::is_shouted(text),
            number: tag::starts_number(&lower, known),
        };
        Self { text, lower, facts }
    }
}

/// The words met last. Each has one place, which the next with the same hash takes over: so a
/// text decides neither how much is kept nor how long a search takes.
pub(crate) struct Vocabulary<'t> {
    places: Vec<Option<Word<'t>>>,
}

/// As many places as a processor keeps at hand.
const PLACES_MAX: usize = 2_048;

impl<'t> Vocabulary<'t> {
    /// A vocabulary for a text of so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        let places = (bytes / 16).clamp(16, PLACES_MAX).next_power_of_two();
        Self {
            places: vec![None; places],
        }
    }

    /// What is known of a spelling.
    pub(super) fn word(&mut self, text: &'t str) -> Word<'t> {
        let mut hasher = WordHasher::default();
        hasher.write(text.as_bytes());
        let index = hasher.finish() as usize & (self.places.len() - 1);
        match self.places.get_mut(index) {
            Some(Some(word)) if word.text == text => word.clone(),
            Some(place) => place.insert(Word::new(text)).clone(),
            None => Word::new(text),
        }
    }
}
