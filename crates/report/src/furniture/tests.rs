use super::reason_of;

fn check(text: &str, reason: &str) {
    assert_eq!(
        reason_of(text),
        Some(reason).filter(|reason| !reason.is_empty()),
        "{text:?}"
    );
}

#[test]
fn furniture() {
    check("Published at Mon, 19 Jul 2021 11:54:41 +0000", "dateline");
    check(
        "Original release date: July 19, 2021 | Last revised: August 20, 2021",
        "dateline",
    );
    check("July 19, 2021 at 7:54 AM EDT", "dateline");
    check("Updated 7:54 AM ET, Mon July 19, 2021", "dateline");
    check("By Jane Doe", "byline");
    check("By Jane Doe and John O’Neill, Associated Press", "byline");
    check("By JANE DOE | July 19, 2021", "byline");
    check("Written by Maria van den Berg", "byline");
    check("Written by Maria Berg", "byline");
    check(
        "This post originally posted here https://example.com/a-story",
        "republication notice",
    );
    check(
        "This article first appeared in The Example Times.",
        "republication notice",
    );
    check(
        "The post Ten things appeared first on Example Blog.",
        "republication notice",
    );
    check("Source: https://example.com/x", "republication notice");
    check("Leave a Reply", "comment form");
    check("12 Comments", "comment form");
    check("Comments (3)", "comment form");
    check("Comment", "");
    check("tags:", "");
    check("category: process_creation", "");
    check("date = \"2022-09-12\"", "");
    check("Image: C:\\Windows\\system32\\svchost.exe", "");
    check("30", "");
    check(
        "Your email address will not be published. Required fields are marked *",
        "comment form",
    );
    check(
        "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
        "comment form",
    );
    check("Share this article on Facebook", "share bar");
    check("Follow us on Twitter", "share bar");
    check("Subscribe to our newsletter", "newsletter");
    check(
        "Sign up for our daily briefing, delivered to your inbox every morning.",
        "newsletter",
    );
    check(
        "We use cookies to give you the best experience on our website.",
        "cookie notice",
    );
    check("Accept all cookies", "cookie notice");
    check("Related articles", "related");
    check("Read more: Gang claims attack on pipeline", "related");
    check("Breaking news", "breaking news label");
    check(
        "This is a breaking news story and will be updated.",
        "breaking news label",
    );
    check("ADVERTISEMENT", "advertisement");
    check("Story continues below advertisement", "advertisement");
    check(
        "© 2021 Example Media Inc. All rights reserved.",
        "copyright",
    );
    check("Photo: Jane Doe/Example Agency", "photo credit");
    check(
        "A server room in Haikou on Monday. (AP Photo/Jane Doe)",
        "photo caption",
    );
    check("Tags: China, hacking, Microsoft", "tags");
    check("Filed under: Security", "tags");
    check("Home > News > Security", "navigation");
    check("Skip to content", "navigation");
    check("TLP:AMBER+STRICT", "marking");
    check("FOR IMMEDIATE RELEASE", "press release frame");
}

#[test]
fn sentences_of_a_story() {
    for text in [
        "Share prices of the company fell by ten percent.",
        "Share drives were encrypted on Monday, the hospital said.",
        "The ministry declined to comment.",
        "Comment spam was used to spread the malware, the researchers found.",
        "Leave a reply-all storm alone, administrators were told.",
        "By Monday evening the servers had been patched.",
        "By Design, the flaw affects all versions.",
        "Published reports link the group to Beijing.",
        "On July 19, 2021, the United States accused China.",
        "The report was first published in 2019 by a security firm.",
        "Subscribe requests to the server were used as a channel.",
        "The attackers stole cookies and session tokens from browsers.",
        "We use cookies stolen from a browser to show the flaw? No.".trim_end_matches(" No."),
        "Copyright notices served as lures in the phishing mails.",
        "Read more than 100 mailboxes.",
        "Source code was stolen from the company.",
        "Related activity was seen in April.",
        "Breaking into the server took minutes.",
        "Search engines were poisoned to spread the loader.",
        "Watch lists held the names of dissidents.",
        "Home routers were used as proxies.",
        "Print servers were hit first.",
        "Follow the vendor’s guidance to patch the servers.",
        "Advertisers were among the victims.",
        "More than 30,000 organisations were hit.",
        "This report is based on incident response at twelve victims.",
        "Photos of the officers were released by the FBI.",
        "Topics of the lure documents were elections and trade.",
    ] {
        let expected = if text.starts_with("We use cookies") {
            "cookie notice"
        } else {
            ""
        };
        check(text, expected);
    }
}

