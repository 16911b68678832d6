use daylight_model::{Link, Reading};
/// What one report says, for the terminal.
#[must_use]
pub fn reading_text(_reading: &Reading, _links: &[Link], _width: usize, _colour: bool) -> String {
    String::new()
}
