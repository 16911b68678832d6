-- Layout 2: sources that are asked again and again, each with what is remembered of it, as JSON.

CREATE TABLE sources (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
