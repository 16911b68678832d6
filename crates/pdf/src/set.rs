//! An outline as pages.

use daylight_dossier::{Block, Cell, Item, Outline, Picture, Section, Table};

use crate::colour;
use crate::fonts::Fonts;
use crate::pages::{BOTTOM, Bookmark, Kind, LEFT, Mark, Node, Pages, RIGHT, TOP};
use crate::picture::parts;
use crate::text::{Line, Run, Style, lines};

const TITLE: Style = Style::new(18.0, colour::ink()).bold();
const SECTION: Style = Style::new(13.0, colour::ink()).bold();
const HEADING: Style = Style::new(10.5, colour::ink()).bold();
const ANSWER: Style = Style::new(15.0, colour::ink()).bold();
const TEXT: Style = Style::new(9.5, colour::ink());
const SMALL: Style = Style::new(8.5, colour::ink());
const QUOTE: Style = Style::new(8.5, colour::soft());
const CELL: Style = Style::new(7.3, colour::ink());

const INDENT: f32 = 12.0;
const PARAGRAPH_GAP: f32 = 5.0;
const CELL_GAP: f32 = 6.0;
const ROW_GAP: f32 = 2.5;
/// Room for a heading and the beginning of what it is of.
const HEADING_ROOM: f32 = 110.0;
/// Room for what stands below a drawing.
const PICTURE_CAPTION: f32 = 40.0;
/// Points for a pixel, at most: drawings of little need not fill the page.
const PICTURE_SCALE_MAX: f32 = 0.72;

pub(crate) fn set(outline: &Outline, fonts: &Fonts) -> Pages {
    let mut setter = Setter {
        pages: Pages::new(),
        fonts,
    };
    setter.heading(1, &outline.title, TITLE);
    let made = setter.text(Kind::Paragraph, &[Run::new(&outline.made, QUOTE)], LEFT);
    setter.pages.tree.push(made);
    if let Some(held_back) = &outline.held_back {
        setter.paragraph(held_back, TEXT);
    }
    setter.answer(outline);
    for section in &outline.sections {
        setter.section(section);
    }
    setter.pages
}

struct Setter<'f> {
    pages: Pages,
    fonts: &'f Fonts,
}

