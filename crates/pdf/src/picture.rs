//! Drawings as what is drawn on a page.

use daylight_dossier::{Anchor, Form, Picture, Point, Role, Shape};
use daylight_model::Level;

use crate::colour::{self, Colour};
use crate::fonts::Fonts;
use crate::text::{Piece, Run, Style, lines};

/// How far a circle's curves are pulled, of its radius: four of them are round to the eye.
const ROUND: f32 = 0.552_3;

/// A place on a page.
type Place = (f32, f32);

/// A part of a drawing.
pub(crate) enum Part {
    /// A text, from its left end on its base line.
    Text { x: f32, y: f32, piece: Piece },
    /// A line, or what it encloses.
    Path {
        steps: Vec<Step>,
        filled: Option<Colour>,
        drawn: Option<Pen>,
    },
}

/// A step along a line.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Move(Place),
    Line(Place),
    /// The two points that pull it, and its end.
    Curve([Place; 3]),
    Close,
}

/// What a line is drawn with.
pub(crate) struct Pen {
    pub(crate) colour: Colour,
    pub(crate) width: f32,
    /// On and off; none for a whole line.
    pub(crate) dashes: Vec<f32>,
}

/// A drawing with its upper left corner at `origin`, with so many points for a pixel.
pub(crate) fn parts(picture: &Picture, fonts: &Fonts, origin: Place, scale: f32) -> Vec<Part> {
    let onto = Onto {
        fonts,
        origin,
        scale,
    };
    let parts = picture.shapes.iter().flat_map(|shape| onto.parts(shape));
    parts.collect()
}

/// A drawing's place on its page.
struct Onto<'f> {
    fonts: &'f Fonts,
    origin: Place,
    scale: f32,
}

impl Onto<'_> {
    fn place(&self, (x, y): Point) -> Place {
        let (left, top) = self.origin;
        (left + x as f32 * self.scale, top + y as f32 * self.scale)
    }

    fn parts(&self, shape: &Shape) -> Vec<Part> {
        let steps = match &shape.form {
            Form::Text(at, anchor, text) => return self.text(shape.role, *at, *anchor, text),
            Form::Line(from, to) => {
                vec![Step::Move(self.place(*from)), Step::Line(self.place(*to))]
            }
            Form::Curves(from, curves) => {
                let curves = curves.iter();
                let curves = curves.map(|it| Step::Curve(it.map(|point| self.place(point))));
                let from = Step::Move(self.place(*from));
                std::iter::once(from).chain(curves).collect()
            }
            Form::Polygon(points) => self.around(points),
            Form::Box((x, y), width, height) => {
                let (right, lower) = (x + width, y + height);
                self.around(&[(*x, *y), (right, *y), (right, lower), (*x, lower)])
            }
            Form::Circle(middle, radius) => {
                circle(self.place(*middle), *radius as f32 * self.scale)
            }
        };
        let (filled, drawn) = look(shape.role, self.scale);
        let is_open = matches!(shape.form, Form::Line(..) | Form::Curves(..));
        vec![Part::Path {
            steps,
            filled: filled.filter(|_| !is_open),
            drawn,
        }]
    }

    /// From point to point, and back to the first.
    fn around(&self, points: &[Point]) -> Vec<Step> {
        let mut steps: Vec<Step> = points
            .iter()
            .map(|it| Step::Line(self.place(*it)))
            .collect();
        if let Some(first) = steps.first_mut()
            && let Step::Line(place) = *first
        {
            *first = Step::Move(place);
        }
        steps.push(Step::Close);
        steps
    }

    fn text(&self, role: Role, at: Point, anchor: Anchor, text: &str) -> Vec<Part> {
        let run = Run::new(text, style(role, self.scale));
        let line = lines(self.fonts, &[run], f32::INFINITY).into_iter().next();
        let line = line.unwrap_or_default();
        let width: f32 = line.iter().map(Piece::width).sum();
        let (mut x, y) = self.place(at);
        x -= match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
        let mut parts = Vec::new();
        for piece in line {
            let width = piece.width();
            parts.push(Part::Text { x, y, piece });
            x += width;
        }
        parts
    }
}

fn circle((x, y): Place, radius: f32) -> Vec<Step> {
    let pull = radius * ROUND;
    let (left, right, top, low) = (x - radius, x + radius, y - radius, y + radius);
    vec![
        Step::Move((left, y)),
        Step::Curve([(left, y - pull), (x - pull, top), (x, top)]),
        Step::Curve([(x + pull, top), (right, y - pull), (right, y)]),
        Step::Curve([(right, y + pull), (x + pull, low), (x, low)]),
        Step::Curve([(x - pull, low), (left, y + pull), (left, y)]),
        Step::Close,
    ]
}

/// What a shape is filled and drawn with.
fn look(role: Role, scale: f32) -> (Option<Colour>, Option<Pen>) {
    let pen = |colour, width: f32, dashes: &[f32]| {
        let dashes = dashes.iter().map(|length| length * scale).collect();
        Some(Pen {
            colour,
            width: width * scale,
            dashes,
        })
    };
    let soft = colour::soft();
    match role {
        Role::Party => (Some(colour::panel()), pen(soft, 1.0, &[])),
        Role::Badge => (Some(colour::paper()), pen(soft, 1.0, &[])),
        Role::Asserted => (None, pen(soft, 1.6, &[])),
        Role::Alleged => (None, pen(soft, 1.6, &[7.0, 4.0])),
        Role::Denied => (None, pen(soft, 2.0, &[1.5, 4.0])),
        Role::Lane => (None, pen(colour::rule(), 1.0, &[])),
        Role::Axis => (None, pen(soft, 1.0, &[])),
        Role::Mark(level) => (Some(of_level(level)), None),
        Role::Arrow | Role::Column | Role::Beside | Role::Number => (Some(soft), None),
    }
}

fn style(role: Role, scale: f32) -> Style {
    let (size, colour, bold) = match role {
        Role::Column | Role::Axis => (12.0, colour::soft(), false),
        Role::Badge => (11.0, colour::ink(), true),
        Role::Beside => (10.5, colour::soft(), false),
        Role::Number => (12.0, colour::ink(), true),
        _ => (13.0, colour::ink(), false),
    };
    let style = Style::new(size * scale, colour);
    if bold { style.bold() } else { style }
}

const fn of_level(level: Level) -> Colour {
    match level {
        Level::Critical => [0x7d, 0x0f, 0x2b],
        Level::High => [0xa6, 0x32, 0x00],
        Level::Medium => [0x7a, 0x5b, 0x00],
        Level::Low | Level::Informational => [0x54, 0x5b, 0x64],
    }
}
