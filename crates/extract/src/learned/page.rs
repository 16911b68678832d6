//! A text as models see it: words, each with the number of its form.

use std::ops::Range;

use daylight_learn::{Form, Forms, Vocabulary, cut};
use daylight_model::Span;

/// The words of a text, sentence by sentence.
#[derive(Debug)]
pub(crate) struct Page {
    /// Where each word stands in the text.
    pub(crate) spans: Vec<Span>,
    /// The form of each word.
    pub(crate) forms: Vec<Form>,
    /// Which words each sentence has.
    pub(crate) sentences: Vec<Range<usize>>,
}

impl Page {
    /// Cuts the sentences of a text into words.
    pub(crate) fn new(
        text: &str,
        sentences: &[Span],
        forms: &mut Forms,
        vocabulary: &Vocabulary<'_>,
    ) -> Self {
        let mut page = Self {
            spans: Vec::with_capacity(text.len() / 5),
            forms: Vec::with_capacity(text.len() / 5),
            sentences: Vec::with_capacity(sentences.len()),
        };
        for sentence in sentences {
            let start = page.spans.len();
            for word in cut(sentence.of(text)) {
                let span = Span::new(sentence.start + word.start, sentence.start + word.end);
                page.forms.push(forms.number(span.of(text), vocabulary));
                page.spans.push(span);
            }
            page.sentences.push(start..page.spans.len());
        }
        page
    }
}
