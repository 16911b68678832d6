//! Undoing the ways in which reports make addresses unclickable.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::lists;

/// Text with defanged marks replaced, and the way back to where each stood.
pub(super) struct Refanged<'a> {
    pub(super) text: Cow<'a, str>,
    edits: Vec<Edit>,
}

/// One replaced mark.
struct Edit {
    /// Where the replacement starts in the new text, and its length.
    at: usize,
    len: usize,
    /// What it replaces in the original text.
    from: usize,
    to: usize,
}

impl Refanged<'_> {
    /// Where a span that starts here starts in the original.
    pub(super) fn original_start(&self, offset: usize) -> usize {
        let after = self.edits.partition_point(|edit| edit.at <= offset);
        match after.checked_sub(1).and_then(|last| self.edits.get(last)) {
            None => offset,
            Some(edit) if offset < edit.at + edit.len => edit.from,
            Some(edit) => edit.to + (offset - edit.at - edit.len),
        }
    }

    /// Where a span that ends here ends in the original.
    pub(super) fn original_end(&self, offset: usize) -> usize {
        let after = self.edits.partition_point(|edit| edit.at < offset);
        match after.checked_sub(1).and_then(|last| self.edits.get(last)) {
            None => offset,
            Some(edit) if offset <= edit.at + edit.len => edit.to,
            Some(edit) => edit.to + (offset - edit.at - edit.len),
        }
    }

    /// Whether anything in the span was replaced.
    pub(super) fn is_defanged(&self, start: usize, end: usize) -> bool {
        let first = self.edits.partition_point(|edit| edit.at < start);
        self.edits.get(first).is_some_and(|edit| edit.at < end)
    }
}

/// Marks and what they stand for. Brackets that miss one side are common slips.
const MARKS: &[(&str, &str)] = &[
    ("[.]", "."),
    ("(.)", "."),
    ("[,]", "."),
    ("[ . ]", "."),
    ("( . )", "."),
    ("[ dot ]", "."),
    ("( dot )", "."),
    ("[ at ]", "@"),
    ("( at )", "@"),
    ("&#46;", "."),
    ("\u{3002}", "."),
    ("\u{2010}", "-"),
    ("\u{2011}", "-"),
    ("{.}", "."),
    ("<.>", "."),
    ("[.", "."),
    (".]", "."),
    ("\\.", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("<dot>", "."),
    ("[d0t]", "."),
    (" dot ", "."),
    ("[at]", "@"),
    ("(at)", "@"),
    ("{at}", "@"),
    ("<at>", "@"),
    ("[@]", "@"),
    ("(@)", "@"),
    (" at ", "@"),
    ("[://]", "://"),
    ("[:]//", "://"),
    ("(:)//", "://"),
    ("[:]", ":"),
    ("(:)", ":"),
    ("[//]", "//"),
    ("[/]", "/"),
    ("hxxp", "http"),
    ("hxtp", "http"),
    ("htxp", "http"),
    ("h**p", "http"),
    ("hxxxp", "http"),
    ("fxp", "ftp"),
    ("meow", "http"),
    ("hzzp", "http"),
    ("h[xx]p", "http"),
    ("h[tt]p", "http"),
    ("h__p", "http"),
    ("h--p", "http"),
    ("[s]://", "s://"),
    ("(s)://", "s://"),
];

static MATCHER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(MARKS.iter().map(|(mark, _)| mark))
        .expect("a short constant list of marks")
});

/// Replaces the marks in `text`; borrowed unchanged where there are none.
pub(super) fn refang(text: &str) -> Refanged<'_> {
    let mut edits = Vec::<Edit>::new();
    let mut out = String::new();
    let mut copied = 0;
    for found in MATCHER.find_iter(text) {
        let Some(&(mark, replacement)) = MARKS.get(found.pattern().as_usize()) else {
            continue;
        };
        let before = text.get(..found.start()).unwrap_or_default();
        let after = text.get(found.end()..).unwrap_or_default();
        let Some((left, right)) = accept(mark, before, after, edits.last()) else {
            continue;
        };
        let (from, to) = (found.start() - left, found.end() + right);
        if from < copied {
            continue;
        }
        out.push_str(text.get(copied..from).unwrap_or_default());
        edits.push(Edit {
            at: out.len(),
            len: replacement.len(),
            from,
            to,
        });
        out.push_str(replacement);
        copied = to;
    }
    if edits.is_empty() {
        return Refanged {
            text: Cow::Borrowed(text),
            edits,
        };
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Refanged {
        text: Cow::Owned(out),
        edits,
    }
}

/// Whether a mark between these neighbours is a defanged one, and how many blanks on its left
/// and right belong to it.
fn accept(mark: &str, before: &str, after: &str, last: Option<&Edit>) -> Option<(usize, usize)> {
    let ends_word = |text: &str| text.bytes().next_back().is_some_and(is_host_byte);
    let starts_word = |text: &str| text.bytes().next().is_some_and(is_host_byte);
    match mark {
        "[." | ".]" => (ends_word(before) && starts_word(after)).then_some((0, 0)),
        "\\." => (starts_word(after) && is_escaped_host(before, after)).then_some((0, 0)),
        " dot " => spoken_dot(before, after, last).then_some((0, 0)),
        " at " => spoken_at(before, after).then_some((0, 0)),
        "[:]" | "(:)" | "[/]" | "[//]" | "[://]" | "[:]//" | "(:)//" => Some((0, 0)),
        "[s]://" | "(s)://" => before
            .to_ascii_lowercase_tail(4)
            .ends_with('p')
            .then_some((0, 0)),
        "\u{2010}" | "\u{2011}" => (ends_word(before) && is_inside_host(after)).then_some((0, 0)),
        "\u{3002}" => (ends_word(before) && is_ascii_tld(after)).then_some((0, 0)),
        "meow" => scheme_follows(after).then_some((0, 0)),
        _ if mark.ends_with('p') => scheme_follows(after).then_some((0, 0)),
        // A bracketed dot or at sign: one blank on either side belongs to the habit.
        _ => {
            let left = usize::from(before.ends_with(' '));
            let right = usize::from(after.starts_with(' '));
            let left_word = ends_word(before.get(..before.len() - left).unwrap_or_default());
            let right_word = starts_word(after.get(right..).unwrap_or_default());
            if left_word && right_word {
                return Some((left, right));
            }
            (ends_word(before) || starts_word(after)).then_some((0, 0))
        }
    }
}

