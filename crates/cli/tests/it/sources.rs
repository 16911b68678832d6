//! Sources that are followed, good ones and bad ones.

use std::io::Write;
use std::process::Command;
use std::thread;
use std::time::Duration;

use daylight_model::Timestamp;
use daylight_pipeline::{ReadOptions, followed};
use daylight_store::{Location, open};
use serde_json::{Value, json};

use crate::server::{Reply, Request, Server};
use crate::store::{Room, assert_tells};
use crate::{assert_exit, told};

/// A page that says `claims`, with so much around it that it is a story.
fn story(title: &str, claims: &str) -> String {
    format!(
        "<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{claims}</p>\
         <p>The port said its systems had been restored within a week, and that no ship was late. \
         Officials thanked the staff for their work during the nights after the intrusion.</p>\
         </article></body></html>"
    )
}

fn feed(address: &str, entries: &[(&str, &str)]) -> String {
    let items: String = entries
        .iter()
        .map(|(path, stamp)| {
            format!("<item><title>{path}</title><link>{address}{path}</link><pubDate>{stamp}</pubDate></item>")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>News</title>{items}</channel></rss>"
    )
}

const MONDAY: &str = "Mon, 19 Jul 2021 12:00:00 GMT";
const TUESDAY: &str = "Tue, 20 Jul 2021 12:00:00 GMT";
const WEDNESDAY: &str = "Wed, 21 Jul 2021 12:00:00 GMT";

/// Follows `path` of a server inside the house.
fn follow(room: &Room, server: &Server, path: &str, more: &[&str]) {
    let address = format!("{}{path}", server.address);
    let arguments = ["sources", "add", &address, "--name", "it", "--private"];
    room.says(&[&arguments[..], more].concat());
}

#[track_caller]
fn poll(room: &Room, exit: i32) -> Value {
    let output = room.run(&["sources", "poll", "it", "--json", "--timeout", "3"]);
    assert_exit(&output, exit);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)))
}

fn host(request: &Request) -> String {
    let host = request
        .head
        .lines()
        .find_map(|it| it.strip_prefix("host: "));
    format!("http://{}", host.unwrap_or_default())
}

#[test]
fn a_story_edited_three_times_is_three_versions() {
    let texts = [
        "A ministry alleged on Monday that Grey Heron broke into the port's servers.",
        "A ministry said on Tuesday that Grey Heron broke into the port's servers.",
        "A ministry said on Wednesday that Grey Heron broke into the port's servers and its cranes.",
    ];
    let server = Server::new(move |request, before| match request.path.as_str() {
        "/feed" => {
            let stamp = [MONDAY, TUESDAY, WEDNESDAY][before.min(2)];
            let other = "/other";
            Reply::ok(feed(&host(request), &[("/story", stamp), (other, MONDAY)]))
        }
        "/story" => Reply::ok(story("Port broken into", texts[before.min(2)])),
        _ => Reply::ok(story("Bank fined", "A court fined a bank on Monday.")),
    });
    let room = Room::new();
    follow(&room, &server, "/feed", &[]);
    let versions: Vec<Value> = (0..3)
        .map(|_| poll(&room, 0)["stories"][0]["version"].clone())
        .collect();
    assert_eq!(versions, [1, 2, 3]);
    let asked = server.requests().into_iter().map(|it| it.path);
    assert_eq!(
        asked.filter(|path| path == "/other").count(),
        1,
        "it did not change"
    );
    let list = room.json(&["sources", "list"]);
    assert_eq!(list[0]["source"]["kind"], "feed");
    assert!(list[0]["state"]["error"].is_null());
    let diff = room.says(&["diff", &format!("{}/story", server.address)]);
    assert_tells(&diff, &["cranes"]);
    room.says(&["sources", "remove", "it"]);
    assert_eq!(room.json(&["sources", "list"]), json!([]));
    assert_exit(&room.run(&["sources", "poll", "it"]), 2);
}

#[test]
fn what_has_not_changed_is_not_read_again() {
    let server = Server::new(|request, _| {
        if request.head.contains("if-none-match: \"v1\"") {
            assert!(request.head.contains("if-modified-since: "));
            return Reply::status("304 Not Modified", "");
        }
        let headers = format!("ETag: \"v1\"\r\nLast-Modified: {MONDAY}\r\n");
        let page = story(
            "Port broken into",
            "A ministry said that Grey Heron broke into a port.",
        );
        Reply::Whole("200 OK", headers, page.into_bytes())
    });
    let room = Room::new();
    follow(&room, &server, "/page", &[]);
    assert_eq!(poll(&room, 0)["outcome"], "answered");
    assert_eq!(poll(&room, 0)["outcome"], "unchanged");
    assert_tells(&room.says(&["sources", "poll"]), &["Nothing is due"]);
}

