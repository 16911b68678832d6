//! What models read that no list of words can: learnt from annotated reports, measured against
//! others, and never the only ground of a claim.
//!
//! A page is cut into words once, and what is known of each form is found out once, for all
//! models and as many documents as one [`Models`] reads.

mod names;
mod page;

use daylight_learn::{Forms, ModelError, Vocabulary};
use daylight_model::{Reading, Span};

use self::names::{Convention, NameRead, Names, add_names};
pub(crate) use self::page::Page;

/// What training shares with reading: not for anybody else.
#[doc(hidden)]
pub mod training {
    pub use super::names::{
        Convention, Listed, NameRead, NameTable, RUN_SENTENCES, Scope, Sentence,
        add_second_features, by_kind, is_entity, write_names,
    };
}

static WORDS: &[u8] = include_bytes!("../../models/words.bin");

/// The models that are part of Daylight, and what they remember of the words they met.
#[derive(Debug)]
pub struct Models {
    vocabulary: Vocabulary<'static>,
    forms: Forms,
    names: Names,
}

impl Models {
    /// The models that are built in.
    ///
    /// # Errors
    /// Where one of them is damaged.
    pub fn embedded() -> Result<Self, ModelError> {
        Ok(Self {
            vocabulary: Vocabulary::parse(WORDS)?,
            forms: Forms::default(),
            names: Names::new()?,
        })
    }

    /// Adds to a reading what the models see in its document.
    pub fn add_to(&mut self, reading: &mut Reading) {
        self.forms.tidy();
        let page = Page::new(
            &reading.document.text,
            &reading.sentences,
            &mut self.forms,
            &self.vocabulary,
        );
        let names = self.names.read(&page, &self.forms, Convention::Entities);
        add_names(reading, &names);
    }

    /// The names in sentences of a text, read as a convention has it, whatever is known of them.
    #[doc(hidden)]
    pub fn names(
        &mut self,
        text: &str,
        sentences: &[Span],
        convention: Convention,
    ) -> Vec<NameRead> {
        self.forms.tidy();
        let page = Page::new(text, sentences, &mut self.forms, &self.vocabulary);
        self.names.read(&page, &self.forms, convention)
    }
}
