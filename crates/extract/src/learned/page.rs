//! A text as models see it: words, each with the number of its form.

use std::ops::Range;

use daylight_learn::{Form, Forms, Vocabulary, cut};
use daylight_model::Span;

use crate::sentences::split;

/// The words of a text, sentence by sentence.
#[derive(Debug)]
pub struct Page {
    /// Where each word stands in the text.
    pub spans: Vec<Span>,
    /// The form of each word.
    pub forms: Vec<Form>,
    /// Which words each sentence has.
    pub sentences: Vec<Range<usize>>,
}

impl Page {
    /// Cuts the sentences of a text into words.
    pub fn new(
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

    /// Where a stretch of words stands in the text.
    pub(crate) fn span(&self, words: &Range<usize>) -> Span {
        let start = self.spans.get(words.start).map_or(0, |span| span.start);
        let end = words
            .end
            .checked_sub(1)
            .and_then(|last| self.spans.get(last));
        Span::new(start, end.map_or(start, |span| span.end))
    }

    /// Cuts a text without any structure but line breaks into sentences and words.
    #[must_use]
    pub fn of_plain(text: &str, forms: &mut Forms, vocabulary: &Vocabulary<'_>) -> Self {
        let mut sentences = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            split(
                text,
                Span::new(start, start + line.len()).trimmed(text),
                &mut sentences,
            );
            start += line.len();
        }
        sentences.retain(|sentence| !sentence.is_empty());
        Self::new(text, &sentences, forms, vocabulary)
    }
}
