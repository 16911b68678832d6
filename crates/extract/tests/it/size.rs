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
    check("names without end", &"Acme Bank President ".repeat(50_000));
    check("flaws without a blank", &"CVE-".repeat(250_000));
    check("years without a blank", &"2020-".repeat(200_000));
    check("numbers", &"one 2 hundred ".repeat(70_000));
    check("dashes", &"early - - ".repeat(100_000));
    check("blanks", &format!("1{}", " ".repeat(1_000)).repeat(1_000));
    check("distinct words", &distinct_words(150_000));
    check("random bytes", &random(1_000_000));
    check(
        "own abbreviations",
        &"The Acme Group (AG) said no. ".repeat(20_000),
    );
    check("aliases", &"APT40, also known as Foo, Bar, ".repeat(20_000));
}

#[test]
fn letters_without_a_pattern_are_read_to_their_end() {
    let bytes = random(1_000_000);
    let letters: Vec<char> = "aeT.,\n “”\"'()[]{}-–:/\\ said that which hacked by 1"
        .chars()
        .collect();
    let text: String = bytes
        .bytes()
        .map(|byte| letters[usize::from(byte) % letters.len()])
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

/// Twice the text takes about twice the time; the best of some tries, for the machine has
/// others to serve.
#[test]
fn reading_grows_with_the_text() {
    let sentences = "Grey Pine, a group in Riga, hit 30 banks in May 2021, Acme Corp. said. ";
    let shapes = [
        sentences,
        "2020-",
        "Acme Bank ",
        "“a”, she said, ",
        "one of ",
    ];
    for shape in shapes {
        let half = shape.repeat(200_000 / shape.len());
        let whole = half.repeat(2);
        let ratios = (0..5).map(|_| seconds(&whole) / seconds(&half));
        let best = ratios.fold(f64::INFINITY, f64::min);
        assert!(best < 2.6, "{shape:?}: {best}");
    }
}

fn seconds(text: &str) -> f64 {
    let document = document(text, "Outlet", "2024-01-01");
    let start = Instant::now();
    let _reading = read(document, &Lexicon::new([]), &|_| true);
    start.elapsed().as_secs_f64()
}

/// So many words, no two the same.
fn distinct_words(count: usize) -> String {
    (0..count).map(|number| format!("w{number:x}x ")).collect()
}

/// So many bytes without a pattern, as text.
fn random(bytes: usize) -> String {
    let mut state: u64 = 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    let bytes: Vec<u8> = std::iter::repeat_with(next).take(bytes).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