/// The last bytes of a text in lower case.
pub(super) trait LowercaseTail {
    fn to_ascii_lowercase_tail(&self, bytes: usize) -> String;
}

impl LowercaseTail for str {
    fn to_ascii_lowercase_tail(&self, bytes: usize) -> String {
        let start = (self.len().saturating_sub(bytes)..=self.len())
            .find(|&start| self.is_char_boundary(start))
            .unwrap_or(self.len());
        self.get(start..).unwrap_or_default().to_ascii_lowercase()
    }
}

const fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte >= 0x80
}

/// `hxxp` is a scheme only where the rest of one follows: `s`, then a colon in some dress.
fn scheme_follows(after: &str) -> bool {
    let rest = after.strip_prefix(['s', 'S']).unwrap_or(after);
    rest.starts_with(':')
        || rest.starts_with("[:")
        || rest.starts_with("(:")
        || rest.starts_with("[s]:")
}

/// Whether a label goes on to a defanged dot, or to one of the commonest endings: the hyphen
/// before it stands in a host name, and not in "state‑sponsored".
fn is_inside_host(after: &str) -> bool {
    let label = head_label(after);
    let rest = after.get(label.len()..).unwrap_or_default();
    let dotted = ["[.", "(.", "{.", "[dot", "(dot"]
        .iter()
        .any(|mark| rest.starts_with(mark));
    let ending = rest.strip_prefix('.').map(head_label).unwrap_or_default();
    !label.is_empty() && (dotted || matches!(ending, "com" | "net" | "org" | "info" | "ru"))
}

/// Whether a label in ASCII that can end a host name follows an ideographic full stop, or
/// one behind which another such stop stands.
fn is_ascii_tld(after: &str) -> bool {
    let label = head_label(after);
    let rest = after.get(label.len()..).unwrap_or_default();
    let goes_on = !label.is_empty() && rest.starts_with('\u{3002}');
    goes_on || lists::is_known_tld(label) && !rest.starts_with(char::is_alphanumeric)
}

/// `evil\.example` in a pattern, but not `C:\Users\.ssh`: a backslash before the label or after
/// the next one says that it is a path.
fn is_escaped_host(before: &str, after: &str) -> bool {
    let label = before
        .bytes()
        .rev()
        .take(64)
        .take_while(|&byte| is_host_byte(byte))
        .count();
    let previous = before
        .len()
        .checked_sub(label + 1)
        .and_then(|at| before.as_bytes().get(at));
    let next = after.bytes().take(64).find(|&byte| !is_host_byte(byte));
    let in_path = |byte: Option<u8>| matches!(byte, Some(b'\\' | b':' | b'/'));
    let escaped_again = next == Some(b'\\')
        && after
            .get(
                after
                    .bytes()
                    .take(64)
                    .take_while(|&byte| is_host_byte(byte))
                    .count()..,
            )
            .is_some_and(|rest| rest.starts_with("\\."));
    label > 0 && !in_path(previous.copied()) && (next != Some(b'\\') || escaped_again)
}

/// `name at mail3 dot example dot com`: a spoken dot counts only after a spoken at sign or
/// another spoken dot, or after a label no English word looks like.
fn spoken_dot(before: &str, after: &str, last: Option<&Edit>) -> bool {
    let label = tail_label(before);
    let next: &str = head_label(after);
    if label.is_empty() || next.is_empty() {
        return false;
    }
    let chained = last.is_some_and(|edit| edit.to + label.len() == before.len());
    let odd = label
        .bytes()
        .any(|byte| byte.is_ascii_digit() || byte == b'-');
    let goes_on = after
        .get(next.len()..)
        .is_some_and(|rest| rest.starts_with(" dot "));
    chained || (odd && (goes_on || lists::is_known_tld(&next.to_ascii_lowercase())))
}

/// `name at host dot tld`.
fn spoken_at(before: &str, after: &str) -> bool {
    let host = head_label(after);
    let rest = after.get(host.len()..).unwrap_or_default();
    !tail_label(before).is_empty()
        && !host.is_empty()
        && rest
            .strip_prefix(" dot ")
            .map(|tld| head_label(tld).to_ascii_lowercase())
            .is_some_and(|tld| lists::is_known_tld(&tld) && !lists::is_word_like_tld(&tld))
}

fn head_label(text: &str) -> &str {
    let len = text
        .bytes()
        .take(64)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        .count();
    text.get(..len).unwrap_or_default()
}

fn tail_label(text: &str) -> &str {
    let len = text
        .bytes()
        .rev()
        .take(64)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        .count();
    text.get(text.len() - len..).unwrap_or_default()
}
