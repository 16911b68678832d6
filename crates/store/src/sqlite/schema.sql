-- Layout 1. Never changed once released; what changes is a further file.

CREATE TABLE imports (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    tlp TEXT,
    at INTEGER NOT NULL,
    finished INTEGER,
    outcome TEXT NOT NULL DEFAULT ''
) STRICT;

-- A row for each version of an object, in order of arrival; `body` is the bytes that came.
CREATE TABLE objects (
    row INTEGER PRIMARY KEY,
    import INTEGER NOT NULL REFERENCES imports (number),
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX markings ON objects (row) WHERE kind = 'marking-definition';

-- What objects are found by: id, ids they refer to, names; as numbers (see keys.rs).
CREATE TABLE keys (
    key INTEGER NOT NULL,
    role INTEGER NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (key, role, row)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE words USING fts5 (
    names, text, content = '', tokenize = 'unicode61 remove_diacritics 2'
);

-- Merge later and more at once: an import writes each word fewer times.
INSERT INTO words (words, rank) VALUES ('automerge', 8);

CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    story TEXT NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    source TEXT NOT NULL,
    at INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    title TEXT NOT NULL,
    publisher TEXT NOT NULL,
    published INTEGER,
    tlp TEXT,
    reprint_of INTEGER REFERENCES documents (number),
    sketch BLOB NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (story, version)
) STRICT;
CREATE VIRTUAL TABLE document_words USING fts5 (
    title, text, content = '', tokenize = 'unicode61 remove_diacritics 2'
);

-- `about` and `by` hold folded names, for asking.
CREATE TABLE claims (
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (number),
    id TEXT NOT NULL,
    about TEXT NOT NULL,
    by TEXT NOT NULL,
    relation TEXT NOT NULL,
    force TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX claims_document ON claims (document);

CREATE TABLE hunts (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    command TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE findings (
    hunt INTEGER NOT NULL REFERENCES hunts (number),
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (hunt, number)
) STRICT, WITHOUT ROWID;