#[test]
fn a_page_that_changes_where_it_says_nothing_is_no_new_version() {
    let server = Server::new(|_, before| {
        let page = story(
            "Port broken into",
            "A ministry said that Grey Heron broke into a port.",
        );
        Reply::ok(page.replace("<body>", &format!("<body data-nonce=\"{before}\">")))
    });
    let room = Room::new();
    follow(&room, &server, "/page", &[]);
    let versions = [poll(&room, 0), poll(&room, 0)];
    assert_eq!(versions[1]["stories"][0]["version"], 1);
    assert_eq!(versions[1]["stories"][0]["new"], false);
}

#[test]
fn reprints_are_one_story() {
    let server = Server::new(|request, _| match request.path.as_str() {
        "/feed" => {
            let here = host(request);
            let elsewhere = here.replace("127.0.0.1", "localhost");
            let mut entries = feed(&here, &[("/a", MONDAY), ("/b", MONDAY)]);
            let end = feed(&elsewhere, &[("/c", MONDAY), ("/d", MONDAY)]);
            let items = end.find("<item>").unwrap()..end.find("</channel>").unwrap();
            entries.insert_str(entries.find("</channel>").unwrap(), &end[items]);
            Reply::ok(entries)
        }
        path => {
            let whose = if path == "/d" { "Quay" } else { "Harbour" };
            let credit = format!("<p>This article was originally published by {whose} Times.</p>");
            let text = "A ministry said that Grey Heron broke into the servers of a port.";
            let page = story("Port broken into", text);
            Reply::ok(page.replace("</article>", &format!("{credit}</article>")))
        }
    });
    let room = Room::new();
    follow(&room, &server, "/feed", &[]);
    let output = room.run(&["sources", "poll", "it", "--json", "--allow-private"]);
    let polled: Value = serde_json::from_slice(&output.stdout).unwrap();
    let counts: Vec<[&Value; 2]> = polled["stories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|story| [&story["outlets"], &story["originators"]])
        .collect();
    // Two pages of one host are one outlet; the last page has it from somebody else.
    let expected = [[1, 1], [1, 1], [2, 1], [2, 2]];
    assert_eq!(json!(counts), json!(expected), "{polled}");
    let first = format!("{}/a", server.address);
    assert_eq!(polled["stories"][3]["reprint_of"], first);
}

#[test]
fn stories_that_are_edited_in_silence_are_met_all_the_same() {
    let texts = ["alleged on Monday", "alleged on Monday", "said on Friday"];
    let server = Server::new(move |request, before| match request.path.as_str() {
        "/feed" if before == 0 => {
            Reply::ok(feed(&host(request), &[("/story", MONDAY)])).with("ETag: \"f1\"\r\n")
        }
        "/feed" => Reply::status("304 Not Modified", ""),
        _ if request.head.contains("if-none-match: \"s1\"") && before == 1 => {
            Reply::status("304 Not Modified", "")
        }
        _ => Reply::ok(story(
            "Port broken into",
            &format!(
                "A ministry {} that Grey Heron broke into it.",
                texts[before.min(2)]
            ),
        ))
        .with("ETag: \"s1\"\r\n"),
    });
    let room = Room::new();
    follow(&room, &server, "/feed", &[]);
    let mut store = open(&Location::File(room.path("s.db").into())).unwrap();
    let mut poll = |hour: i64| {
        let mut follower = followed(&*store).unwrap().remove(0);
        let now = Timestamp::from_second(1_700_000_000 + hour * 3_600).unwrap();
        let polled = follower.poll(&mut *store, &ReadOptions::default(), now);
        polled
            .unwrap()
            .stories
            .iter()
            .map(|it| it.version)
            .collect()
    };
    let versions: Vec<Vec<i64>> = [0, 1, 2, 3, 4, 5].map(&mut poll).into();
    // Unchanged after an hour, edited after two; then an hour later it is looked at again.
    let expected: [&[i64]; 6] = [&[1], &[], &[2], &[2], &[2], &[]];
    assert_eq!(versions, expected);
}

#[test]
fn a_source_that_is_removed_while_it_is_asked_stays_removed() {
    let server = Server::new(|_, _| Reply::ok(story("Bank fined", "A court fined a bank.")));
    let room = Room::new();
    follow(&room, &server, "/page", &[]);
    let mut store = open(&Location::File(room.path("s.db").into())).unwrap();
    let mut follower = followed(&*store).unwrap().remove(0);
    store.remove_source("it").unwrap();
    let polled = follower.poll(&mut *store, &ReadOptions::default(), Timestamp::UNIX_EPOCH);
    assert_eq!(polled.unwrap().stories.len(), 1);
    assert!(followed(&*store).unwrap().is_empty());
}

#[test]
fn a_page_belongs_to_no_story_of_another_host() {
    let server = Server::new(|request, _| {
        let own = request.path.trim_start_matches('/');
        let link = format!("<head><link rel=\"canonical\" href=\"{own}\">");
        let page = story(
            "Port broken into",
            "A ministry said that it was broken into.",
        );
        Reply::ok(page.replace("<head>", &link))
    });
    let room = Room::new();
    let kept = |address: &str| {
        let asked = format!("{}/{address}", server.address);
        room.says(&["read", &asked, "--allow-private", "--keep"]);
        let stories = room.json(&["store", "stories"]);
        (
            stories.as_array().unwrap().last().unwrap()["story"].clone(),
            asked,
        )
    };
    let (story, asked) = kept("https://news.example.org/ports");
    assert_eq!(story, asked.as_str());
    let own = format!("{}/own", server.address);
    assert_eq!(kept(&own).0, own.as_str());
}

#[test]
fn a_story_that_is_gone_is_given_up_and_keeps_no_other_from_being_read() {
    let server = Server::new(|request, _| match request.path.as_str() {
        "/feed" => Reply::ok(feed(&host(request), &[("/gone", MONDAY), ("/a", MONDAY)])),
        "/a" => Reply::ok(story("Bank fined", "A court fined a bank on Monday.")),
        _ => Reply::status("404 Not Found", ""),
    });
    let room = Room::new();
    follow(&room, &server, "/feed", &[]);
    assert_eq!(poll(&room, 0)["stories"][0]["title"], "Bank fined");
    let problems: Vec<usize> = (0..6)
        .map(|_| poll(&room, 0)["problems"].as_array().unwrap().len())
        .collect();
    assert_eq!(problems, [1, 1, 1, 1, 0, 0]);
}

#[test]
fn a_host_that_asks_to_be_left_alone_is_asked_for_nothing_more() {
    let paths: Vec<String> = (0..30).map(|number| format!("/{number}")).collect();
    let entries: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), MONDAY)).collect();
    let listed = feed("{host}", &entries);
    let asked_with = |status: &'static str, headers: &'static str, exit: i32| {
        let listed = listed.clone();
        let server = Server::new(move |request, _| match request.path.as_str() {
            "/feed" => Reply::ok(listed.replace("{host}", &host(request))),
            _ => Reply::status(status, headers),
        });
        let room = Room::new();
        follow(&room, &server, "/feed", &[]);
        let polled = poll(&room, exit);
        let state = room.json(&["sources", "list"])[0]["state"].clone();
        (polled, state, server.requests().len() - 1)
    };
    let retry = "Retry-After: 9000\r\n";
    let (polled, state, asked) = asked_with("429 Too Many Requests", retry, 1);
    assert_eq!((&polled["outcome"], asked), (&json!("failed"), 1));
    let second = |name: &str| state[name].as_str().unwrap().parse::<Timestamp>().unwrap();
    assert_eq!(
        second("due").as_second() - second("asked").as_second(),
        9_000
    );
    // A host at which nothing is found is not asked thirty times either.
    let (polled, _, asked) = asked_with("404 Not Found", "", 0);
    assert_eq!((&polled["outcome"], asked), (&json!("answered"), 10));
}

