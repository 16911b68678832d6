use std::time::{Duration, Instant};

use super::{about, check, document, outline};

const NEWS: &str = include_str!("news.html");

#[test]
fn a_news_page() {
    let document = check(
        NEWS,
        "- We use cookies to make this site work.
         - Planet
         - News
         - Sport
         T Port Authority Says Ransomware Halted Cranes
         - By Ana Lima and Bo Ek
         - May 4, 2021
         - Share Tweet
         P The port authority said on Tuesday that ransomware had halted its cranes for nine hours, and that no cargo was lost.
         - A crane stands still. Photo: Planet
         P “We will share what we learnt,” the director said.
         - Related stories
         - Pipeline Reopens After Attack of Last Month
         H What is known
         L Cranes stood still
         L Ships waited
         R Host Port
         R a.example 443
         C GET /x HTTP/1.1 Host: a.example
         P The gang asked for two million dollars, said people who know of the talks with it.
         - 2 Comments
         - I have never trusted cranes, and this long comment says why at some length.
         - © 2021 Planet Media",
    );
    assert_eq!(
        about(&document),
        "Port Authority Says Ransomware Halted Cranes | 2021-05-04T18:02:11Z | Planet | Ana Lima + Bo Ek | (\"\", \"\")"
    );
    assert_eq!(document.url.as_deref(), Some("https://planet.example/port"));
    assert!(document.text.contains("Host\tPort\na.example\t443"));
}

#[test]
fn a_page_without_landmarks() {
    let document = check(
        "<title>Gang Says It Hit Water Company - Village Blog</title><body><form action=x>
         <div class=menu><a href=/>Home</a> | <a href=/about>About us</a></div>
         <table><tr><td><div><a href=/1>Older story about something else</a></div><div><a href=/2>Another</a></div></td>
         <td><font size=6><b>Gang Says It Hit Water Company</b></font><p>Posted May 4, 2021 at 2:02 PM EDT
         <p>A gang said on its site that it had entered the network of a water company in the valley.<br>It asked for money.
         <p>The company said that water was safe and that it had called the police at once.
         <p>This article originally appeared on <a href=\"https://www.daily-planet.example/water\">the site of the Daily Planet</a>.</td></tr></table></form>",
        "T Gang Says It Hit Water Company
         - Home | About us
         - Older story about something else
         - Another
         P Gang Says It Hit Water Company
         - Posted May 4, 2021 at 2:02 PM EDT
         P A gang said on its site that it had entered the network of a water company in the valley.
         P It asked for money.
         P The company said that water was safe and that it had called the police at once.
         - This article originally appeared on the site of the Daily Planet.",
    );
    assert_eq!(
        document.published.map(|at| at.to_string()).as_deref(),
        Some("2021-05-04T18:02:00Z")
    );
    let originator = document.originator.expect("an originator");
    assert_eq!(
        (originator.name.as_str(), originator.url.as_deref()),
        (
            "Daily Planet",
            Some("https://www.daily-planet.example/water")
        )
    );
}

#[test]
fn dates_and_origins_in_the_head() {
    let check = |head: &str, expected: &str| {
        let page = format!(
            "<html><head>{head}</head><body><h1>Ships Wait at Port</h1><p>The ships waited at the port for nine hours.</p></body>"
        );
        assert_eq!(about(&document(page)), expected, "{head}");
    };
    check(
        "<meta property='article:published_time' content='2021-07-19T07:54:41-04:00'>",
        "Ships Wait at Port | 2021-07-19T11:54:41Z | - |  | (\"\", \"\")",
    );
    check(
        "<meta name=author content='By Ana Lima, Associated Press'><meta name=date content='19 July 2021'>",
        "Ships Wait at Port | 2021-07-19T00:00:00Z | - | Ana Lima | (\"\", \"\")",
    );
    check(
        "<meta property=og:url content=https://copy.example/1><meta property=og:site_name content=Copy><link rel=canonical href=https://www.bbc.co.uk/news/1>",
        "Ships Wait at Port | - | Copy |  | (\"BBC\", \"https://www.bbc.co.uk/news/1\")",
    );
    check(
        "<title>Ships Wait at Port - Planet</title><meta property=og:title content='Ships Wait at Port - Planet'>",
        "Ships Wait at Port | - | - |  | (\"\", \"\")",
    );
    check(
        "<script type=application/ld+json>{broken</script><title>x</title>",
        "Ships Wait at Port | - | - |  | (\"\", \"\")",
    );
}

#[test]
fn old_encodings() {
    let page = "<html><meta http-equiv=Content-Type content='text/html; charset=windows-1252'><h1>Caf\u{e9} Hit</h1><p>The caf\u{e9} \u{93}lost\u{94} all its recipes on Monday.";
    let bytes: Vec<u8> = page
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("a byte"))
        .collect();
    assert_eq!(
        outline(&document(bytes)),
        "T Café Hit\nP The café “lost” all its recipes on Monday.\n"
    );
}

#[test]
fn deep_and_long_pages() {
    let story =
        "<p>The ships waited at the port for nine hours, said the port authority on Monday.</p>";
    for page in [
        format!(
            "{}{story}{}",
            "<div>".repeat(100_000),
            "</div>".repeat(100_000)
        ),
        format!("{}{story}", "<b><div>".repeat(100_000)),
        format!("{}{story}", "<table><tr><td>".repeat(50_000)),
        format!("{story}{}", "</b></p></div>".repeat(100_000)),
        format!(
            "{}{story}{}",
            "<ul><li>".repeat(50_000),
            "</span>".repeat(100_000)
        ),
        format!("<p>{}</p>{story}", "a<br>".repeat(200_000)),
        format!(
            "<script type=application/ld+json>{}</script>{story}",
            "[".repeat(100_000)
        ),
    ] {
        let start = Instant::now();
        let document = document(&page);
        assert!(
            document.text.contains("The ships waited"),
            "{}",
            page.get(..20).unwrap_or_default()
        );
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{:?} for {}",
            start.elapsed(),
            page.get(..20).unwrap_or_default()
        );
    }
}