impl Setter<'_> {
    /// A text from `x` to the right margin, as one part of the tree.
    fn text(&mut self, kind: Kind, runs: &[Run], x: f32) -> Node {
        let leaf = self.pages.leaf();
        for line in lines(self.fonts, runs, RIGHT - x) {
            let leading = leading(&line);
            self.pages.need(leading);
            if kind == Kind::Quote {
                self.pages.bar(x - 7.0, leading);
            }
            self.pages.draw(x, line, Some(leaf));
            self.pages.y += leading;
        }
        Node::Group(kind, vec![Node::Leaf(leaf)])
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        self.pages.gap(PARAGRAPH_GAP);
        let node = self.text(Kind::Paragraph, &[Run::new(text, style)], LEFT);
        self.pages.tree.push(node);
    }

    fn heading(&mut self, level: u16, text: &str, style: Style) {
        self.pages.bookmarks.push(Bookmark {
            level,
            text: text.into(),
            page: self.pages.marks.len() - 1,
            y: self.pages.y,
        });
        let kind = Kind::Heading(self.pages.bookmarks.len() - 1);
        let node = self.text(kind, &[Run::new(text, style)], LEFT);
        self.pages.tree.push(node);
    }

    fn answer(&mut self, outline: &Outline) {
        let colour = colour::of(outline.outcome);
        self.pages.gap(12.0);
        self.pages.rule(LEFT, RIGHT - LEFT, 2.5, colour);
        self.pages.y += 9.0;
        self.heading(2, "The answer", HEADING.in_colour(colour::soft()));
        self.paragraph(&outline.answer, ANSWER.in_colour(colour));
        for (name, line) in &outline.lines {
            self.pages.gap(PARAGRAPH_GAP);
            let runs = [
                Run::new(format!("{name}: "), TEXT.bold()),
                Run::new(line, TEXT),
            ];
            let node = self.text(Kind::Paragraph, &runs, LEFT);
            self.pages.tree.push(node);
        }
    }

    fn section(&mut self, section: &Section) {
        self.pages.gap(20.0);
        // A heading is not left alone at the foot of a page, nor with words that lead to a drawing.
        let drawn = section.blocks.iter().take(2).find_map(|block| match block {
            Block::Picture(picture) => Some(scale(picture) * picture.height as f32),
            _ => None,
        });
        self.pages.need(HEADING_ROOM + drawn.unwrap_or_default());
        self.pages.rule(LEFT, RIGHT - LEFT, 1.0, colour::ink());
        self.pages.y += 6.0;
        self.heading(2, &section.title, SECTION);
        for block in &section.blocks {
            match block {
                Block::Heading(text) => {
                    self.pages.gap(11.0);
                    self.pages.need(60.0);
                    self.heading(3, text, HEADING);
                }
                Block::Paragraph(text) => self.paragraph(text, TEXT),
                Block::Warning(text) => self.paragraph(text, TEXT.bold()),
                Block::Items(items) => {
                    let list = self.list(items, LEFT, TEXT);
                    self.pages.tree.push(list);
                }
                Block::Table(table) => self.table(table),
                Block::Picture(picture) => self.picture(picture),
            }
        }
    }

    /// A drawing as wide as the page at most, never cut in two.
    fn picture(&mut self, picture: &Picture) {
        let scale = scale(picture);
        let height = picture.height as f32 * scale;
        self.pages.gap(9.0);
        self.pages.need(height + PICTURE_CAPTION);
        let leaf = self.pages.leaf();
        let parts = parts(picture, self.fonts, (LEFT, self.pages.y), scale);
        self.pages.put(Mark::Picture { parts, leaf });
        self.pages.y += height + 3.0;
        // Without words of what it shows there is no PDF/UA.
        self.pages.shown.push(format!("Drawing: {}", picture.text));
        let kind = Kind::Picture(self.pages.shown.len() - 1);
        self.pages
            .tree
            .push(Node::Group(kind, vec![Node::Leaf(leaf)]));
        let caption = [Run::new(&picture.caption, QUOTE)];
        let caption = self.text(Kind::Paragraph, &caption, LEFT);
        self.pages.tree.push(caption);
        self.pages.gap(4.0);
    }

    fn list(&mut self, items: &[Item], x: f32, style: Style) -> Node {
        let entries = items.iter().map(|item| self.entry(item, x, style));
        Node::Group(Kind::List, entries.collect())
    }

    fn entry(&mut self, item: &Item, x: f32, style: Style) -> Node {
        self.pages.gap(if style == TEXT { 3.5 } else { 1.5 });
        self.pages.need(style.leading());
        let leaf = self.pages.leaf();
        let sign = [Run::new("– ", style.in_colour(colour::soft()))];
        if let Some(line) = lines(self.fonts, &sign, INDENT * 2.0).pop() {
            self.pages.draw(x, line, Some(leaf));
        }
        let sign = Node::Group(Kind::Sign, vec![Node::Leaf(leaf)]);
        let mut runs = vec![
            Run::new(&item.lead, style.bold()),
            Run::new(if item.lead.is_empty() { "" } else { " " }, style),
            Run::new(&item.text, style),
        ];
        if !item.mark.is_empty() {
            let mark = format!(" ({})", item.mark);
            runs.push(Run::new(mark, style.in_colour(colour::soft())));
        }
        let mut body = vec![self.text(Kind::Paragraph, &runs, x + INDENT)];
        if !item.quote.is_empty() {
            self.pages.y += 1.5;
            let quote = [Run::new(&item.quote, QUOTE)];
            body.push(self.text(Kind::Quote, &quote, x + INDENT + 7.0));
        }
        if !item.items.is_empty() {
            body.push(self.list(&item.items, x + INDENT, SMALL));
        }
        Node::Group(Kind::Entry, vec![sign, Node::Group(Kind::Body, body)])
    }

    fn table(&mut self, table: &Table) {
        self.pages.gap(9.0);
        let columns = Columns::of(table);
        let head: Vec<Vec<Run>> = table
            .head
            .iter()
            .map(|(name, _)| vec![Run::new(*name, CELL.bold())])
            .collect();
        self.pages.need(60.0);
        let kinds = (Kind::Row, Kind::ColumnHead);
        let head_row = self.row(&head, &columns, kinds, &[]);
        let rows: Vec<Node> = table
            .rows
            .iter()
            .map(|cells| {
                let cells: Vec<Vec<Run>> = cells.iter().map(runs_of).collect();
                self.row(&cells, &columns, (Kind::Row, Kind::Cell), &head)
            })
            .collect();
        let parts = vec![
            Node::Group(Kind::Head, vec![head_row]),
            Node::Group(Kind::Rows, rows),
        ];
        self.pages.tree.push(Node::Group(Kind::Table, parts));
        self.pages.y += 4.0;
    }

    /// A row, line by line; on each page that it goes on to, the head of the table stands again.
    fn row(
        &mut self,
        cells: &[Vec<Run>],
        columns: &Columns,
        (row, cell): (Kind, Kind),
        head: &[Vec<Run>],
    ) -> Node {
        let set = |(runs, (_, width)): (&Vec<Run>, &(f32, f32))| lines(self.fonts, runs, *width);
        let set: Vec<Vec<Line>> = cells.iter().zip(&columns.0).map(set).collect();
        let count = set.iter().map(Vec::len).max().unwrap_or_default();
        let height = CELL.leading() * count as f32 + ROW_GAP * 2.0;
        let fits_a_page = height < BOTTOM - TOP - 40.0;
        if fits_a_page && self.pages.need(height) {
            self.head_again(head, columns);
        }
        self.pages.rule(LEFT, RIGHT - LEFT, 0.5, colour::rule());
        self.pages.y += ROW_GAP;
        let leaves: Vec<usize> = set.iter().map(|_| self.pages.leaf()).collect();
        let mut cells: Vec<_> = set.into_iter().map(Vec::into_iter).collect();
        for _ in 0..count {
            if self.pages.need(CELL.leading()) {
                self.head_again(head, columns);
            }
            let places = leaves.iter().zip(&columns.0);
            for (cell, (leaf, (x, _))) in cells.iter_mut().zip(places) {
                if let Some(line) = cell.next() {
                    self.pages.draw(*x, line, Some(*leaf));
                }
            }
            self.pages.y += CELL.leading();
        }
        self.pages.y += ROW_GAP;
        let cells = leaves
            .into_iter()
            .map(|leaf| Node::Group(cell, vec![Node::Leaf(leaf)]));
        Node::Group(row, cells.collect())
    }

    /// The head of a table once more, for the eye only.
    fn head_again(&mut self, head: &[Vec<Run>], columns: &Columns) {
        let mut height: f32 = 0.0;
        for (runs, (x, width)) in head.iter().zip(&columns.0) {
            let above = self.pages.y;
            for line in lines(self.fonts, runs, *width) {
                self.pages.draw(*x, line, None);
                self.pages.y += CELL.leading();
            }
            height = height.max(self.pages.y - above);
            self.pages.y = above;
        }
        self.pages.y += height + ROW_GAP;
    }
}