/// What a server does, and what is to be told of it.
#[track_caller]
fn fails(path: &str, reply: impl Fn() -> Reply + Send + Sync + 'static, tells: &str) -> Value {
    let server = Server::new(move |_, _| reply());
    let room = Room::new();
    follow(&room, &server, path, &[]);
    let polled = poll(&room, 1);
    assert_eq!(polled["outcome"], "failed", "{polled}");
    assert_tells(&polled["problems"][0].to_string(), &[tells]);
    assert_tells(&room.says(&["sources", "list"]), &["failed 1 time"]);
    room.json(&["sources", "list"])[0]["state"].clone()
}

#[test]
fn bad_answers_are_told_and_waited_out() {
    let state = fails(
        "/feed",
        || Reply::status("429 Too Many Requests", "Retry-After: 86000\r\n"),
        "status 429",
    );
    let second = |name: &str| -> Timestamp { state[name].as_str().unwrap().parse().unwrap() };
    assert_eq!(
        second("due").as_second() - second("asked").as_second(),
        86_000
    );
    fails("/feed", || Reply::status("500 No", ""), "status 500");
    let whole = || feed("http://127.0.0.1", &[("/a", MONDAY)]).into_bytes();
    fails(
        "/feed",
        move || Reply::Cut(String::new(), whole(), 40),
        "/feed",
    );
    fails("/feed", || Reply::Drip, "within 3 seconds");
    fails(
        "/feed",
        || Reply::status("302 Found", "Location: /feed\r\n"),
        "redirects",
    );
    fails(
        "/feed",
        || Reply::status("302 Found", "Location: http://127.0.0.2:9/\r\n"),
        "not a public address",
    );
    fails(
        "/feed",
        || Reply::ok("<rss><channel><item>"),
        "no RSS, Atom or JSON feed",
    );
    fails(
        "/feed",
        || Reply::ok("no feed at all"),
        "no RSS, Atom or JSON feed",
    );
    fails(
        "/list.json",
        || Reply::ok("{\"objects\": [{\"type\""),
        "/list.json",
    );
}

