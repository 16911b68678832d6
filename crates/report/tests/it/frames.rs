//! Stories inside the frames in which pages, lists and forums pass them on.

use super::{about, check, document};

#[test]
fn a_newspaper_page_saved_as_text() {
    let document = check(
        "Skip to content\nMenu\nHome\nShipping\nSport\nWeather\nSign in\n\nCrime\n\n\
         Port says ransomware halted its cranes; union calls it “a warning”\n\n\
         By Ana Lima, security reporter | May 3, 2022 | 4 min read\n\nAdvertisement\n\n\
         The port said on Tuesday that ransomware had halted its cranes for nine hours.\n\n\
         Sign up to Port Notes, our weekly newsletter\n\n\
         Listen to the union: its members had asked for offline plans in March.\n\n\
         Most read\n\n1. Cranes stand still for a day\n2. What a port does with “paper and pencil”\n\n\
         About us | Contact | Privacy | © 2022 Harbour Post\n",
        "- Skip to content
         - Menu
         - Home
         - Shipping
         - Sport
         - Weather
         - Sign in
         H Crime
         T Port says ransomware halted its cranes; union calls it “a warning”
         - By Ana Lima, security reporter | May 3, 2022 | 4 min read
         - Advertisement
         P The port said on Tuesday that ransomware had halted its cranes for nine hours.
         - Sign up to Port Notes, our weekly newsletter
         P Listen to the union: its members had asked for offline plans in March.
         - Most read
         - 1. Cranes stand still for a day
         - 2. What a port does with “paper and pencil”
         - About us | Contact | Privacy | © 2022 Harbour Post",
    );
    assert_eq!(
        about(&document),
        "Port says ransomware halted its cranes; union calls it “a warning” | 2022-05-03T00:00:00Z | - | Ana Lima | (\"\", \"\")"
    );
}

#[test]
fn a_press_release() {
    check(
        "FOR IMMEDIATE RELEASE\n\nCrane Guard Finds Loader in Port Software\n\n\
         OSLO, May 3, 2022 -- Crane Guard said today that it had found a loader in software that forty ports use.\n\n\
         The loader asks a server for orders once an hour, and the firm has told the ports concerned about it.\n\n\
         About the loader\n\nIt was first seen in March, and its makers are not known.\n\n\
         About Crane Guard\n\nCrane Guard is a leading provider of safety software, headquartered in Oslo.\n\n\
         Media contact\n\nBo Ek\n+47 555 0100\npress@craneguard.example\n\n###\n",
        "- FOR IMMEDIATE RELEASE
         T Crane Guard Finds Loader in Port Software
         P OSLO, May 3, 2022 -- Crane Guard said today that it had found a loader in software that forty ports use.
         P The loader asks a server for orders once an hour, and the firm has told the ports concerned about it.
         P About the loader
         P It was first seen in March, and its makers are not known.
         - About Crane Guard
         - Crane Guard is a leading provider of safety software, headquartered in Oslo.
         - Media contact
         - Bo Ek
         - +47 555 0100
         - press@craneguard.example
         - ###",
    );
}

#[test]
fn a_forum_copy_and_a_mailing_list() {
    check(
        "Loader in port software\n\nPost by craneman » Tue May 3, 2022 1:01 pm\n\nJoined: Jan 2019\nPosts: 1,204\n\n\
         The vendor says that a loader was found in its software, and that forty ports use it.\n\n\
         Quote\n\n#ports #loader\n",
        "T Loader in port software
         - Post by craneman » Tue May 3, 2022 1:01 pm
         - Joined: Jan 2019
         - Posts: 1,204
         P The vendor says that a loader was found in its software, and that forty ports use it.
         - Quote
         - #ports #loader",
    );
    check(
        "Subject: Loader in port software\nFrom: Ana <ana@lists.example>\n\n\
         The vendor says that a loader was found in its software, and that forty ports use it.\n\n\
         Sent from my phone\n\n_______________\nport-security mailing list\nTo unsubscribe, write to list-leave@lists.example\n",
        "- Subject:
         T Loader in port software
         - From: Ana <ana@lists.example>
         P The vendor says that a loader was found in its software, and that forty ports use it.
         - Sent from my phone
         - port-security mailing list
         - To unsubscribe, write to list-leave@lists.example",
    );
}

const STORY: &str = "Gang Says It Hit Water Company\n\n{}\n\n\
    A gang said on its site that it had entered the network of a water company.\n";

#[test]
fn times_of_publication() {
    let check = |line: &str, expected: &str| {
        let document = document(STORY.replace("{}", line));
        let found = document.published.map(|at| at.to_string());
        assert_eq!(found.as_deref().unwrap_or("-"), expected, "{line}");
        assert_eq!(document.content().count(), 2, "{line}");
    };
    check(
        "Published: Tue, 20 Jul 2021 08:15:00 +0100",
        "2021-07-20T07:15:00Z",
    );
    check(
        "Updated 3:14 PM ET, Mon July 19, 2021",
        "2021-07-19T19:14:00Z",
    );
    check(
        "First published on Mon 19 Jul 2021 13.01 BST",
        "2021-07-19T12:01:00Z",
    );
    check("July 19, 2021 7:30 AM UTC", "2021-07-19T07:30:00Z");
    check("Jul 19, 2021, 07:54am EDT", "2021-07-19T11:54:00Z");
    check("Posted on 2021-07-19 by admin", "2021-07-19T00:00:00Z");
    check("July 19, 2021 · 2 min read", "2021-07-19T00:00:00Z");
    check(
        "Updated July 20, 2021 | Published July 19, 2021",
        "2021-07-19T00:00:00Z",
    );
    check(
        "Last updated: 20 July 2021 10:00 GMT\n\nPublished 19 July 2021",
        "2021-07-19T00:00:00Z",
    );
    check(
        "By Ana Lima | July 19, 2021 | 5 min read",
        "2021-07-19T00:00:00Z",
    );
    check("2 min read", "-");
}

#[test]
fn outlets_that_wrote_it_first() {
    let check = |line: &str, expected: &str| {
        let document = document(STORY.replace("{}\n\n", "") + "\n" + line + "\n");
        assert!(document.content().count() <= 3, "{line}");
        let found = document
            .originator
            .map(|found| format!("{} {}", found.name, found.url.unwrap_or_default()));
        assert_eq!(found.unwrap_or_default().trim(), expected, "{line}");
    };
    let address = "https://evening-planet.example/1";
    check(
        &format!("This post originally posted here {address}"),
        "Evening Planet https://evening-planet.example/1",
    );
    check(
        &format!("(This story originally appeared on {address})"),
        "Evening Planet https://evening-planet.example/1",
    );
    check(
        &format!("Read the full article at {address}"),
        "Evening Planet https://evening-planet.example/1",
    );
    check(
        &format!("Originally published at:\n\n{address}"),
        "Evening Planet https://evening-planet.example/1",
    );
    check("Source: Reuters", "Reuters");
    check("via The Evening Planet", "The Evening Planet");
    check("© 2021 Reuters. All rights reserved", "Reuters");
    check(
        "Copyright 2021 The Associated Press. All rights reserved.",
        "Associated Press",
    );
    check("© 2021 Water Company", "");
    check("Via the supply chain, the gang got in.", "");
}
