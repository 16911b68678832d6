//! Glyphs to lines.

use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};

/// Glyphs of one page; a page with more holds no text anybody reads.
const GLYPHS_MAX: usize = 1_000_000;

/// One glyph and where it stands, in points, y growing upwards.
#[derive(Debug, Clone)]
struct Glyph {
    text: String,
    x: f64,
    y: f64,
    width: f64,
    size: f64,
}

/// One line of a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Its words, cells of a table divided by tabs.
    pub(super) text: String,
    /// Where each cell begins.
    pub(super) columns: Vec<f64>,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) y: f64,
    pub(super) size: f64,
}

/// Collects the glyphs of one page.
#[derive(Debug, Default)]
pub(super) struct Collector {
    glyphs: Vec<Glyph>,
}

impl OutputDev for Collector {
    fn begin_page(
        &mut self,
        _: u32,
        _: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        place: &Transform,
        width: f64,
        spacing: f64,
        font_size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        let size = font_size * (place.m21.hypot(place.m22));
        let advance = (width * font_size + spacing.min(0.0)) * place.m11.hypot(place.m12);
        // Text that runs upwards or upside down stamps a page; it is not part of its lines.
        let upright = place.m12.abs() <= place.m11.abs() * 0.2 && place.m11 > 0.0;
        let sound = [size, advance, place.m31, place.m32]
            .iter()
            .all(|number| number.is_finite() && number.abs() < 1e7);
        if sound && upright && self.glyphs.len() < GLYPHS_MAX && size > 0.5 {
            self.glyphs.push(Glyph {
                text: unfold(text),
                x: place.m31,
                y: place.m32,
                width: advance,
                size,
            });
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

/// Ligatures back to letters, odd spaces to plain ones.
fn unfold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{fb00}' => plain.push_str("ff"),
            '\u{fb01}' => plain.push_str("fi"),
            '\u{fb02}' => plain.push_str("fl"),
            '\u{fb03}' => plain.push_str("ffi"),
            '\u{fb04}' => plain.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => plain.push_str("st"),
            '\u{f0b7}' | '\u{f0a7}' => plain.push('•'),
            '\u{ad}' => plain.push('-'),
            letter if letter.is_whitespace() || letter.is_control() => plain.push(' '),
            letter => plain.push(letter),
        }
    }
    plain
}

impl Collector {
    /// The page's lines from top to bottom, left column before right.
    pub(super) fn lines(mut self) -> Vec<Line> {
        let gutter = self.gutter();
        let Some(gutter) = gutter else {
            return lines_of(self.glyphs);
        };
        // What crosses the gutter parts the columns above it from those below.
        self.glyphs.sort_by(|a, b| b.y.total_cmp(&a.y));
        let whole = lines_of(self.glyphs.clone());
        let crossing: Vec<f64> = whole
            .iter()
            .filter(|line| crosses(line, &self.glyphs, gutter))
            .map(|line| line.y)
            .collect();
        let mut lines = Vec::new();
        let mut band: Vec<Glyph> = Vec::new();
        let mut left_over = self.glyphs.into_iter().peekable();
        for y in crossing.into_iter().chain([f64::NEG_INFINITY]) {
            while let Some(glyph) = left_over.next_if(|glyph| glyph.y > y + glyph.size * 0.5) {
                band.push(glyph);
            }
            let (left, right): (Vec<Glyph>, Vec<Glyph>) = std::mem::take(&mut band)
                .into_iter()
                .partition(|glyph| glyph.x < gutter);
            lines.extend(lines_of(left));
            lines.extend(lines_of(right));
            while let Some(glyph) = left_over.next_if(|glyph| glyph.y > y - glyph.size * 0.5) {
                band.push(glyph);
            }
            lines.extend(lines_of(std::mem::take(&mut band)));
        }
        lines
    }

