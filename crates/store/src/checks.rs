//! Whether what refers to something finds it, whatever the database.

/// What would be wrong, and a query that finds a row of which it is so.
pub(crate) const CHECKS: [(&str, &str); 5] = [
    (
        "objects that no import brought",
        "SELECT row FROM objects WHERE import NOT IN (SELECT number FROM imports) LIMIT 1",
    ),
    (
        "objects that are not found by any key",
        "SELECT row FROM objects EXCEPT SELECT row FROM keys WHERE role = 0 LIMIT 1",
    ),
    (
        "keys without an object",
        "SELECT row FROM keys EXCEPT SELECT row FROM objects LIMIT 1",
    ),
    (
        "claims without a document",
        "SELECT number FROM claims WHERE document NOT IN (SELECT number FROM documents) LIMIT 1",
    ),
    (
        "findings without a hunt",
        "SELECT hunt FROM findings WHERE hunt NOT IN (SELECT number FROM hunts) LIMIT 1",
    ),
];

/// Tells of a row that a check found.
pub(crate) fn wrong_row(what: &str, row: i64) -> String {
    format!("{what}, the first being number {row}")
}
