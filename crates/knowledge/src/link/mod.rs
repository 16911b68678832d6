//! What the words of a report may refer to.

impl crate::Knowledge {
    /// x
    pub fn link(&self) {}
}
