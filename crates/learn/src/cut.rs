//! Cuts a text into words and marks.

use std::ops::Range;

/// Where the words and marks of a text stand, in bytes.
///
/// Space parts words. Marks around a word are words of their own, one each; marks inside
/// ("evil[.]example", "CVE-2017-0199", `C:\Windows`) stay, but for a hyphen or slash between
/// letters ("state-sponsored"), and a possessor's "'s" is cut off. The result is the same
/// whether marks were written apart or not, so that texts of both habits teach one model.
#[must_use]
pub fn cut(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    while let Some(start) = text[at..]
        .find(|c: char| !c.is_whitespace())
        .map(|n| at + n)
    {
        let length = text[start..].find(char::is_whitespace);
        at = length.map_or(text.len(), |length| start + length);
        chunk(text, start..at, &mut words);
    }
    words
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The words of a run without space.
fn chunk(text: &str, run: Range<usize>, words: &mut Vec<Range<usize>>) {
    let whole = &text[run.clone()];
    let Some(first) = whole.find(is_word) else {
        marks(text, run, words);
        return;
    };
    let last = whole.rfind(is_word).unwrap_or(first);
    let mut end = last + whole[last..].chars().next().map_or(1, char::len_utf8);
    if whole[end..].starts_with('.') && is_initialism(&whole[first..end]) {
        end += 1;
    }
    marks(text, run.start..run.start + first, words);
    core(text, run.start + first..run.start + end, words);
    marks(text, run.start + end..run.end, words);
}

/// Each mark by itself.
fn marks(text: &str, run: Range<usize>, words: &mut Vec<Range<usize>>) {
    for (at, mark) in text[run.clone()].char_indices() {
        words.push(run.start + at..run.start + at + mark.len_utf8());
    }
}

/// What is left of a run without the marks around it.
fn core(text: &str, run: Range<usize>, words: &mut Vec<Range<usize>>) {
    let whole = &text[run.clone()];
    let possessor = ["'s", "’s", "'S"]
        .iter()
        .find(|end| whole.len() > end.len() && whole.ends_with(**end));
    let stem = run.end - possessor.map_or(0, |end| end.len());
    parts(text, run.start..stem, words);
    if possessor.is_some() {
        words.push(stem..run.end);
    }
}

/// "state-sponsored" in three, unless it is an address or a path.
fn parts(text: &str, run: Range<usize>, words: &mut Vec<Range<usize>>) {
    let whole = &text[run.clone()];
    if whole.contains("://") || whole.contains('\\') || whole.contains('@') {
        words.push(run);
        return;
    }
    let mut start = 0;
    for (at, mark) in whole.char_indices() {
        if !matches!(
            mark,
            '-' | '‐' | '‑' | '–' | '—' | '/' | ',' | ')' | '(' | '"' | '”' | ';'
        ) {
            continue;
        }
        let after = at + mark.len_utf8();
        let before = whole[..at].chars().next_back();
        let parted = before.is_some_and(char::is_alphabetic)
            && whole[after..].starts_with(char::is_alphabetic);
        if parted && start < at {
            words.push(run.start + start..run.start + at);
            words.push(run.start + at..run.start + after);
            start = after;
        }
    }
    words.push(run.start + start..run.end);
}

/// Whether a word is one like "U.S" whose last stop belongs to it.
fn is_initialism(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.chars().count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &[&str]) {
        let found: Vec<&str> = cut(input).into_iter().map(|at| &input[at]).collect();
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn marks_stand_alone_around_words_and_stay_inside() {
        check("(MSS), said.", &["(", "MSS", ")", ",", "said", "."]);
        check("see evil[.]example now", &["see", "evil[.]example", "now"]);
        check(
            "CVE-2017-0199, C:\\Windows\\a.exe",
            &["CVE-2017-0199", ",", "C:\\Windows\\a.exe"],
        );
        check("hxxp://a-b.example/c-d", &["hxxp://a-b.example/c-d"]);
        check("...", &[".", ".", "."]);
        check("", &[]);
    }

    #[test]
    fn words_of_several_parts_are_cut() {
        check("state-sponsored", &["state", "-", "sponsored"]);
        check("China’s U.S. firms", &["China", "’s", "U.S.", "firms"]);
        check("and/or", &["and", "/", "or"]);
        check("10,000-strong", &["10,000-strong"]);
    }

    #[test]
    fn marks_written_apart_or_not_give_the_same_words() {
        let words = |text: &'static str| -> Vec<&str> {
            cut(text).into_iter().map(|at| &text[at]).collect()
        };
        assert_eq!(
            words("The group ( APT1 ) , too ."),
            words("The group (APT1), too.")
        );
    }
}
