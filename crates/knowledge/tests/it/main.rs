//! What is known, and what a report's words are linked to.

mod facts;
mod linking;
mod names;
mod pack;
mod pattern;
mod update;