/// Points for a pixel of a drawing: it fits a page below a heading.
fn scale(picture: &Picture) -> f32 {
    let (width, height) = (RIGHT - LEFT, BOTTOM - TOP - HEADING_ROOM);
    (width / picture.width as f32)
        .min(height / picture.height as f32)
        .min(PICTURE_SCALE_MAX)
}

/// Where each column begins, and how wide it is.
struct Columns(Vec<(f32, f32)>);

impl Columns {
    fn of(table: &Table) -> Self {
        let parts = || table.head.iter().map(|(_, part)| f32::from(*part));
        let whole: f32 = parts().sum::<f32>().max(1.0);
        let mut x = LEFT;
        let columns = parts().map(|part| {
            let (start, width) = (x, (RIGHT - LEFT) * part / whole);
            x += width;
            (start, width - CELL_GAP)
        });
        Self(columns.collect())
    }
}

fn runs_of(cell: &Cell) -> Vec<Run> {
    let style = match cell.outcome {
        Some(outcome) => CELL.in_colour(colour::of(outcome)),
        None => CELL,
    };
    let space = if cell.lead.is_empty() { "" } else { " " };
    vec![
        Run::new(&cell.lead, style.bold()),
        Run::new(space, style),
        Run::new(&cell.text, style),
    ]
}

fn leading(line: &Line) -> f32 {
    let of_pieces = line.iter().map(|piece| piece.style.leading());
    of_pieces.fold(0.0, f32::max)
}