    /// The middle of an empty strip between two columns of prose, if there is one.
    fn gutter(&self) -> Option<f64> {
        let lines = lines_of(self.glyphs.clone());
        let (left, right) = (
            lines.iter().map(|line| line.left).min_by(f64::total_cmp)?,
            lines.iter().map(|line| line.right).max_by(f64::total_cmp)?,
        );
        let middle = f64::midpoint(left, right);
        let width = right - left;
        // Both columns hold text of a paragraph's density on most lines.
        let full = |from: f64, to: f64, y: f64, size: f64| {
            let inside = self.glyphs.iter().filter(|glyph| {
                (glyph.y - y).abs() < size * 0.3 && glyph.x >= from && glyph.x < to
            });
            inside.map(|glyph| glyph.width).sum::<f64>() > (to - from) * 0.6
        };
        if lines.len() < 12 || width < 200.0 || self.glyphs.len() > 20_000 {
            return None;
        }
        let mut divided = 0;
        for line in &lines {
            let apart = !crosses(line, &self.glyphs, middle);
            divided += usize::from(
                apart
                    && full(left, middle, line.y, line.size)
                    && full(middle, right, line.y, line.size),
            );
        }
        (divided * 2 > lines.len()).then_some(middle)
    }
}

/// Whether a line has a glyph on or close to the gutter.
fn crosses(line: &Line, glyphs: &[Glyph], gutter: f64) -> bool {
    glyphs.iter().any(|glyph| {
        (glyph.y - line.y).abs() < line.size * 0.3
            && glyph.x < gutter + line.size * 0.4
            && glyph.x + glyph.width > gutter - line.size * 0.4
            && glyph.text != " "
    })
}

/// Puts glyphs on the same height together.
fn lines_of(mut glyphs: Vec<Glyph>) -> Vec<Line> {
    glyphs.retain(|glyph| !glyph.text.trim().is_empty() || glyph.width > 0.0);
    glyphs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut lines = Vec::new();
    let mut row: Vec<Glyph> = Vec::new();
    for glyph in glyphs {
        // Superscripts and marks sit a little off the line they belong to.
        let same = row
            .last()
            .is_some_and(|last| (last.y - glyph.y).abs() < last.size.max(glyph.size) * 0.35);
        if !same {
            lines.extend(line_of(std::mem::take(&mut row)));
        }
        row.push(glyph);
    }
    lines.extend(line_of(row));
    lines
}

/// Puts the glyphs of one line into words: spaces where there is room for one, tabs where
/// there is room for a column.
fn line_of(mut row: Vec<Glyph>) -> Option<Line> {
    row.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut text = String::new();
    let mut right = f64::NEG_INFINITY;
    let mut previous: Option<&Glyph> = None;
    let mut blank = false;
    let mut columns = Vec::new();
    for glyph in &row {
        // Bold type is sometimes drawn twice, a hair apart.
        let doubled = previous.is_some_and(|last| {
            last.text == glyph.text && (last.x - glyph.x).abs() < glyph.size * 0.08
        });
        if doubled {
            continue;
        }
        previous = Some(glyph);
        if glyph.text.trim().is_empty() {
            blank = true;
            continue;
        }
        // Blanks are drawn where no words part, too: only the room between letters decides.
        let gap = (glyph.x - right) / glyph.size;
        let enough = if std::mem::take(&mut blank) {
            0.08
        } else {
            0.17
        };
        if gap > 2.0 && !text.is_empty() {
            text.push('\t');
            columns.push(glyph.x);
        } else if gap > enough && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&glyph.text);
        right = right.max(glyph.x + glyph.width);
    }
    let left = row.iter().find(|glyph| !glyph.text.trim().is_empty())?.x;
    let mut sizes: Vec<f64> = row
        .iter()
        .filter(|glyph| !glyph.text.trim().is_empty())
        .map(|glyph| glyph.size)
        .collect();
    sizes.sort_by(f64::total_cmp);
    let size = *sizes.get(sizes.len() / 2)?;
    let mut heights: Vec<f64> = row.iter().map(|glyph| glyph.y).collect();
    heights.sort_by(f64::total_cmp);
    let y = *heights.get(heights.len() / 2)?;
    Some(Line {
        text: text.trim().to_owned(),
        columns: std::iter::once(left).chain(columns).collect(),
        left,
        right,
        y,
        size,
    })
}
