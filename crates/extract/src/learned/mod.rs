//! What models read that no list of words can: learnt from annotated reports, measured against
//! others, and never the only ground of a claim.
//!
//! A page is cut into words once, and what is known of each form is found out once, for all
//! models and as many documents as one [`Models`] reads.

pub mod events;
mod names;
mod page;
mod techniques;

use daylight_learn::{Forms, ModelError, Vocabulary};
use daylight_model::{Reading, Span};

use self::events::parts::Text;
use self::events::{EventFound, Events};
use self::names::{Convention, NameRead, Names, add_names};
pub use self::page::Page;
use self::techniques::Techniques;

/// What training shares with reading: not for anybody else.
#[doc(hidden)]
pub mod training {
    pub use super::names::{
        Convention, Listed, NameRead, NameTable, RUN_SENTENCES, Scope, Sentence,
        add_second_features, by_kind, is_entity, write_names,
    };
    pub use super::techniques::training as techniques;
    pub use super::{Page, events, vocabulary};
}

static WORDS: &[u8] = include_bytes!("../../models/words.bin");
static EVENTS: &[u8] = include_bytes!("../../models/events.bin");

/// An incident as the evaluation counts it: kind, realis and roles by number, and spans.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub struct PlainEvent {
    pub kind: usize,
    pub realis: usize,
    pub trigger: Span,
    pub roles: Vec<(usize, Span)>,
}

/// The words that are known before any model is trained.
///
/// # Errors
/// Where they are damaged.
pub fn vocabulary() -> Result<Vocabulary<'static>, ModelError> {
    Vocabulary::parse(WORDS)
}

/// The models that are part of Daylight, and what they remember of the words they met.
#[derive(Debug)]
pub struct Models {
    vocabulary: Vocabulary<'static>,
    forms: Forms,
    names: Names,
    events: Events<'static>,
    techniques: Techniques,
}

impl Models {
    /// The models that are built in.
    ///
    /// # Errors
    /// Where one of them is damaged.
    pub fn embedded() -> Result<Self, ModelError> {
        Ok(Self {
            vocabulary: vocabulary()?,
            forms: Forms::default(),
            names: Names::new()?,
            events: Events::parse(EVENTS)?.quickly(),
            techniques: Techniques::new()?,
        })
    }

    /// Reads as well as it can from now on, however long it takes; for measuring.
    ///
    /// # Errors
    /// Where a model is damaged.
    #[doc(hidden)]
    pub fn thoroughly(mut self) -> Result<Self, ModelError> {
        self.events = Events::parse(EVENTS)?;
        Ok(self)
    }

    /// Adds to a reading what the models see in its document.
    pub fn add_to(&mut self, reading: &mut Reading) {
        let page = self.page(&reading.document.text, &reading.sentences);
        let names = self.names.read(&page, &self.forms, Convention::Entities);
        add_names(reading, &names);
        let text = Text {
            page: &page,
            forms: &self.forms,
            vocabulary: &self.vocabulary,
        };
        reading.incidents = events::incidents(&mut self.events, text, reading);
        reading.described = self.techniques.described(reading, &page, &self.forms);
    }

    /// The names in sentences of a text, read as a convention has it, whatever is known of them.
    #[doc(hidden)]
    pub fn names(
        &mut self,
        text: &str,
        sentences: &[Span],
        convention: Convention,
    ) -> Vec<NameRead> {
        let page = self.page(text, sentences);
        self.names.read(&page, &self.forms, convention)
    }

    /// The incidents a text without structure speaks of.
    #[doc(hidden)]
    pub fn plain_events(&mut self, text: &str) -> Vec<PlainEvent> {
        self.forms.tidy();
        let page = Page::of_plain(text, &mut self.forms, &self.vocabulary);
        let text = Text {
            page: &page,
            forms: &self.forms,
            vocabulary: &self.vocabulary,
        };
        let found = self.events.read(text, 0.0);
        let place = |event: EventFound| PlainEvent {
            kind: event.kind,
            realis: event.realis,
            trigger: page.span(&event.words),
            roles: event
                .roles
                .iter()
                .map(|(role, words, _)| (*role, page.span(words)))
                .collect(),
        };
        found.into_iter().map(place).collect()
    }

    /// The technique (one of those the model knows) that a phrase is most likely about.
    pub fn technique_of_phrase(&mut self, phrase: &str) -> Option<&'static str> {
        let page = self.page(phrase, &[Span::new(0, phrase.len())]);
        self.techniques.of_phrase(&page, &self.forms)
    }

    /// The techniques that a report's plain text likely describes or names in prose.
    pub fn techniques_of_report(&mut self, text: &str) -> Vec<&'static str> {
        let page = self.page(text, &plain_sentences(text));
        self.techniques.of_report(&page, &self.forms)
    }

    fn page(&mut self, text: &str, sentences: &[Span]) -> Page {
        self.forms.tidy();
        Page::new(text, sentences, &mut self.forms, &self.vocabulary)
    }
}

/// Sentences of a text without blocks: they end with their line, or with a mark before a
/// capital.
fn plain_sentences(text: &str) -> Vec<Span> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut after_mark = false;
    for (at, character) in text.char_indices() {
        let capital_next = || text[at + character.len_utf8()..].starts_with(char::is_uppercase);
        if character == '\n' || (after_mark && character.is_whitespace() && capital_next()) {
            sentences.push(Span::new(start, at));
            start = at + character.len_utf8();
        }
        after_mark = matches!(character, '.' | '!' | '?');
    }
    sentences.push(Span::new(start, text.len()));
    sentences.retain(|span| !span.of(text).trim().is_empty());
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_cut_at_lines_and_before_capitals() {
        let text = "One v1.2 ran. Two did not!\n\nthree e.g. this";
        let found: Vec<&str> = plain_sentences(text)
            .iter()
            .map(|span| span.of(text))
            .collect();
        assert_eq!(found, ["One v1.2 ran.", "Two did not!", "three e.g. this"]);
    }
}
