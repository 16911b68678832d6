//! Drawings as SVG.

use daylight_model::Level;
use maud::{Markup, html};

use super::{Anchor, Form, Picture, Point, Role, Shape};

/// A drawing whose colours the page's style gives by the names of its parts. The id is that of its
/// text.
pub(crate) fn svg(picture: &Picture, id: &str) -> Markup {
    html! {
        svg viewBox={ "0 0 " (at(picture.width)) " " (at(picture.height)) } role="img" aria-labelledby=(id)
            style={ "min-width:" (at(picture.width * 0.72)) "px;max-width:" (at(picture.width)) "px" } {
            title id=(id) { (picture.text) }
            @for part in &picture.shapes { (shape(part)) }
        }
    }
}

fn shape(shape: &Shape) -> Markup {
    let class = class(shape.role);
    let title = html! { @if !shape.title.is_empty() { title { (shape.title) } } };
    match &shape.form {
        Form::Line((x1, y1), (x2, y2)) => html! {
            line class=(class) x1=(at(*x1)) y1=(at(*y1)) x2=(at(*x2)) y2=(at(*y2)) { (title) }
        },
        Form::Curves(from, curves) => {
            html! { path class=(class) d=(path(*from, curves)) { (title) } }
        }
        Form::Polygon(points) => {
            let points: Vec<String> = points.iter().map(|it| pair(*it)).collect();
            html! { polygon class=(class) points=(points.join(" ")) { (title) } }
        }
        Form::Box((x, y), width, height) => html! {
            rect class=(class) x=(at(*x)) y=(at(*y)) width=(at(*width)) height=(at(*height)) { (title) }
        },
        Form::Circle((x, y), radius) => html! {
            circle class=(class) cx=(at(*x)) cy=(at(*y)) r=(at(*radius)) { (title) }
        },
        Form::Text((x, y), anchor, words) => html! {
            text class=(class) x=(at(*x)) y=(at(*y)) text-anchor=[anchor_name(*anchor)] { (title) (words) }
        },
    }
}

fn path(from: Point, curves: &[[Point; 3]]) -> String {
    let mut path = format!("M{}", pair(from));
    for curve in curves {
        let points: Vec<String> = curve.iter().map(|it| pair(*it)).collect();
        path.push_str(&format!(" C{}", points.join(" ")));
    }
    path
}

fn pair((x, y): Point) -> String {
    format!("{},{}", at(x), at(y))
}

/// A coordinate, to a tenth of a pixel.
fn at(value: f64) -> String {
    format!("{value:.1}")
}

const fn anchor_name(anchor: Anchor) -> Option<&'static str> {
    match anchor {
        Anchor::Start => None,
        Anchor::Middle => Some("middle"),
        Anchor::End => Some("end"),
    }
}

const fn class(role: Role) -> &'static str {
    match role {
        Role::Column => "column",
        Role::Party => "party",
        Role::Asserted => "edge",
        Role::Alleged => "edge alleged",
        Role::Denied => "edge denied",
        Role::Arrow => "arrow",
        Role::Badge => "badge",
        Role::Beside => "beside",
        Role::Lane => "lane",
        Role::Axis => "axis",
        Role::Mark(Level::Critical) => "mark level-critical",
        Role::Mark(Level::High) => "mark level-high",
        Role::Mark(Level::Medium) => "mark level-medium",
        Role::Mark(Level::Low) => "mark level-low",
        Role::Mark(Level::Informational) => "mark level-informational",
        Role::Number => "number",
    }
}
