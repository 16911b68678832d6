//! Chores of the project, run as `cargo xtask <chore>`.

mod knowledge;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask knowledge [--from DIR]
    Makes crates/knowledge/data/pack.json.gz from the curated files beside it and from the
    background facts in DIR; without DIR the facts of the present pack stay.";

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next().as_deref().and_then(|chore| chore.to_str()) {
        Some("knowledge") => knowledge::run(arguments),
        _ => bail!("no such chore\n\n{USAGE}"),
    }
}
