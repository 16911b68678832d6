-- Layout 1. Never changed once released; what changes is a further file.
--
-- What others wrote is BYTEA: PostgreSQL's texts hold no NUL and are compared by the language of
-- the server. JSON is TEXT, for NUL is escaped in it.

-- Says that the schema holds a store, and in which layout.
CREATE TABLE daylight (layout BIGINT NOT NULL);

CREATE TABLE imports (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source BYTEA NOT NULL,
    kind TEXT NOT NULL,
    tlp TEXT,
    at BIGINT NOT NULL,
    finished BIGINT,
    outcome TEXT NOT NULL DEFAULT ''
);

-- A row for each version of an object, in order of arrival; `body` is the bytes that came.
-- `words` is what it is searched by, and NULL where that is more than PostgreSQL takes.
CREATE TABLE objects (
    row BIGINT PRIMARY KEY,
    import BIGINT NOT NULL,
    version BIGINT NOT NULL,
    kind BYTEA NOT NULL,
    id BYTEA NOT NULL,
    body BYTEA NOT NULL,
    words TSVECTOR
);
CREATE INDEX objects_markings ON objects (row) WHERE kind = 'marking-definition'::bytea;
CREATE INDEX objects_words ON objects USING gin (words);
CREATE INDEX objects_wordy ON objects (row) WHERE words IS NULL;

-- What objects are found by: id, ids they refer to, names; as numbers (see keys.rs).
CREATE TABLE keys (
    key BIGINT NOT NULL,
    role BIGINT NOT NULL,
    row BIGINT NOT NULL,
    PRIMARY KEY (key, role, row)
);

CREATE TABLE documents (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    story BYTEA NOT NULL,
    version BIGINT NOT NULL,
    id BYTEA NOT NULL,
    sha256 BYTEA NOT NULL,
    source BYTEA NOT NULL,
    at BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    title BYTEA NOT NULL,
    publisher BYTEA NOT NULL,
    published BIGINT,
    tlp TEXT,
    reprint_of BIGINT REFERENCES documents (number),
    originator BYTEA,
    sketch BYTEA NOT NULL,
    body TEXT NOT NULL,
    words TSVECTOR
);
-- An address may be longer than an index takes.
CREATE UNIQUE INDEX documents_story ON documents (sha256(story), version);
CREATE INDEX documents_words ON documents USING gin (words);

-- `about` and `by` hold folded names, for asking.
CREATE TABLE claims (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document BIGINT NOT NULL REFERENCES documents (number),
    id BYTEA NOT NULL,
    about BYTEA NOT NULL,
    by BYTEA NOT NULL,
    relation TEXT NOT NULL,
    force TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX claims_document ON claims (document);

CREATE TABLE hunts (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    command BYTEA NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE findings (
    hunt BIGINT NOT NULL REFERENCES hunts (number),
    number BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (hunt, number)
);

-- Sources that are asked again and again, each with what is remembered of it, as JSON.
CREATE TABLE sources (
    name BYTEA PRIMARY KEY,
    body TEXT NOT NULL
);
