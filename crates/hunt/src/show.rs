//! Values as findings show them.

use std::borrow::Cow;

use daylight_model::{Event, Field, MatchedField, ShortText};

/// Longest value a finding shows, in bytes.
const SHOWN_BYTES_MAX: usize = 300;

/// Fields that tell people what happened, in the order they are shown.
const TELLING: &[&str] = &[
    "Image",
    "NewProcessName",
    "CommandLine",
    "ParentImage",
    "ParentProcessName",
    "ParentCommandLine",
    "User",
    "SubjectUserName",
    "TargetUserName",
    "TargetFilename",
    "TargetObject",
    "Details",
    "SourceImage",
    "TargetImage",
    "GrantedAccess",
    "ImageLoaded",
    "QueryName",
    "SourceIp",
    "DestinationIp",
    "DestinationPort",
    "IpAddress",
    "ShareName",
    "RelativeTargetName",
    "ServiceName",
    "ImagePath",
    "TaskName",
    "ScriptBlockText",
    "cs-method",
    "cs-uri-stem",
    "cs-uri-query",
    "sc-status",
    "c-ip",
    "cs(User-Agent)",
    "cs-user-agent",
    "AnchorMailbox",
    "UrlStem",
    "HttpStatus",
    "ClientIpAddress",
    "UserAgent",
    "AuthenticatedUser",
    "EventData",
    "Message",
];

/// Most fields a finding shows beside those that matched.
const CONTEXT_FIELDS_MAX: usize = 12;

/// What a finding shows of an event.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// The fields that made it match.
    pub(crate) matched: Vec<MatchedField>,
    /// Others that are telling.
    pub(crate) context: Vec<MatchedField>,
}

impl Shown {
    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        let fields = self.matched.iter().chain(&self.context);
        fields
            .map(|field| size_of_val(field) + field.field.len() + field.value.len() + 32)
            .sum()
    }
}

/// Whether a field is shown for what it tells, and before which others.
fn rank(name: &str) -> Option<usize> {
    TELLING
        .iter()
        .position(|one| one.eq_ignore_ascii_case(name))
}

/// Whether a field may be shown for what it tells.
pub(crate) fn is_telling(name: &str) -> bool {
    rank(name).is_some()
}

/// A few telling fields of an event.
pub(crate) fn context(event: &Event<'_>) -> Vec<MatchedField> {
    let fields = event.fields.iter();
    let mut telling: Vec<(usize, &Field<'_>)> = fields
        .filter_map(|field| Some((rank(&field.name)?, field)))
        .collect();
    // Stable: of fields that stand more than once, the first is shown.
    telling.sort_by_key(|(rank, _)| *rank);
    telling.dedup_by_key(|(rank, _)| *rank);
    let shown = telling.into_iter().filter_map(|(rank, field)| {
        let text = field.value.as_text();
        (!text.is_empty() && text != "-").then(|| MatchedField {
            field: TELLING.get(rank).copied().unwrap_or_default().into(),
            value: around(text, 0),
        })
    });
    shown.take(CONTEXT_FIELDS_MAX).collect()
}

/// The text of an event, else its first fields.
pub(crate) fn anything(event: &Event<'_>) -> Vec<MatchedField> {
    let shown = |name: &str, text: Cow<'_, str>| MatchedField {
        field: name.into(),
        value: around(text, 0),
    };
    if let Some(text) = &event.text {
        return vec![shown("keywords", Cow::Borrowed(text))];
    }
    let fields = event.fields.iter().filter_map(|field| {
        let text = field.value.as_text();
        (!text.is_empty() && text != "-").then(|| shown(&field.name, text))
    });
    fields.take(CONTEXT_FIELDS_MAX).collect()
}

/// The part of a text around a place; the place is a byte offset that need not fit.
pub(crate) fn around(text: Cow<'_, str>, at: usize) -> ShortText {
    if text.len() <= SHOWN_BYTES_MAX {
        return text.into();
    }
    let start = text.floor_char_boundary(at.saturating_sub(SHOWN_BYTES_MAX / 3));
    let end = text.floor_char_boundary(start.saturating_add(SHOWN_BYTES_MAX).min(text.len()));
    let part = text.get(start..end).unwrap_or_default();
    let before = if start > 0 { "…" } else { "" };
    let after = if end < text.len() { "…" } else { "" };
    [before, part, after].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_at_characters() {
        let long = "ä".repeat(400);
        for at in [0, 1, 399, 400, 799, 800, 5_000] {
            let shown = around(Cow::Borrowed(&long), at);
            assert!(shown.trim_matches('…').chars().all(|c| c == 'ä'), "{at}");
            assert!(shown.len() <= SHOWN_BYTES_MAX + 6, "{at}");
        }
        assert_eq!(around("short".into(), 3), "short");
    }
}
