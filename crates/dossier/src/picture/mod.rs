//! Drawings as shapes, without any form of their own: written out as SVG here, and drawn on pages
//! elsewhere.

mod lanes;
mod layout;
mod relations;
mod svg;

pub(crate) use lanes::timeline;
pub(crate) use relations::{RELATIONS_LEAD, relations};
pub(crate) use svg::svg;

use daylight_model::Level;
use serde::Serialize;

/// How far to the right, and how far down.
pub type Point = (f64, f64);

/// A drawing, in pixels of a screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Picture {
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
    /// What it shows, for those who do not see it.
    pub text: String,
    /// How to read it.
    pub caption: String,
    /// What it is made of; what comes later lies above.
    pub shapes: Vec<Shape>,
}

/// A part of a drawing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shape {
    /// What it is for, which says how it looks.
    pub role: Role,
    /// What it looks like.
    pub form: Form,
    /// What it stands for, where that is more than it shows.
    pub title: String,
}

/// What a shape looks like.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Straight from one point to another.
    Line(Point, Point),
    /// Cubic curves one after the other, from a point on: the two points that pull each, and its end.
    Curves(Point, Vec<[Point; 3]>),
    /// A filled surface between these points.
    Polygon(Vec<Point>),
    /// A box: its upper left corner, width and height.
    Box(Point, f64, f64),
    /// A circle: its middle and radius.
    Circle(Point, f64),
    /// Words on a base line: where they begin, end or have their middle.
    Text(Point, Anchor, String),
}

/// Which point of a text is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// What a shape is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The name of a column.
    Column,
    /// A party, and its name.
    Party,
    /// A relation that is asserted or announced.
    Asserted,
    /// A relation that is alleged, charged or reported.
    Alleged,
    /// A relation that is denied.
    Denied,
    /// Which way a relation goes.
    Arrow,
    /// The number of a relation.
    Badge,
    /// What is told beside a relation.
    Beside,
    /// A machine, and its name.
    Lane,
    /// Where time is told.
    Axis,
    /// Findings up to a level.
    Mark(Level),
    /// How many findings.
    Number,
}

impl Shape {
    fn new(role: Role, form: Form) -> Self {
        Self {
            role,
            form,
            title: String::new(),
        }
    }

    fn text(role: Role, at: Point, anchor: Anchor, text: impl Into<String>) -> Self {
        Self::new(role, Form::Text(at, anchor, text.into()))
    }

    fn titled(self, title: impl Into<String>) -> Self {
        let title = title.into();
        Self { title, ..self }
    }
}
