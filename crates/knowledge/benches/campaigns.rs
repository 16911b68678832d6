//! How often the comparison of techniques names the group that ATT&CK names, beside plain
//! Jaccard and drawing lots: `cargo bench -p daylight-knowledge --bench campaigns`.

#![allow(clippy::print_stdout, reason = "a measurement is printed")]

use daylight_knowledge::Knowledge;

fn main() {
    let trial = Knowledge::embedded().pattern_trial();
    println!(
        "{} campaigns with a stated group, hidden one at a time; {} groups",
        trial.campaigns, trial.groups
    );
    println!("                   first  among five");
    let row =
        |name: &str, (first, five): (usize, usize)| println!("{name:18} {first:5}  {five:10}");
    row("weighed by rarity", trial.weighed);
    row("plain Jaccard", trial.plain);
    println!(
        "{:18} {:5.1}  {:10.1}",
        "drawing lots", trial.chance.0, trial.chance.1
    );
}