#[test]
fn classes_of_furniture() {
    for (reason, lines) in [
        (
            "navigation",
            &[
                "Skip to content | Home | Harbour | Sport | Opinion",
                "Home • Markets • Shipping • Sign in",
                "Home › News › Crime",
                "About us | Contact | Privacy | © 2023 Harbour Post",
                "Menu · Search · Subscribe",
                "4 min read",
                "Reading time: 3 minutes",
                "Back to top",
                "Got a tip? Write to our newsroom.",
            ][..],
        ),
        (
            "byline",
            &[
                "By our shipping desk",
                "By Ana Lima, senior security reporter",
                "By the Harbour Post's night newsroom",
                "By Ana Lima in Lisbon and Bo Ek in Oslo",
                "By Ana Lima, Staff",
                "Words by Ana Lima",
                "Posted on 3 May 2022 by Ana Lima",
            ],
        ),
        (
            "dateline",
            &[
                "Posted on 2022-05-03 by admin",
                "First published on Tue 3 May 2022 13.01 BST",
                "Updated 3:14 PM ET, Tue May 3, 2022",
                "3 hours ago",
                "May 3, 2022 · 2 min read",
                "Published: Tue, 3 May 2022 08:15:00 +0100 | Updated: 4 May 2022",
            ],
        ),
        (
            "newsletter",
            &[
                "Get the Post's evening round-up. Enter your email address to subscribe.",
                "Sign up to Port Notes, our weekly newsletter",
                "Never miss a story: join our mailing list",
                "You are receiving this email because you asked for it.",
                "Manage preferences | View in browser",
                "No spam, ever. Unsubscribe at any time.",
            ],
        ),
        (
            "share bar",
            &[
                "Follow us on Mastodon",
                "Follow @harbourpost on Twitter",
                "Connect with us",
            ],
        ),
        (
            "related",
            &[
                "Most read",
                "More from Harbour Post",
                "Related: Cranes stand still for a day",
                "Most read in Shipping",
                "You may also like",
            ],
        ),
        (
            "comment form",
            &[
                "Name * Email * Website",
                "Log in to leave a comment",
                "Sort by: Newest",
            ],
        ),
        (
            "forum frame",
            &[
                "Joined: 3 Jan 2019",
                "Posts: 1,204",
                "Quote",
                "Reply to this topic",
            ],
        ),
        (
            "list footer",
            &[
                "Sent from my phone",
                "To unsubscribe, write to list-leave@lists.example",
                "port-security mailing list",
                "-----BEGIN PGP SIGNATURE-----",
            ],
        ),
        (
            "reporting credit",
            &[
                "(Reporting by Ana Lima; Editing by Bo Ek)",
                "(Additional reporting by Ana Lima in Lisbon)",
                "Ana Lima contributed to this report.",
            ],
        ),
        (
            "republication notice",
            &[
                "(This story originally appeared on https://post.example/1)",
                "Read the full article at https://post.example/1",
                "via The Harbour Post",
                "Reposted from Harbour Post",
                "Originally published at https://post.example/1.",
            ],
        ),
        (
            "cookie notice",
            &[
                "We value your privacy",
                "We use essential cookies to make this site work. Accept all cookies.",
            ],
        ),
        (
            "tags",
            &[
                "Tags: ports, ransomware",
                "Filed under Crime",
                "#ports #ransomware",
            ],
        ),
    ] {
        for line in lines {
            check(line, reason);
        }
    }
}

#[test]
fn sentences_near_to_furniture() {
    for text in [
        "More about this attack became known on Friday. The port said so.",
        "Listen ports were opened on the server.",
        "Previous posts by the actor offered access to hospitals.",
        "Download this update as soon as it is out.",
        "Estimated time of compromise is March.",
        "This report was first shared with customers in March, and describes an intrusion by the group.",
        "This article describes how the group republished stolen files.",
        "Get requests went to a mailing list server.",
        "Reporting by the bureau showed that the group had been inside for months.",
        "Via phishing mails, the group got into the ministry.",
        "Via the supply chain",
        "By then the group had left.",
        "By the numbers",
        "By Sector",
        "Updated versions of the loader appeared on 3 May 2022 in Oslo.",
        "Three hours ago the port said it had been hit.",
        "Joined: the group's two wings now work as one.",
        "Reply messages carried the loader.",
        "Quote marks around the path stop the attack.",
        "Contributors to the project were told on Monday.",
        "Sent from my.ru, the mails carried a loader.",
        "Follow the steps below to find out whether you were hit.",
        "Home users | Small businesses",
        "Business | Technology | Health",
        "Host | Port | Country",
        "News | 12 | 14",
        "Security. The word stood alone on the note.",
        "Cookies. Tokens. Passwords. The group took them all.",
        "Name and email address of every client were taken.",
        "Print spoolers were abused; registers were wiped.",
        "Sign in with stolen passwords took place from three countries.",
        "We use “living off the land” to mean the abuse of system tools.",
    ] {
        check(text, "");
    }
}
