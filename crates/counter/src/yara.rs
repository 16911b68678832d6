//! YARA rules for files by their hashes, and by what they must hold.

use std::fmt::Write;

use daylight_model::IndicatorKind;

use crate::entry::{Chosen, Entry, SAID_MAX, day};
use crate::escape::{comment, yara as escaped};

/// A text of fewer characters stands in too many files.
const TEXT_CHARACTERS_MIN: usize = 6;
/// Larger files are not hashed by these rules.
const FILE_MEGABYTES_MAX: u32 = 200;

/// A rule for each hash, and for each text that files may hold.
#[must_use]
pub fn yara(chosen: &Chosen) -> String {
    let mut out = chosen.head("//");
    out.push_str("import \"hash\"\n");
    for entry in &chosen.entries {
        if let Some((strings, condition)) = body(entry) {
            rule(&mut out, entry, &strings, &condition, chosen);
        }
    }
    out
}

/// The strings and the condition; `None` where a file cannot show it.
fn body(entry: &Entry) -> Option<(String, String)> {
    let value = &entry.value;
    let function = match entry.kind {
        IndicatorKind::Md5 => "md5",
        IndicatorKind::Sha1 => "sha1",
        IndicatorKind::Sha256 => "sha256",
        IndicatorKind::Mutex | IndicatorKind::UserAgent | IndicatorKind::Filename => {
            // `wide` puts a zero behind each byte, which is UTF-16 for ASCII only.
            let wide = if value.is_ascii() { " wide" } else { "" };
            let strings = format!(
                "  strings:\n    $text = \"{}\" ascii{wide}\n",
                escaped(value)
            );
            let is_long = value.chars().count() >= TEXT_CHARACTERS_MIN;
            return is_long.then(|| (strings, "$text".to_owned()));
        }
        _ => return None,
    };
    let condition = format!(
        "filesize < {FILE_MEGABYTES_MAX}MB and hash.{function}(0, filesize) == \"{value}\""
    );
    Some((String::new(), condition))
}

fn rule(out: &mut String, entry: &Entry, strings: &str, condition: &str, chosen: &Chosen) {
    let id = entry.id.rsplit("--").next().unwrap_or_default();
    let _ = write!(
        out,
        "\nrule daylight_{}\n{{\n  meta:\n",
        id.replace('-', "_")
    );
    let mut meta = |key: &str, value: &str| {
        let _ = writeln!(out, "    {key} = \"{}\"", escaped(&comment(value)));
    };
    meta("id", &entry.id);
    meta("date", &day(chosen.now));
    meta("valid", &entry.until_in_words());
    for said in entry.said.iter().take(SAID_MAX) {
        meta("source", &said.line());
    }
    let _ = write!(out, "{strings}  condition:\n    {condition}\n}}\n");
}
