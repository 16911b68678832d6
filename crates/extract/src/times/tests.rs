use super::*;

/// A Monday.
const PUBLISHED: &str = "2021-07-19T11:54:41Z";

/// Checks expressions in order, written `words = start..end`; `?` where there is no interval,
/// an empty side where it is open.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    check_at(text, Some(PUBLISHED.parse().unwrap()), expected);
}

#[track_caller]
fn check_at(text: &str, published: Option<Timestamp>, expected: &[&str]) {
    let side = |at: Option<Timestamp>| {
        at.map_or(String::new(), |at| at.to_string().replace("T00:00:00Z", ""))
    };
    let found = times(text, Span::new(0, text.len()), published);
    let read: Vec<String> = found
        .iter()
        .map(|one| {
            let meaning = one.interval.map_or("?".to_owned(), |i| {
                format!("{}..{}", side(i.start), side(i.end))
            });
            format!("{} = {meaning}", one.text)
        })
        .collect();
    assert_eq!(read, expected, "in {text:?}");
    for one in found {
        assert_eq!(one.span.of(text), one.text, "in {text:?}");
    }
}

#[test]
fn absolute() {
    check(
        "It was July 19, 2021.",
        &["July 19, 2021 = 2021-07-19..2021-07-20"],
    );
    check(
        "on 19 July 2021, on the 3rd of May 2020",
        &[
            "on 19 July 2021 = 2021-07-19..2021-07-20",
            "on the 3rd of May 2020 = 2020-05-03..2020-05-04",
        ],
    );
    check(
        "2021-07-19 and 2021-07-19T08:00:00+02:00 and 2021-07-19 08:15 UTC",
        &[
            "2021-07-19 = 2021-07-19..2021-07-20",
            "2021-07-19T08:00:00+02:00 = 2021-07-19T06:00:00Z..2021-07-19T06:00:01Z",
            "2021-07-19 08:15 UTC = 2021-07-19T08:15:00Z..2021-07-19T08:16:00Z",
        ],
    );
    check(
        "in March 2021; Sept. 2020",
        &[
            "in March 2021 = 2021-03-01..2021-04-01",
            "Sept. 2020 = 2020-09-01..2020-10-01",
        ],
    );
    check("in 2020", &["in 2020 = 2020-01-01..2021-01-01"]);
    check(
        "Q1 2021, the second half of 2020",
        &[
            "Q1 2021 = 2021-01-01..2021-04-01",
            "the second half of 2020 = 2020-07-01..2021-01-01",
        ],
    );
    check(
        "mid-2020, late January 2021 and early 2021",
        &[
            "mid-2020 = 2020-05-01..2020-09-01",
            "late January 2021 = 2021-01-21..2021-02-01",
            "early 2021 = 2021-01-01..2021-05-01",
        ],
    );
    check(
        "Monday, July 19, 2021",
        &["Monday, July 19, 2021 = 2021-07-19..2021-07-20"],
    );
}

#[test]
fn stretches() {
    check(
        "between 2011 and 2018",
        &["between 2011 and 2018 = 2011-01-01..2019-01-01"],
    );
    check(
        "from 2011 to 2018",
        &["from 2011 to 2018 = 2011-01-01..2019-01-01"],
    );
    check(
        "active 2011-2018, 2011–2018",
        &[
            "2011-2018 = 2011-01-01..2019-01-01",
            "2011–2018 = 2011-01-01..2019-01-01",
        ],
    );
    check(
        "between November and March",
        &["between November and March = 2020-11-01..2021-04-01"],
    );
    check(
        "from January 3 to March 2, 2021",
        &["from January 3 to March 2, 2021 = 2021-01-03..2021-03-03"],
    );
    check(
        "since at least 2009",
        &["since at least 2009 = 2009-01-01..2021-07-19T11:54:41Z"],
    );
    check(
        "since March",
        &["since March = 2021-03-01..2021-07-19T11:54:41Z"],
    );
    check(
        "until the end of March",
        &["until the end of March = ..2021-04-01"],
    );
    check(
        "by June 2021, before 2020, after March 2, 2021",
        &[
            "by June 2021 = ..2021-07-01",
            "before 2020 = ..2020-01-01",
            "after March 2, 2021 = 2021-03-03..",
        ],
    );
    check_at("since 2009", None, &["since 2009 = 2009-01-01.."]);
}