#[test]
fn endless_pages_and_bombs_end_at_the_limit() {
    fails("/page", || Reply::Endless, "larger than");
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..200 {
        bomb.write_all(&zeros).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    fails(
        "/page",
        move || Reply::Whole("200 OK", "Content-Encoding: gzip\r\n".into(), bomb.clone()),
        "larger than",
    );
}

#[test]
fn words_in_another_encoding_than_is_said() {
    let server = Server::new(|_, _| {
        let text = story(
            "Überfall",
            "Das Ministerium für Häfen said that Grey Heron broke into it.",
        );
        let latin: Vec<u8> = text.chars().map(|one| u32::from(one) as u8).collect();
        Reply::Whole(
            "200 OK",
            "Content-Type: text/html; charset=utf-8\r\n".into(),
            latin,
        )
    });
    let room = Room::new();
    follow(&room, &server, "/page", &[]);
    let polled = poll(&room, 0);
    assert_eq!(polled["stories"][0]["version"], 1);
}

#[test]
fn feeds_in_another_encoding_are_read() {
    let server = Server::new(|request, _| match request.path.as_str() {
        "/feed" => {
            let text = feed(&host(request), &[("/a", MONDAY)]).replace("News", "Überfälle");
            let latin: Vec<u8> = text.chars().map(|one| u32::from(one) as u8).collect();
            let headers = "Content-Type: application/rss+xml; charset=iso-8859-1\r\n";
            Reply::Whole("200 OK", headers.into(), latin)
        }
        _ => Reply::ok(story("Bank fined", "A court fined a bank on Monday.")),
    });
    let room = Room::new();
    follow(&room, &server, "/feed", &[]);
    assert_eq!(poll(&room, 0)["stories"][0]["title"], "Bank fined");
}

/// An answer of a TAXII server: three objects from a number on, and what is said to follow.
fn page(from: usize, more: bool, next: Option<&str>, headers: &str) -> Reply {
    let objects: Vec<Value> = (from..from + 3).map(indicator).collect();
    let body = json!({ "more": more, "next": next, "objects": objects });
    Reply::ok(body.to_string()).with(headers)
}

fn indicator(number: usize) -> Value {
    json!({
        "type": "indicator", "spec_version": "2.1",
        "id": format!("indicator--7a0d0f06-6f6e-4b3e-9f0a-{number:012}"),
        "created": "2021-01-01T00:00:00.000Z", "modified": "2021-01-01T00:00:00.000Z",
        "pattern_type": "stix", "valid_from": "2021-01-01T00:00:00.000Z",
        "pattern": format!("[domain-name:value = 'a{number}.example.org']"),
    })
}

#[test]
fn a_collection_that_breaks_in_the_middle_goes_on_there() {
    let server = Server::new(|request, before| {
        assert!(
            request
                .head
                .contains("accept: application/taxii+json;version=2.1")
        );
        let added = "X-TAXII-Date-Added-Last: 2021-07-19T12:00:00Z\r\n";
        match (request.path.as_str(), before) {
            ("/taxii2/collections/1/objects/", _) => page(1, true, Some("p2"), added),
            ("/taxii2/collections/1/objects/?next=p2", 0) => {
                Reply::Cut(String::new(), vec![b' '; 99], 9)
            }
            ("/taxii2/collections/1/objects/?next=p2", _) => page(4, false, None, ""),
            _ => Reply::ok(r#"{"more":false}"#),
        }
    });
    let room = Room::new();
    follow(
        &room,
        &server,
        "/taxii2/collections/1/",
        &["--tlp", "green"],
    );
    assert_eq!(poll(&room, 1)["objects_new"], 3);
    assert_eq!(poll(&room, 0)["objects_new"], 3);
    assert_eq!(poll(&room, 0)["objects_new"], 0);
    let asked: Vec<String> = server.requests().into_iter().map(|it| it.path).collect();
    assert_eq!(
        asked,
        [
            "/taxii2/collections/1/objects/",
            "/taxii2/collections/1/objects/?next=p2",
            "/taxii2/collections/1/objects/?next=p2",
            "/taxii2/collections/1/objects/?added_after=2021-07-19T12:00:00Z",
        ]
    );
}

#[test]
fn a_poll_that_is_killed_goes_on_where_it_was() {
    let server = Server::new(|request, before| match request.path.rsplit('/').next() {
        Some("") => page(1, true, Some("p2"), ""),
        Some("?next=p2") if before == 0 => Reply::Drip,
        _ => page(4, false, None, ""),
    });
    let room = Room::new();
    follow(&room, &server, "/taxii2/collections/1/", &[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_daylight"))
        .args(["sources", "poll", "it", "--store", &room.path("s.db")])
        .spawn()
        .unwrap();
    while server.requests().len() < 2 {
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(poll(&room, 0)["objects_new"], 3);
    let asked = server.requests().pop().unwrap().path;
    assert!(asked.ends_with("?next=p2"), "{asked}");
}

#[test]
fn a_collection_begins_again_where_the_server_forgot_what_was_next() {
    let server = Server::new(|request, before| {
        match (request.path.rsplit('/').next().unwrap_or_default(), before) {
            ("", 0) => page(1, true, Some("old"), ""),
            ("?next=old", 0) => Reply::status("500 No", ""),
            ("?next=old", _) => Reply::status("404 Not Found", ""),
            ("", _) => page(1, true, Some("new"), ""),
            _ => page(4, false, None, ""),
        }
    });
    let room = Room::new();
    follow(&room, &server, "/taxii2/collections/1/", &[]);
    assert_eq!(poll(&room, 1)["objects_new"], 3);
    let polled = poll(&room, 0);
    assert_eq!([&polled["objects_new"], &polled["objects_known"]], [3, 3]);
}

#[test]
fn a_collection_goes_on_by_time_and_never_in_a_circle() {
    let room = Room::new();
    let server = Server::new(|request, _| {
        let added = |day: &str| format!("X-TAXII-Date-Added-Last: 2021-07-{day}T12:00:00Z\r\n");
        match request.path.rsplit('/').next() {
            Some("") => page(1, true, None, &added("19")),
            _ => page(4, true, None, &added("20")),
        }
    });
    follow(&room, &server, "/taxii2/collections/1/", &[]);
    let polled = poll(&room, 1);
    assert_eq!(polled["objects_new"], 6);
    assert_tells(
        &polled["problems"][0].to_string(),
        &["said to follow itself"],
    );
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn events_of_a_misp_feed_are_read_when_they_change() {
    let server = Server::new(|request, before| match request.path.as_str() {
        "/osint/manifest.json" => {
            let stamps = [["1", "1"], ["1", "2"]][before.min(1)];
            Reply::ok(format!(
                r#"{{"5f1e0000-0000-4000-8000-000000000001":{{"timestamp":"{}"}},
                    "5f1e0000-0000-4000-8000-000000000002":{{"timestamp":"{}"}}}}"#,
                stamps[0], stamps[1]
            ))
        }
        path => {
            let uuid = path.trim_start_matches("/osint/").trim_end_matches(".json");
            Reply::ok(
                json!({ "Event": {
                    "uuid": uuid, "info": "Port broken into", "date": "2021-07-19",
                    "timestamp": (1_626_696_000 + before).to_string(),
                    "Attribute": [{
                        "uuid": uuid.replace("5f1e", "5f1f"), "type": "domain", "to_ids": true,
                        "category": "Network activity", "value": "harbour.example.org",
                        "timestamp": "1626696000",
                    }],
                }})
                .to_string(),
            )
        }
    });
    let room = Room::new();
    follow(&room, &server, "/osint/manifest.json", &[]);
    assert!(poll(&room, 0)["objects_new"].as_u64().unwrap() >= 2);
    poll(&room, 0);
    let asked = server.requests().into_iter().map(|it| it.path);
    let events: Vec<String> = asked
        .filter(|path| !path.ends_with("manifest.json"))
        .collect();
    assert_eq!(events.len(), 3, "{events:?}");
    assert!(events[2].ends_with("2.json"));
}
