use super::*;

/// Checks quantities in order, written `words = kind low..high unit`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let side = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value}"));
    let found = quantities(text, Span::new(0, text.len()));
    let read: Vec<String> = found
        .iter()
        .map(|one| {
            let kind = format!("{:?}", one.kind).to_lowercase();
            let unit = one.unit.clone().unwrap_or_default();
            format!(
                "{} = {kind} {}..{} {unit}",
                one.text,
                side(one.at_least),
                side(one.at_most)
            )
            .trim_end()
            .to_owned()
        })
        .collect();
    assert_eq!(read, expected, "in {text:?}");
    for one in found {
        assert_eq!(one.span.of(text), one.text, "in {text:?}");
    }
}

#[test]
fn money() {
    check(
        "paid $4.4 million in",
        &["$4.4 million = money 4400000..4400000 USD"],
    );
    check(
        "millions of dollars",
        &["millions of dollars = money 1000000..999999999 USD"],
    );
    check(
        "US$10m and €3bn and £5,000",
        &[
            "US$10m = money 10000000..10000000 USD",
            "€3bn = money 3000000000..3000000000 EUR",
            "£5,000 = money 5000..5000 GBP",
        ],
    );
    check("75 bitcoin", &["75 bitcoin = money 75..75 BTC"]);
    check(
        "half a billion dollars",
        &["half a billion dollars = money 500000000..500000000 USD"],
    );
    check(
        "more than $590 million",
        &["more than $590 million = money 590000000.. USD"],
    );
    check(
        "between $1 and $2 million",
        &["between $1 and $2 million = money 1000000..2000000 USD"],
    );
    check(
        "$1-2 million; $300,000 to $1 million",
        &[
            "$1-2 million = money 1000000..2000000 USD",
            "$300,000 to $1 million = money 300000..1000000 USD",
        ],
    );
    check(
        "billions of dollars",
        &["billions of dollars = money 1000000000..999999999999 USD"],
    );
    check(
        "up to 40 million euros",
        &["up to 40 million euros = money ..40000000 EUR"],
    );
}

#[test]
fn counts() {
    check(
        "tens of thousands of computers around",
        &["tens of thousands of computers = count 10000..99999 computers"],
    );
    check(
        "in at least a dozen countries.",
        &["at least a dozen countries = count 12.. countries"],
    );
    check(
        "over 250,000 servers worldwide",
        &["over 250,000 servers = count 250000.. servers"],
    );
    check(
        "charged four Chinese nationals with",
        &["four Chinese nationals = count 4..4 Chinese nationals"],
    );
    check(
        "30,000 organizations",
        &["30,000 organizations = count 30000..30000 organizations"],
    );
    check(
        "hundreds of victims",
        &["hundreds of victims = count 100..999 victims"],
    );
    check(
        "dozens of companies",
        &["dozens of companies = count 24.. companies"],
    );
    check(
        "a handful of servers",
        &["a handful of servers = count .. servers"],
    );
    check(
        "nearly 1,500 businesses",
        &["nearly 1,500 businesses = count ..1500 businesses"],
    );
    check(
        "up to 1,500 downstream businesses",
        &["up to 1,500 downstream businesses = count ..1500 downstream businesses"],
    );
    check(
        "between 800 and 1,500 businesses",
        &["between 800 and 1,500 businesses = count 800..1500 businesses"],
    );
    check(
        "twenty-five people",
        &["twenty-five people = count 25..25 people"],
    );
    check(
        "two million customers",
        &["two million customers = count 2000000..2000000 customers"],
    );
    check(
        "thousands of the affected systems",
        &["thousands of the affected systems = count 1000..999999 affected systems"],
    );
}

#[test]
fn shares_and_percent() {
    check(
        "92% of servers, 92 percent, 5 per cent",
        &[
            "92% = percent 92..92",
            "92 percent = percent 92..92",
            "5 per cent = percent 5..5",
        ],
    );
    check(
        "half of them and more than half of all",
        &[
            "half of = percent 50..50",
            "more than half of = percent 50..",
        ],
    );
    check(
        "a third of victims",
        &["a third of = percent 33.333333333333336..33.333333333333336"],
    );
    check("10-15% growth", &["10-15% = percent 10..15"]);
}

#[test]
fn near_misses() {
    for text in [
        "in 2021 attacks rose",
        "Windows 10 machines",
        "port 443 connections",
        "version 2.0 clients",
        "two weeks",
        "CVE-2021-26855 exploits",
        "T1059 techniques",
        "10.0.0.1 hosts",
        "24/7 operations",
        "July 19 attacks",
        "one says",
        "a servers",
        "at 11:54 sources",
        "the first half of 2021",
        "Exchange 2016 servers",
        "4b 5k 7m",
        "three times",
        "ten.",
        "MS17-010 patches",
        "1.2.3 releases",
        "5 is 6",
        "two years of attacks",
    ] {
        check(text, &[]);
    }
}

#[test]
fn spans_are_into_the_whole_text() {
    let text = "“two servers” and 300 hosts";
    let found = quantities(text, Span::new(20, text.len()));
    assert_eq!(
        found
            .iter()
            .map(|one| one.span.of(text))
            .collect::<Vec<_>>(),
        ["300 hosts"]
    );
}