#[test]
fn a_year_written_once() {
    check(
        "between June and November 2016",
        &["between June and November 2016 = 2016-06-01..2016-12-01"],
    );
    check(
        "from July 3 to August 2, 2019",
        &["from July 3 to August 2, 2019 = 2019-07-03..2019-08-03"],
    );
}

#[test]
fn relative() {
    check(
        "today, yesterday",
        &[
            "today = 2021-07-19..2021-07-20",
            "yesterday = 2021-07-18..2021-07-19",
        ],
    );
    check("on Monday", &["on Monday = 2021-07-19..2021-07-20"]);
    check("on Friday", &["on Friday = 2021-07-16..2021-07-17"]);
    check("last Monday", &["last Monday = 2021-07-12..2021-07-13"]);
    check("last week", &["last week = 2021-07-12..2021-07-19"]);
    check("last month", &["last month = 2021-06-01..2021-07-01"]);
    check("last year", &["last year = 2020-01-01..2021-01-01"]);
    check("this year", &["this year = 2021-01-01..2022-01-01"]);
    check(
        "earlier this year",
        &["earlier this year = 2021-01-01..2021-07-19T11:54:41Z"],
    );
    check(
        "earlier this month",
        &["earlier this month = 2021-07-01..2021-07-19T11:54:41Z"],
    );
    check(
        "later this year",
        &["later this year = 2021-07-19T11:54:41Z..2022-01-01"],
    );
    check(
        "in recent months",
        &["in recent months = ..2021-07-19T11:54:41Z"],
    );
    check("two weeks ago", &["two weeks ago = 2021-07-05..2021-07-12"]);
    check("a year ago", &["a year ago = 2020-01-01..2021-01-01"]);
    check(
        "last March and last July",
        &[
            "last March = 2021-03-01..2021-04-01",
            "last July = 2020-07-01..2020-08-01",
        ],
    );
    check(
        "in the past two months",
        &["in the past two months = 2021-05-19T11:54:41Z..2021-07-19T11:54:41Z"],
    );
    check("several weeks ago", &["several weeks ago = ?"]);
    check(
        "on March 2 and in December",
        &[
            "on March 2 = 2021-03-02..2021-03-03",
            "in December = 2020-12-01..2021-01-01",
        ],
    );
    check_at(
        "on Monday and earlier this year",
        None,
        &["on Monday = ?", "earlier this year = ?"],
    );
}

#[test]
fn near_misses() {
    for text in [
        "They may march on",
        "May we",
        "March on!",
        "CVE-2021-26855",
        "in version 2020.1.4",
        "24/7",
        "the second wave",
        "Windows Server 2019",
        "Exchange 2016",
        "a 2021 report",
        "May Act",
        "build 2021-26855",
        "$2020",
        "port 2021",
        "x2020",
        "ISO 27001",
        "https://example.com/2021/07/19/story",
        "march 2",
        "this way",
        "Office 2019",
    ] {
        check(text, &[]);
    }
    check("in May, they may", &["in May = 2021-05-01..2021-06-01"]);
}

#[test]
fn spans_are_into_the_whole_text() {
    let text = "é in 2019, in 2020";
    let found = times(text, Span::new(10, text.len()), None);
    assert_eq!(
        found
            .iter()
            .map(|one| one.span.of(text))
            .collect::<Vec<_>>(),
        ["in 2020"]
    );
}

/// The ends of the calendar are no reason to stop.
#[test]
fn extreme_publication_times() {
    let text = "today, tomorrow, yesterday, earlier this year, last decade, 999 years ago, on Monday, next Friday, in May";
    for published in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
        assert!(!times(text, Span::new(0, text.len()), Some(published)).is_empty());
    }
}

/// Patterns are tried around their cues alone; that must miss nothing.
#[test]
fn cues_miss_nothing() {
    let texts = [
        "since 2019-03-05T10:11:12Z, on Monday, the March 3rd, 2021, or 5 of May 1999",
        "by the end of the year in March of 2019, Q3 of 2020, the third quarter of 2018, tonight",
        "earlier this week, the last a couple of years, two months ago, a few days earlier",
        "in recent weeks; last June; next Friday; mid - - 2020; early-2021; May 5,2020; JUNE 2021",
    ];
    for text in texts {
        points::check_cues(text);
    }
}
