//! Who is who: the parties of the claims, drawn from backers to those harmed.
//!
//! Every line of the drawing is somebody's claim; its number leads to the list below, which
//! says the same in words.

mod layout;

use daylight_model::Force;
use maud::{Markup, html};

use super::coordinate as at;
use crate::{Case, clean, words};
use layout::{Drawing, Edge, Node};

pub(super) fn section(case: &Case<'_>) -> Markup {
    let drawing = Drawing::of(case.readings);
    html! {
        section #who aria-labelledby="who-title" {
            h2 #who-title { "Who is who, as they say" }
            @if drawing.edges.is_empty() {
                p { "No claim relates two parties to each other." }
            } @else {
                p.lead { "Every line is a claim by the speaker named in the list, not a finding of this dossier." }
                figure.drawing {
                    div.scroll role="region" aria-label="Drawing of who is who" tabindex="0" { (svg(&drawing)) }
                    figcaption {
                        "Whole lines: asserted or announced. Dashed: alleged, charged or reported. "
                        "Dotted: denied. Numbers lead to the list."
                    }
                }
                ol.edges { @for edge in &drawing.edges { li dir="auto" { (edge_in_words(&drawing, edge)) } } }
                @if drawing.left_out > 0 {
                    p.note { (words::count(drawing.left_out, "further relation is", "further relations are")) " among the claims above and not drawn." }
                }
            }
        }
    }
}

fn edge_in_words(drawing: &Drawing, edge: &Edge) -> Markup {
    let name = |index: usize| {
        drawing
            .nodes
            .get(index)
            .map_or("", |node| node.name.as_str())
    };
    html! {
        strong { (name(edge.from)) } " " @if edge.negated { "(not so) " } (words::verb_for(edge.relation, name(edge.from))) " " strong { (name(edge.to)) }
        @if !edge.demanded.is_empty() { ", demanded: " strong { (words::list_at_most(&edge.demanded, 3)) } }
        " " span.force { (edge.force.as_str()) }
        " " span.who { "according to " (edge.speakers.join("; ")) }
    }
}

fn svg(drawing: &Drawing) -> Markup {
    html! {
        svg viewBox={ "0 0 " (at(drawing.width)) " " (at(drawing.height)) } role="img" aria-labelledby="who-text"
            style={ "min-width:" (at(drawing.width * 0.72)) "px;max-width:" (at(drawing.width)) "px" } {
            title #who-text {
                (drawing.nodes.len()) " parties and " (drawing.edges.len())
                " claimed relations between them; the list below says each in words."
            }
            defs {
                marker #arrow viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse" {
                    path.arrow d="M0,0 L10,5 L0,10 z" {}
                }
            }
            @for (x, heading) in &drawing.headings {
                text.column x=(at(*x)) y="16" text-anchor="middle" { (heading) }
            }
            @for edge in &drawing.edges {
                path class={ "edge " (line_class(edge)) } d=(edge.path) marker-end="url(#arrow)" {}
            }
            @for node in &drawing.nodes { (box_of(node)) }
            @for (index, edge) in drawing.edges.iter().enumerate() {
                circle.badge cx=(at(edge.label.0)) cy=(at(edge.label.1)) r="10" {}
                text.badge-text x=(at(edge.label.0)) y=(at(edge.label.1 + 4.0)) text-anchor="middle" { (index + 1) }
                // The list tells it as well, where another number stands in its place.
                @if let Some(demanded) = edge.demanded.first().filter(|_| is_free_below(&drawing.edges, edge)) {
                    text.sum x=(at(edge.label.0)) y=(at(edge.label.1 + 25.0)) text-anchor="middle" { (clean::shorten_quietly(demanded, 20)) }
                }
            }
        }
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

fn box_of(node: &Node) -> Markup {
    let middle = node.x + layout::NODE_WIDTH / 2.0;
    let first = node.y + 19.0;
    html! {
        g.node {
            title { (node.name) }
            rect x=(at(node.x)) y=(at(node.y)) width=(at(layout::NODE_WIDTH)) height=(at(node.height)) rx="4" {}
            @for (index, line) in node.lines.iter().enumerate() {
                text x=(at(middle)) y=(at(first + layout::LINE_HEIGHT * index as f64)) text-anchor="middle" { (clean::line(line)) }
            }
        }
    }
}

const fn line_class(edge: &Edge) -> &'static str {
    match edge.force {
        _ if edge.negated => "denied",
        Force::Asserted | Force::Announced => "asserted",
        Force::Denied => "denied",
        _ => "alleged",
    }
}
