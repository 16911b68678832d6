//! Pages as what is drawn on them, and what it belongs to.

use crate::colour::{self, Colour};
use crate::picture::Part;
use crate::text::{Line, Piece};

/// A4 in points.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
pub(crate) const LEFT: f32 = 54.0;
pub(crate) const RIGHT: f32 = WIDTH - 54.0;
pub(crate) const TOP: f32 = 84.0;
pub(crate) const BOTTOM: f32 = HEIGHT - 74.0;

/// What a text belongs to; pieces of the same leaf are read together.
pub(crate) type Leaf = usize;

/// Something on a page.
pub(crate) enum Mark {
    /// A text, from its left end on its base line. Without a leaf it only repeats another.
    Text {
        x: f32,
        y: f32,
        piece: Piece,
        leaf: Option<Leaf>,
    },
    /// A drawing, as one thing.
    Picture { parts: Vec<Part>, leaf: Leaf },
    /// A filled box, for the eye only.
    Box {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        colour: Colour,
    },
}

/// What a part of the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A heading, by its place among the bookmarks.
    Heading(usize),
    Paragraph,
    Quote,
    List,
    Entry,
    /// The sign before an entry, and what stands in it.
    Sign,
    Body,
    Table,
    Head,
    Rows,
    Row,
    ColumnHead,
    Cell,
    /// A drawing, by its place among the texts that say what it shows.
    Picture(usize),
}

/// The text as a tree, in the order in which it is read.
pub(crate) enum Node {
    Group(Kind, Vec<Node>),
    Leaf(Leaf),
}

/// A heading and where it stands; the headline is of level 1.
pub(crate) struct Bookmark {
    pub(crate) level: u16,
    pub(crate) text: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// Pages while they are filled from above.
#[derive(Default)]
pub(crate) struct Pages {
    pub(crate) marks: Vec<Vec<Mark>>,
    pub(crate) tree: Vec<Node>,
    pub(crate) bookmarks: Vec<Bookmark>,
    /// What drawings show, in words.
    pub(crate) shown: Vec<String>,
    pub(crate) leaves: Leaf,
    /// How far the page is filled.
    pub(crate) y: f32,
}

impl Pages {
    pub(crate) fn new() -> Self {
        Self {
            marks: vec![Vec::new()],
            y: TOP,
            ..Self::default()
        }
    }

    /// A leaf that nothing belongs to yet.
    pub(crate) fn leaf(&mut self) -> Leaf {
        self.leaves += 1;
        self.leaves - 1
    }

    /// Goes to a new page where so much does not fit; says whether it did.
    pub(crate) fn need(&mut self, height: f32) -> bool {
        let is_full = self.y + height > BOTTOM && self.y > TOP;
        if is_full {
            self.marks.push(Vec::new());
            self.y = TOP;
        }
        is_full
    }

    /// Leaves room, but not above what is first on a page.
    pub(crate) fn gap(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// Draws a line of text whose upper end is where the page is filled to.
    pub(crate) fn draw(&mut self, x: f32, line: Line, leaf: Option<Leaf>) {
        let size = line.iter().map(|it| it.style.size).fold(0.0, f32::max);
        let y = self.y + size * 1.05;
        let mut x = x;
        for piece in line {
            let width = piece.width();
            self.put(Mark::Text { x, y, piece, leaf });
            x += width;
        }
    }

    pub(crate) fn rule(&mut self, x: f32, width: f32, thickness: f32, colour: Colour) {
        let (y, height) = (self.y, thickness);
        self.put(Mark::Box {
            x,
            y,
            width,
            height,
            colour,
        });
    }

    /// A bar beside what comes next.
    pub(crate) fn bar(&mut self, x: f32, height: f32) {
        let (y, width) = (self.y, 1.4);
        self.put(Mark::Box {
            x,
            y,
            width,
            height,
            colour: colour::rule(),
        });
    }

    pub(crate) fn put(&mut self, mark: Mark) {
        if let Some(page) = self.marks.last_mut() {
            page.push(mark);
        }
    }
}
