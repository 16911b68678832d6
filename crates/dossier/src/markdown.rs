use crate::Case;
/// The dossier as Markdown.
#[must_use]
pub fn markdown(_case: &Case<'_>) -> String {
    String::new()
}
