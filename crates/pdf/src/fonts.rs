//! The fonts that come along, and what they hold.

use std::fmt::Write;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer};

use crate::text::Style;

/// DejaVu Sans Condensed: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic, signs.
pub(crate) struct Fonts {
    regular: Cut,
    bold: Cut,
}

/// One cut of a font, for shaping and for the PDF.
struct Cut {
    face: Face<'static>,
    font: Font,
}

impl Cut {
    fn load(data: &'static [u8]) -> Option<Self> {
        Some(Self {
            face: Face::from_slice(data, 0)?,
            font: Font::new(data.into(), 0)?,
        })
    }
}

impl Fonts {
    pub(crate) fn load() -> Option<Self> {
        Some(Self {
            regular: Cut::load(dejavu::sans_condensed::regular())?,
            bold: Cut::load(dejavu::sans_condensed::bold())?,
        })
    }

    fn cut(&self, style: Style) -> &Cut {
        if style.bold {
            &self.bold
        } else {
            &self.regular
        }
    }

    pub(crate) fn font(&self, style: Style) -> Font {
        self.cut(style).font.clone()
    }

    /// The text with `⟪U+4E2D⟫` for what the fonts do not hold, or that has no meaning of its own.
    pub(crate) fn fit(&self, text: &str) -> String {
        let mut fit = String::with_capacity(text.len());
        for character in text.chars() {
            let is_private = matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
            let cuts = [&self.regular, &self.bold];
            // The first glyph stands for what is not held.
            let is_held = |cut: &&Cut| {
                let glyph = cut.face.glyph_index(character);
                glyph.is_some_and(|glyph| glyph.0 > 0)
            };
            if !is_private && cuts.iter().all(is_held) {
                fit.push(character);
            } else {
                // Writing to a string cannot fail.
                let _ = write!(fit, "⟪U+{:04X}⟫", u32::from(character));
            }
        }
        fit
    }

    /// How wide a character is by itself; a line of them is hardly ever wider than their sum.
    pub(crate) fn width(&self, character: char, style: Style) -> f32 {
        let face = &self.cut(style).face;
        let glyph = face.glyph_index(character);
        let advance = glyph.and_then(|glyph| face.glyph_hor_advance(glyph));
        f32::from(advance.unwrap_or_default()) / face.units_per_em() as f32 * style.size
    }

    /// The glyphs of a text of one style and direction, from left to right.
    pub(crate) fn shape(&self, text: &str, style: Style, from_right: bool) -> Vec<KrillaGlyph> {
        let face = &self.cut(style).face;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(match from_right {
            true => Direction::RightToLeft,
            false => Direction::LeftToRight,
        });
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(face, &[], buffer);
        let starts = |info: &rustybuzz::GlyphInfo| info.cluster as usize;
        let mut ends: Vec<usize> = shaped.glyph_infos().iter().map(starts).collect();
        ends.push(text.len());
        ends.sort_unstable();
        ends.dedup();
        let units = face.units_per_em() as f32;
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
        glyphs
            .map(|(info, position)| {
                let start = info.cluster as usize;
                let after = ends.partition_point(|end| *end <= start);
                KrillaGlyph {
                    glyph_id: GlyphId::new(info.glyph_id),
                    text_range: start..ends.get(after).copied().unwrap_or(text.len()),
                    x_advance: position.x_advance as f32 / units,
                    x_offset: position.x_offset as f32 / units,
                    y_offset: position.y_offset as f32 / units,
                    y_advance: position.y_advance as f32 / units,
                    location: None,
                }
            })
            .collect()
    }
}
