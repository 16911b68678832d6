//! What models read that no list of words can: learnt from annotated reports, measured against
//! others, and never the only ground of a claim.
//!
//! A page is cut into words once, and what is known of each form is found out once, for all
//! models and as many documents as one [`Models`] reads.

mod page;

use daylight_learn::{Forms, ModelError, Vocabulary};
use daylight_model::Reading;

pub(crate) use self::page::Page;

static WORDS: &[u8] = include_bytes!("../../models/words.bin");

/// The models that are part of Daylight, and what they remember of the words they met.
#[derive(Debug)]
pub struct Models {
    vocabulary: Vocabulary<'static>,
    forms: Forms,
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
        debug_assert_eq!(page.sentences.len(), reading.sentences.len());
    }
}
