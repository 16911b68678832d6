//! Looks up ids and names: `cargo run -p daylight-knowledge --example lookup -- T1505.003 CVE-2021-26855 HAFNIUM`.
#![allow(clippy::print_stdout)]

use daylight_knowledge::Knowledge;

fn main() {
    let knowledge = Knowledge::embedded();
    for word in std::env::args().skip(1) {
        if let Some(technique) = knowledge.technique(&word) {
            println!(
                "{} {} ({})",
                technique.id,
                technique.name,
                technique.tactics.join(", ")
            );
            for (id, name) in knowledge.mitigations(&word) {
                println!("  mitigated by {id} {name}");
            }
        }
        if let Some(flaw) = knowledge.vulnerability(&word) {
            println!(
                "{} {} (listed by CISA on {})",
                flaw.cve, flaw.name, flaw.added
            );
        }
        for (operation, link) in knowledge.groups_linked_to(&word) {
            println!(
                "  {} links {} to “{}”: {}",
                link.by, link.group, operation.name, link.source
            );
        }
        for name in knowledge
            .names()
            .filter(|name| name.text.eq_ignore_ascii_case(&word))
        {
            let sure = if name.ambiguous { "may name" } else { "names" };
            println!(
                "{} {sure} {} ({}), by {}",
                name.text, name.canonical, name.id, name.source
            );
        }
    }
}
