//! Prints what is read from reports: `cargo run -p daylight-report --example blocks -- PATH...`
#![allow(clippy::print_stdout, clippy::print_stderr)]

use daylight_report::{Options, read};

fn main() {
    for source in std::env::args().skip(1) {
        let document = match read(&source, &Options::default()) {
            Ok(document) => document,
            Err(error) => {
                eprintln!(
                    "{error}{}",
                    error
                        .hint()
                        .map_or_else(String::new, |hint| format!(" ({hint})"))
                );
                continue;
            }
        };
        println!("== {source} ({:?})", document.media);
        println!("title       {:?}", document.title);
        println!(
            "published   {:?} as {:?}",
            document.published.map(|at| at.to_string()),
            document.published_as_written
        );
        println!(
            "publisher   {:?}, authors {:?}",
            document.publisher, document.authors
        );
        println!("originator  {:?}", document.originator);
        println!("url         {:?}, marking {:?}", document.url, document.tlp);
        for diagnostic in &document.diagnostics {
            println!("diagnostic  {diagnostic:?}");
        }
        for block in &document.blocks {
            println!(
                "{:>6} {:?} | {}",
                block.span.start,
                block.kind,
                block.span.of(&document.text).replace('\n', "⏎")
            );
        }
    }
}
