//! Pages as PDF, with the tree that says what is read in which order.

use std::num::NonZeroU16;

use daylight_dossier::Outline;
use daylight_model::Timestamp;
use krilla::color::rgb::Color;
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline as Bookmarks, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag,
    TagGroup, TagKind, TagTree,
};
use krilla::{Document, SerializeSettings};

use crate::Error;
use crate::colour::{self, Colour};
use crate::fonts::Fonts;
use crate::pages::{HEIGHT, Kind, LEFT, Mark, Node, Pages, RIGHT, WIDTH};
use crate::picture::{Part, Pen, Step};
use crate::text::{Line, Piece, Run, Style, lines};

const HEADER_Y: f32 = 46.0;
const FOOTER_Y: f32 = HEIGHT - 40.0;
/// TLP 2.0 asks for twelve points.
const MARKING_SIZE: f32 = 12.0;
const MARGINAL: Style = Style::new(8.0, colour::soft());
const TITLE_CHARACTERS_MAX: usize = 70;

/// Writes the pages by PDF/UA-1.
pub(crate) fn print(
    pages: &Pages,
    outline: &Outline,
    fonts: &Fonts,
    made: Timestamp,
) -> Result<Vec<u8>, Error> {
    let mut document = Document::new_with(SerializeSettings {
        configuration: accessible()?,
        ..SerializeSettings::default()
    });
    let mut identifiers: Vec<Vec<Identifier>> = Vec::new();
    identifiers.resize_with(pages.leaves, Vec::new);
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| failed("no such page size"))?;
    for (index, marks) in pages.marks.iter().enumerate() {
        let mut page = document.start_page_with(size.clone());
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark, fonts, &mut identifiers);
        }
        marginals(&mut surface, outline, fonts, (index + 1, pages.marks.len()));
        surface.finish();
        page.finish();
    }
    let nodes = pages
        .tree
        .iter()
        .filter_map(|node| group(node, pages, &mut identifiers));
    let mut tree = TagTree::new().with_lang(Some("en".into()));
    nodes
        .collect::<Vec<_>>()
        .into_iter()
        .for_each(|node| tree.push(node));
    document.set_tag_tree(tree);
    document.set_outline(bookmarks(pages));
    document.set_metadata(metadata(outline, fonts, made));
    document.finish().map_err(failed)
}

fn failed(reason: impl std::fmt::Debug) -> Error {
    Error::Write {
        reason: format!("{reason:?}"),
    }
}

fn accessible() -> Result<Configuration, Error> {
    let builder = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    builder.finish().map_err(failed)
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, fonts: &Fonts, ids: &mut [Vec<Identifier>]) {
    match mark {
        Mark::Text { x, y, piece, leaf } => {
            let of_leaf = leaf.and_then(|leaf| ids.get_mut(leaf));
            let tag = match of_leaf {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
            };
            let id = surface.start_tagged(tag);
            draw_piece(surface, piece, fonts, *x, *y);
            surface.end_tagged();
            if let Some(of_leaf) = of_leaf {
                of_leaf.push(id);
            }
        }
        Mark::Picture { parts, leaf } => {
            let id = surface.start_tagged(ContentTag::Other);
            parts
                .iter()
                .for_each(|part| draw_part(surface, part, fonts));
            surface.end_tagged();
            if let Some(of_leaf) = ids.get_mut(*leaf) {
                of_leaf.push(id);
            }
        }
        Mark::Box {
            x,
            y,
            width,
            height,
            colour,
        } => {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(
                ArtifactType::Layout,
            )));
            rectangle(surface, (*x, *y, *width, *height), *colour);
            surface.end_tagged();
        }
    }
}

