//! Who is who: the parties of the claims, drawn from backers to those harmed.
//!
//! Every line of the drawing is somebody's claim; its number leads to a list that says the same in
//! words.

use daylight_model::Force;

use super::layout::{Drawing, Edge, LINE_HEIGHT, NODE_WIDTH};
use super::{Anchor, Form, Picture, Role, Shape};
use crate::{Case, clean, words};

/// Stands above the drawing.
pub(crate) const RELATIONS_LEAD: &str =
    "Every line is a claim by the speaker named in the list, not a finding of this dossier.";

/// What claims say of parties to each other.
pub(crate) struct Relations {
    pub(crate) picture: Picture,
    /// The same in words, in the order of the numbers.
    pub(crate) told: Vec<Told>,
    /// How many more there are.
    pub(crate) left_out: usize,
}

/// A claimed relation in words.
pub(crate) struct Told {
    pub(crate) from: String,
    /// With "(not so)" before it where that is claimed.
    pub(crate) verb: String,
    pub(crate) to: String,
    /// What was demanded by the way.
    pub(crate) demanded: String,
    pub(crate) force: Force,
    pub(crate) speakers: String,
}

/// The relations that the claims of a case tell; `None` where they tell none.
pub(crate) fn relations(case: &Case<'_>) -> Option<Relations> {
    let drawing = Drawing::of(case.readings);
    (!drawing.edges.is_empty()).then(|| Relations {
        picture: picture(&drawing),
        told: drawing.edges.iter().map(|it| told(&drawing, it)).collect(),
        left_out: drawing.left_out,
    })
}

fn told(drawing: &Drawing, edge: &Edge) -> Told {
    let name = |index: usize| {
        let node = drawing.nodes.get(index);
        node.map_or("", |node| node.name.as_str()).to_owned()
    };
    let from = name(edge.from);
    let verb = words::verb_for(edge.relation, &from);
    Told {
        verb: format!("{}{verb}", if edge.negated { "(not so) " } else { "" }),
        from,
        to: name(edge.to),
        demanded: words::list_at_most(&edge.demanded, 3),
        force: edge.force,
        speakers: edge.speakers.join("; "),
    }
}

fn picture(drawing: &Drawing) -> Picture {
    let middle = |role, x, y, text: &str| Shape::text(role, (x, y), Anchor::Middle, text);
    let mut shapes: Vec<Shape> = Vec::new();
    for (x, heading) in &drawing.headings {
        shapes.push(middle(Role::Column, *x, 16.0, heading));
    }
    for edge in &drawing.edges {
        shapes.push(Shape::new(role_of(edge), edge.line.form()));
        shapes.push(Shape::new(Role::Arrow, Form::Polygon(edge.line.arrow())));
    }
    for node in &drawing.nodes {
        let form = Form::Box((node.x, node.y), NODE_WIDTH, node.height);
        shapes.push(Shape::new(Role::Party, form).titled(&node.name));
        for (index, line) in node.lines.iter().enumerate() {
            let y = node.y + 19.0 + LINE_HEIGHT * index as f64;
            let text = middle(
                Role::Party,
                node.x + NODE_WIDTH / 2.0,
                y,
                &clean::line(line),
            );
            shapes.push(text.titled(&node.name));
        }
    }
    for (number, edge) in (1..).zip(&drawing.edges) {
        let (x, y) = edge.label;
        shapes.push(Shape::new(Role::Badge, Form::Circle(edge.label, 10.0)));
        shapes.push(middle(Role::Badge, x, y + 4.0, &format!("{number}")));
        // The list tells it as well, where another number stands in its place.
        let demanded = edge.demanded.first();
        if let Some(demanded) = demanded.filter(|_| is_free_below(&drawing.edges, edge)) {
            let text = clean::shorten_quietly(demanded, 20);
            shapes.push(middle(Role::Beside, x, y + 25.0, &text));
        }
    }
    Picture {
        width: drawing.width,
        height: drawing.height,
        text: format!(
            "{} and {} between them; the list below says each in words.",
            words::count(drawing.nodes.len(), "party", "parties"),
            words::count(drawing.edges.len(), "claimed relation", "claimed relations")
        ),
        caption: "Whole lines: asserted or announced. Dashed: alleged, charged or reported. \
                  Dotted: denied. Numbers lead to the list."
            .to_owned(),
        shapes,
    }
}

/// Whether no other number stands where the words below one would.
fn is_free_below(edges: &[Edge], edge: &Edge) -> bool {
    let (x, y) = edge.label;
    edges.iter().all(|other| {
        let (right, below) = (other.label.0 - x, other.label.1 - y);
        right.abs() > 60.0 || !(8.0..36.0).contains(&below)
    })
}

const fn role_of(edge: &Edge) -> Role {
    match edge.force {
        _ if edge.negated => Role::Denied,
        Force::Asserted | Force::Announced => Role::Asserted,
        Force::Denied => Role::Denied,
        _ => Role::Alleged,
    }
}
