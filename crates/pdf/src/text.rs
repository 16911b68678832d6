//! Text in lines: where they break, and in which order their parts are shown.

use std::ops::Range;

use krilla::text::KrillaGlyph;
use unicode_bidi::{Level, ParagraphBidiInfo};
use unicode_linebreak::linebreaks;

use crate::colour::Colour;
use crate::fonts::Fonts;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) bold: bool,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
}

impl Style {
    pub(crate) const fn new(size: f32, colour: Colour) -> Self {
        Self {
            bold: false,
            size,
            colour,
        }
    }

    pub(crate) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(crate) const fn in_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// From one line to the next.
    pub(crate) fn leading(self) -> f32 {
        self.size * 1.36
    }
}

/// A stretch of text of one style.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl Run {
    pub(crate) fn new(text: impl Into<String>, style: Style) -> Self {
        Self {
            text: text.into(),
            style,
        }
    }
}

/// A part of a line, of one style and direction.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) style: Style,
    pub(crate) glyphs: Vec<KrillaGlyph>,
}

impl Piece {
    pub(crate) fn width(&self) -> f32 {
        let advances: f32 = self.glyphs.iter().map(|glyph| glyph.x_advance).sum();
        advances * self.style.size
    }
}

/// The parts of a line, from left to right.
pub(crate) type Line = Vec<Piece>;

/// Runs as lines of at most this width. A word that is wider breaks where the line is full.
pub(crate) fn lines(fonts: &Fonts, runs: &[Run], width: f32) -> Vec<Line> {
    let mut text = String::new();
    let mut styles: Vec<(Range<usize>, Style)> = Vec::new();
    for run in runs.iter().filter(|run| !run.text.is_empty()) {
        let start = text.len();
        text.push_str(&fonts.fit(&run.text));
        styles.push((start..text.len(), run.style));
    }
    let paragraph = Paragraph {
        fonts,
        text: &text,
        styles: &styles,
    };
    let bidi = ParagraphBidiInfo::new(&text, Some(Level::ltr()));
    let ranges = paragraph.breaks(width);
    ranges
        .into_iter()
        .map(|line| paragraph.line(&bidi, line))
        .collect()
}

struct Paragraph<'p> {
    fonts: &'p Fonts,
    text: &'p str,
    styles: &'p [(Range<usize>, Style)],
}

impl Paragraph<'_> {
    /// Where each line begins and ends.
    fn breaks(&self, width: f32) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let (mut start, mut end, mut used) = (0, 0, 0.0);
        for (next, _) in linebreaks(self.text) {
            let word = self.text.get(end..next).unwrap_or_default();
            let needed = self.measure(end..end + word.trim_end().len());
            if used + needed > width && end > start {
                lines.push(start..end);
                (start, used) = (end, 0.0);
            }
            if needed > width {
                for (place, character) in word.char_indices() {
                    let at = end + place;
                    let needed = self.measure(at..at + character.len_utf8());
                    if used + needed > width && at > start {
                        lines.push(start..at);
                        (start, used) = (at, 0.0);
                    }
                    used += needed;
                }
            } else {
                used += self.measure(end..next);
            }
            end = next;
        }
        if start < self.text.len() {
            lines.push(start..self.text.len());
        }
        lines
    }

    fn measure(&self, range: Range<usize>) -> f32 {
        let parts = self.parts(range);
        let widths = parts.map(|(part, style)| {
            let text = self.text.get(part).unwrap_or_default();
            let characters = text.chars();
            characters
                .map(|it| self.fonts.width(it, style))
                .sum::<f32>()
        });
        widths.sum()
    }

    /// The parts of a range by style.
    fn parts(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = (Range<usize>, Style)> {
        let cut = move |(part, style): &(Range<usize>, Style)| {
            let part = part.start.max(range.start)..part.end.min(range.end);
            (!part.is_empty()).then_some((part, *style))
        };
        self.styles.iter().filter_map(cut)
    }

    fn line(&self, bidi: &ParagraphBidiInfo<'_>, range: Range<usize>) -> Line {
        let mut line = Line::new();
        if !bidi.has_rtl() {
            line.extend(self.parts(range).map(|part| self.piece(part, false)));
            return line;
        }
        let (levels, runs) = bidi.visual_runs(range);
        for run in runs {
            if levels.get(run.start).is_some_and(Level::is_rtl) {
                line.extend(self.parts(run).rev().map(|part| self.piece(part, true)));
            } else {
                line.extend(self.parts(run).map(|part| self.piece(part, false)));
            }
        }
        line
    }

    fn piece(&self, (range, style): (Range<usize>, Style), from_right: bool) -> Piece {
        let text = self.text.get(range).unwrap_or_default().to_owned();
        Piece {
            glyphs: self.fonts.shape(&text, style, from_right),
            text,
            style,
        }
    }
}