fn fill([red, green, blue]: Colour) -> Fill {
    Fill {
        paint: Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

fn rectangle(
    surface: &mut Surface<'_>,
    (x, y, width, height): (f32, f32, f32, f32),
    colour: Colour,
) {
    let mut path = PathBuilder::new();
    if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
        path.push_rect(rectangle);
    }
    if let Some(path) = path.finish() {
        surface.set_fill(Some(fill(colour)));
        surface.draw_path(&path);
    }
}

/// What stands above and below each page: the title, the number of the page, the marking.
fn marginals(
    surface: &mut Surface<'_>,
    outline: &Outline,
    fonts: &Fonts,
    (page, of): (usize, usize),
) {
    let mut title: String = outline.title.chars().take(TITLE_CHARACTERS_MAX).collect();
    if title.len() < outline.title.len() {
        title.push('…');
    }
    let footer = format!("Page {page} of {of} · {}", outline.made);
    for (kind, text, y) in [
        (ArtifactType::Header, title, HEADER_Y),
        (ArtifactType::Footer, footer, FOOTER_Y),
    ] {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        if let Some(line) = first_line(fonts, &text, MARGINAL) {
            draw_line(surface, line, fonts, LEFT, y);
        }
        let marking = outline.marking.and_then(|label| {
            let style = Style::new(MARKING_SIZE, colour::of_marking(label)).bold();
            first_line(fonts, label, style)
        });
        if let Some(line) = marking {
            let width: f32 = line.iter().map(|piece| piece.width()).sum();
            let x = RIGHT - width - 6.0;
            rectangle(
                surface,
                (x - 6.0, y - 13.5, width + 12.0, 18.5),
                colour::ink(),
            );
            draw_line(surface, line, fonts, x, y);
        }
        surface.end_tagged();
    }
}

fn first_line(fonts: &Fonts, text: &str, style: Style) -> Option<Line> {
    let all = lines(fonts, &[Run::new(text, style)], (RIGHT - LEFT) * 0.75);
    all.into_iter().next()
}

fn draw_line(surface: &mut Surface<'_>, line: Line, fonts: &Fonts, x: f32, y: f32) {
    let mut x = x;
    for piece in line {
        draw_piece(surface, &piece, fonts, x, y);
        x += piece.width();
    }
}

fn draw_piece(surface: &mut Surface<'_>, piece: &Piece, fonts: &Fonts, x: f32, y: f32) {
    surface.set_fill(Some(fill(piece.style.colour)));
    let (font, size) = (fonts.font(piece.style), piece.style.size);
    let at = Point::from_xy(x, y);
    surface.draw_glyphs(at, &piece.glyphs, font, &piece.text, size, false);
}

fn draw_part(surface: &mut Surface<'_>, part: &Part, fonts: &Fonts) {
    match part {
        Part::Text { x, y, piece } => draw_piece(surface, piece, fonts, *x, *y),
        Part::Path {
            steps,
            filled,
            drawn,
        } => {
            let mut path = PathBuilder::new();
            for step in steps {
                match *step {
                    Step::Move((x, y)) => path.move_to(x, y),
                    Step::Line((x, y)) => path.line_to(x, y),
                    Step::Curve([(a, b), (c, d), (x, y)]) => path.cubic_to(a, b, c, d, x, y),
                    Step::Close => path.close(),
                }
            }
            let Some(path) = path.finish() else {
                return;
            };
            surface.set_fill(filled.map(fill));
            surface.set_stroke(drawn.as_ref().map(stroke));
            surface.draw_path(&path);
            surface.set_stroke(None);
        }
    }
}

fn stroke(pen: &Pen) -> Stroke {
    let dash = (!pen.dashes.is_empty()).then(|| StrokeDash {
        array: pen.dashes.clone(),
        offset: 0.0,
    });
    Stroke {
        paint: fill(pen.colour).paint,
        width: pen.width,
        dash,
        ..Stroke::default()
    }
}

/// A part of the tree with what was drawn of it; nothing where nothing was, but for cells, which
/// a row cannot do without.
fn group(node: &Node, pages: &Pages, identifiers: &mut [Vec<Identifier>]) -> Option<TagGroup> {
    let Node::Group(kind, children) = node else {
        return None;
    };
    let mut group = TagGroup::new(tag(*kind, pages));
    for child in children {
        match child {
            Node::Leaf(leaf) => {
                let ids = identifiers.get_mut(*leaf).map(std::mem::take);
                ids.into_iter().flatten().for_each(|id| group.push(id));
            }
            child => {
                if let Some(child) = self::group(child, pages, identifiers) {
                    group.push(child);
                }
            }
        }
    }
    (!group.children.is_empty() || *kind == Kind::Cell).then_some(group)
}

fn tag(kind: Kind, pages: &Pages) -> TagKind {
    match kind {
        Kind::Heading(place) => {
            let heading = pages.bookmarks.get(place);
            let level = heading.and_then(|heading| NonZeroU16::new(heading.level));
            // PDF/UA asks for the title beside the text.
            let title = heading.map(|heading| heading.text.clone());
            Tag::Hn(level.unwrap_or(NonZeroU16::MIN), title).into()
        }
        Kind::Paragraph => Tag::P.into(),
        Kind::Quote => Tag::BlockQuote.into(),
        Kind::List => Tag::L(ListNumbering::None).into(),
        Kind::Entry => Tag::LI.into(),
        Kind::Sign => Tag::Lbl.into(),
        Kind::Body => Tag::LBody.into(),
        Kind::Table => Tag::Table.into(),
        Kind::Head => Tag::THead.into(),
        Kind::Rows => Tag::TBody.into(),
        Kind::Row => Tag::TR.into(),
        Kind::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
        Kind::Cell => Tag::TD.into(),
        Kind::Picture(place) => Tag::Figure(pages.shown.get(place).cloned()).into(),
    }
}

/// Sections, and what they are divided into.
fn bookmarks(pages: &Pages) -> Bookmarks {
    let mut sections: Vec<OutlineNode> = Vec::new();
    for bookmark in pages.bookmarks.iter().filter(|it| it.level > 1) {
        let place = XyzDestination::new(bookmark.page, Point::from_xy(LEFT, bookmark.y));
        let node = OutlineNode::new(bookmark.text.clone(), place);
        match sections.last_mut().filter(|_| bookmark.level > 2) {
            Some(section) => section.push_child(node),
            None => sections.push(node),
        }
    }
    let mut bookmarks = Bookmarks::new();
    sections
        .into_iter()
        .for_each(|section| bookmarks.push_child(section));
    bookmarks
}

fn metadata(outline: &Outline, fonts: &Fonts, made: Timestamp) -> Metadata {
    let time = jiff::tz::Offset::UTC.to_datetime(made);
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(time.year()).unwrap_or_default())
        .month(part(time.month()))
        .day(part(time.day()))
        .hour(part(time.hour()))
        .minute(part(time.minute()))
        .second(part(time.second()))
        .utc_offset_hour(0);
    // A document must have a title.
    let title = match outline.title.trim() {
        "" => outline.made.as_str(),
        title => title,
    };
    let keywords = outline.marking.iter().map(|label| (*label).to_owned());
    Metadata::new()
        .title(fonts.fit(title))
        .description(fonts.fit(&outline.answer))
        .keywords(keywords.collect())
        .creator("Daylight".into())
        .authors(vec!["Daylight".into()])
        .language("en".into())
        .creation_date(date)
}
