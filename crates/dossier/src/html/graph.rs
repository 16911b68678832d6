//! Who is who: what claims say of parties to each other, drawn and in words.

use maud::{Markup, html};

use crate::{Case, picture, words};

pub(super) fn section(case: &Case<'_>) -> Markup {
    let relations = picture::relations(case);
    html! {
        section #who aria-labelledby="who-title" {
            h2 #who-title { "Who is who, as they say" }
            @if let Some(relations) = relations {
                p.lead { (picture::RELATIONS_LEAD) }
                (super::figure(&relations.picture, "who-text", "Drawing of who is who"))
                ol.edges { @for told in &relations.told { li dir="auto" {
                    strong { (told.from) } " " (told.verb) " " strong { (told.to) }
                    @if !told.demanded.is_empty() { ", demanded: " strong { (told.demanded) } }
                    " " span.force { (told.force.as_str()) }
                    " " span.who { "according to " (told.speakers) }
                } } }
                @if relations.left_out > 0 {
                    p.note { (words::count(relations.left_out, "further relation is", "further relations are")) " among the claims above and not drawn." }
                }
            } @else {
                p { "No claim relates two parties to each other." }
            }
        }
    }
}
