use crate::Case;
use daylight_model::Finding;
/// The answer, for the terminal.
#[must_use]
pub fn text_summary(_case: &Case<'_>, _width: usize, _colour: bool) -> String {
    String::new()
}
/// Findings as a table, for the terminal.
#[must_use]
pub fn table(_findings: &[Finding], _colour: bool, _width: usize) -> String {
    String::new()
}
