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

/// Text that says something in every sentence, varied so that nothing is met twice.
fn story(sentences: usize) -> String {
    let mut text = String::new();
    for number in 0..sentences {
        let end = if number % 5 == 4 { "\n\n" } else { " " };
        text.push_str(&format!(
            "The ministry said group {number}, a gang it links to Latvia, stole file {number} from \
             evil-{number}[.]example[.]com.{end}"
        ));
    }
    text
}

/// A generator of numbers that is the same in every run.
fn random_bytes(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as u8
    };
    (0..length).map(step).collect()
}

#[test]
fn random_bytes_are_read_to_their_end() {
    let bytes = random_bytes(1_000_000);
    check("bytes", &String::from_utf8_lossy(&bytes));
    let letters: Vec<char> = "aeT.,\n “”\"'()[]{}-–:/\\ said that which hacked by 1"
        .chars()
        .collect();
    let text: String = bytes
        .iter()
        .map(|&byte| letters[usize::from(byte) % letters.len()])
        .collect();
    check("letters", &text);
}

#[test]
fn long_lines_and_deep_nests_are_bounded() {
    check("one word", &"a".repeat(10_000_000));
    check("one sentence", &"the gang and ".repeat(800_000));
    check("nested quotations", &"“a ‘b \"c ".repeat(100_000));
    check("nested brackets", &"(a [b {c ".repeat(100_000));
    check(
        "relative clauses",
        &"who said that the gang which ".repeat(30_000),
    );
    check("says that says", &"who says that it says, ".repeat(12_000));
    check("no evidence", &"no evidence of no sign of ".repeat(40_000));
    check(
        "aliases",
        &"Tin Crow (called Red Elk by Acme and ".repeat(20_000),
    );
}

/// Four times the text takes about four times as long; with the square it would take sixteen
/// times. The best of several rounds, for tests run beside one another.
#[test]
fn time_grows_with_the_text() {
    let round = |text: &str| {
        let start = Instant::now();
        let document = document(text, "Outlet", "2024-01-01");
        let reading = read(document, &Lexicon::new([]), &|_| true);
        assert!(!reading.claims.is_empty());
        start.elapsed().as_secs_f64()
    };
    let (short, long) = (story(1_500), story(6_000));
    let (mut once, mut four) = (f64::MAX, f64::MAX);
    for _ in 0..3 {
        once = once.min(round(&short));
        four = four.min(round(&long));
    }
    assert!(four < once * 10.0 + 0.3, "{once} s, then {four} s");
}
