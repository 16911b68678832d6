//! Large and hostile shapes of text: reading ends, soon, whatever they hold. A reading that
//! grows with the square of its input would take minutes here.

use std::time::{Duration, Instant};

use daylight_extract::{Lexicon, read};

use crate::gold::document;

#[track_caller]
fn check(name: &str, text: &str) {
    let start = Instant::now();
    let _reading = read(
        document(text, "Outlet", "2024-01-01"),
        &Lexicon::new([]),
        &|_| true,
    );
    let taken = start.elapsed();
    assert!(taken < Duration::from_secs(60), "{name}: {taken:?}");
}

#[test]
fn reading_is_bounded() {
    check(
        "one line",
        &"The group hit a bank in Riga on Monday. ".repeat(50_000),
    );
    check("short lines", &"The group hit a bank.\n".repeat(100_000));
    check("quotation marks", &"\"".repeat(1_000_000));
    check("commas", &",".repeat(1_000_000));
    check("open brackets", &"(".repeat(1_000_000));
    check("quotations", &"a \"b\", ".repeat(100_000));
    check("names", &"Ministry of ".repeat(50_000));
    check(
        "own abbreviations",
        &"The Acme Group (AG) said no. ".repeat(20_000),
    );
    check("aliases", &"APT40, also known as Foo, Bar, ".repeat(20_000));
}
