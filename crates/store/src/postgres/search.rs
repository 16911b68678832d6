//! Full-text search that finds what SQLite's finds.
//!
//! Texts are cut into words here, not by PostgreSQL, whose parser takes hosts, addresses and
//! numbers for words of their own and whose dictionaries drop words. The index says in which
//! rows words stand, but not where: PostgreSQL keeps 256 places of a word at most, which a list
//! of addresses soon passes. That the parts of `evil.example` follow one another is looked up in
//! the text itself.

use ::postgres::types::private::BytesMut;
use ::postgres::types::{IsNull, ToSql, Type, accepts, to_sql_checked};
use ::postgres::{Client, Row};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::limit;
use crate::Error;
use crate::words::asked;

/// Bytes of a word that are looked at; PostgreSQL takes no longer ones.
const WORD_BYTES_MAX: usize = 2_046;
/// Bytes of all words together that PostgreSQL takes.
const WORDS_BYTES_MAX: usize = (1 << 20) - 1;

/// The words of a text: letters and digits, without case and accents.
fn words_of(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let letters = text
        .chars()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| !is_combining_mark(*c));
    for letter in letters.chain([' ']) {
        if letter.is_alphanumeric() {
            if word.len() + letter.len_utf8() <= WORD_BYTES_MAX {
                word.push(letter);
            }
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    words
}

/// The words of texts, as a `tsvector` is sent.
#[derive(Debug)]
pub(super) struct Vector(Vec<u8>);

impl Vector {
    /// `None`, where the words are more than PostgreSQL takes.
    pub(super) fn of(texts: &[&str]) -> Option<Self> {
        let mut words: Vec<String> = texts.iter().flat_map(|text| words_of(text)).collect();
        words.sort_unstable();
        words.dedup();
        let length: usize = words.iter().map(String::len).sum();
        if length > WORDS_BYTES_MAX {
            return None;
        }
        let count = i32::try_from(words.len()).ok()?;
        let mut bytes = Vec::with_capacity(4 + length + 3 * words.len());
        bytes.extend_from_slice(&count.to_be_bytes());
        for word in words {
            bytes.extend_from_slice(word.as_bytes());
            // It ends here, and its places are none.
            bytes.extend_from_slice(&[0, 0, 0]);
        }
        Some(Self(bytes))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl ToSql for Vector {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    accepts!(TS_VECTOR);
    to_sql_checked!();
}

/// Words that must follow one another.
struct Phrase {
    words: Vec<String>,
    /// Whatever begins as the last word does will do.
    begins: bool,
}

impl Phrase {
    fn stands_in(&self, text: &[String]) -> bool {
        let Some((last, first)) = self.words.split_last() else {
            return true;
        };
        text.windows(self.words.len()).any(|part| {
            let (end, start) = (&part[first.len()], &part[..first.len()]);
            let ends_so = if self.begins {
                end.starts_with(last)
            } else {
                end == last
            };
            ends_so && start == first
        })
    }
}

/// What is searched for.
struct Question(Vec<Phrase>);

impl Question {
    /// `None`, where nothing is asked for.
    fn new(question: &str) -> Option<Self> {
        let phrase = |asked: crate::words::Asked<'_>| Phrase {
            words: words_of(asked.text),
            begins: asked.begins,
        };
        let mut phrases: Vec<Phrase> = asked(question).map(phrase).collect();
        phrases.retain(|phrase| !phrase.words.is_empty());
        (!phrases.is_empty()).then_some(Self(phrases))
    }

    /// What the index is asked. Words hold no signs that would mean anything there.
    fn query(&self) -> String {
        let mut words = Vec::new();
        for phrase in &self.0 {
            words.extend(phrase.words.iter().map(|word| format!("'{word}'")));
            if let (true, Some(last)) = (phrase.begins, words.last_mut()) {
                last.push_str(":*");
            }
        }
        words.join(" & ")
    }

    /// Whether the index alone can answer.
    fn is_of_single_words(&self) -> bool {
        self.0.iter().all(|phrase| phrase.words.len() == 1)
    }

    /// Whether each phrase stands in one of the texts.
    fn stands_in(&self, texts: &[String]) -> bool {
        let texts: Vec<Vec<String>> = texts.iter().map(|text| words_of(text)).collect();
        let stands = |phrase: &Phrase| texts.iter().any(|text| phrase.stands_in(text));
        self.0.iter().all(stands)
    }
}

/// What is searched.
pub(super) struct Searched {
    pub(super) table: &'static str,
    /// Its number, in order of arrival.
    pub(super) number: &'static str,
    pub(super) columns: &'static str,
}

/// Of the latest rows each is looked at, before the index is asked for the others. A word that
/// half of all rows hold is found in these at once; the index would give half of all rows, to
/// be sorted.
const RECENT_ROWS: i64 = 4_000;
/// Rows that are fetched at once.
pub(super) const PAGE_ROWS: i32 = 500;

impl Searched {
    /// What holds the words, the latest first. `texts` are those in which a row's words stand.
    pub(super) fn search<T>(
        &self,
        client: &mut Client,
        question: &str,
        count: usize,
        read: impl Fn(&Row) -> Result<T, Error>,
        texts: impl Fn(&T) -> Result<Vec<String>, Error>,
    ) -> Result<Vec<T>, Error> {
        let Some(question) = Question::new(question).filter(|_| count > 0) else {
            return Ok(Vec::new());
        };
        let is_exact = question.is_of_single_words();
        let limit = limit(if is_exact { count } else { usize::MAX });
        let mut transaction = client.transaction()?;
        let last = format!(
            "SELECT coalesce(max({}), 0) FROM {}",
            self.number, self.table
        );
        let recent: i64 = transaction.query_one(&last, &[])?.try_get(0)?;
        let recent = recent - RECENT_ROWS;
        let mut found = Vec::new();
        let query = question.query();
        let asked: [&(dyn ToSql + Sync); 3] = [&recent, &query, &limit];
        for (statement, asked) in [
            (self.among_recent(), &asked[..2]),
            (self.among_older(), &asked[..]),
        ] {
            let portal = transaction.bind(&statement, asked)?;
            loop {
                let rows = transaction.query_portal(&portal, PAGE_ROWS)?;
                for row in &rows {
                    let is_indexed: bool = row.try_get("is_indexed")?;
                    let one = read(row)?;
                    if (is_exact && is_indexed) || question.stands_in(&texts(&one)?) {
                        found.push(one);
                    }
                    if found.len() == count {
                        return Ok(found);
                    }
                }
                if rows.len() < PAGE_ROWS as usize {
                    break;
                }
            }
        }
        Ok(found)
    }

    fn among_recent(&self) -> String {
        let Self {
            table,
            number,
            columns,
        } = self;
        format!(
            "SELECT {columns}, words IS NOT NULL AS is_indexed FROM {table}
             WHERE {number} > $1 AND (words @@ $2::text::tsquery OR words IS NULL)
             ORDER BY {number} DESC"
        )
    }

    /// In two steps, or PostgreSQL may go through all rows from the last on, in the hope that
    /// there will soon be enough.
    fn among_older(&self) -> String {
        let Self {
            table,
            number,
            columns,
        } = self;
        format!(
            "WITH hits AS MATERIALIZED (SELECT {number} AS hit FROM {table}
                 WHERE {number} <= $1 AND words @@ $2::text::tsquery)
             SELECT {columns}, words IS NOT NULL AS is_indexed
             FROM ((SELECT hit FROM hits ORDER BY hit DESC LIMIT $3)
                 UNION ALL SELECT {number} FROM {table} WHERE {number} <= $1 AND words IS NULL) AS it
             JOIN {table} ON {number} = hit ORDER BY hit DESC"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_phrases() {
        assert_eq!(
            words_of("Größe, C2.Évil-e\u{301}\u{0}x"),
            [
                "größe"
                    .nfd()
                    .filter(|c| !is_combining_mark(*c))
                    .collect::<String>(),
                "c2".into(),
                "evil".into(),
                "e".into(),
                "x".into()
            ]
        );
        let check = |question: &str, query: &str, text: &str, expected: bool| {
            let question = Question::new(question).unwrap();
            assert_eq!(question.query(), query);
            assert_eq!(
                question.stands_in(&[text.to_owned(), "other".into()]),
                expected
            );
        };
        check(
            "evil.example",
            "'evil' & 'example'",
            "of evil example",
            true,
        );
        check(
            "evil.example",
            "'evil' & 'example'",
            "example of evil",
            false,
        );
        check(
            "other evil-ex* ",
            "'other' & 'evil' & 'ex':*",
            "evil example",
            true,
        );
        assert!(Question::new("' & | :*").is_none());
        assert!(
            Vector::of(&["x".repeat(3_000).as_str()])
                .unwrap()
                .as_bytes()
                .len()
                < 2_060
        );
        let many: String = (0..200_000).map(|number| format!("w{number} ")).collect();
        assert!(Vector::of(&[&many]).is_none());
    }
}
