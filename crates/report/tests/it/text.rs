use super::{about, check, document};

#[test]
fn a_republished_story() {
    let document = check(
        "Port Authority Says Ransomware Halted Cranes\n\n\
         The port authority said on Tuesday that ransomware had halted its cranes for nine hours.\n\n\
         “We will share what we learnt,” the director said, declining to comment on the ransom.\n\n\
         Breaking news\n\nPublished at Tue, 04 May 2021 18:02:11 +0000\n\n\
         This story originally posted here https://www.harbour-times.co.uk/port-ransomware\n\n\
         Leave a Reply\n\nYour email address will not be published. Required fields are marked *\n\nName *\n\nWhat a shame, I say.\n",
        "T Port Authority Says Ransomware Halted Cranes
         P The port authority said on Tuesday that ransomware had halted its cranes for nine hours.
         P “We will share what we learnt,” the director said, declining to comment on the ransom.
         - Breaking news
         - Published at Tue, 04 May 2021 18:02:11 +0000
         - This story originally posted here https://www.harbour-times.co.uk/port-ransomware
         - Leave a Reply
         - Your email address will not be published. Required fields are marked *
         - Name *
         - What a shame, I say.",
    );
    assert_eq!(
        about(&document),
        "Port Authority Says Ransomware Halted Cranes | 2021-05-04T18:02:11Z | - |  | (\"Harbour Times\", \"https://www.harbour-times.co.uk/port-ransomware\")"
    );
    assert_eq!(
        document.published_as_written.as_deref(),
        Some("Tue, 04 May 2021 18:02:11 +0000")
    );
}

#[test]
fn a_date_that_the_text_opens_with() {
    let document = check(
        "Clinics Confirm Theft of Records\n\n\
         March 3, 2025 - The clinics confirmed on Monday that records were stolen in January 2025.\n",
        "T Clinics Confirm Theft of Records
         - March 3, 2025 -
         P The clinics confirmed on Monday that records were stolen in January 2025.",
    );
    assert_eq!(
        about(&document),
        "Clinics Confirm Theft of Records | 2025-03-03T00:00:00Z | - |  | (\"\", \"\")"
    );
}

#[test]
fn head_lines_and_glued_datelines() {
    let document = check(
        "title: XA-17: Actors in Networks of Utilities\nurl: https://cert.example.org/xa-17\n\n\
         Original release date: March 3, 2022 | Last revised: April 9, 2022SummaryThis advisory describes actors in the networks of utilities and what to do about them.\n\
         On March 1, 2022, the agency warned operators.\n",
        "- title:
         T XA-17: Actors in Networks of Utilities
         - url: https://cert.example.org/xa-17
         - Original release date: March 3, 2022 | Last revised: April 9, 2022
         H Summary
         P This advisory describes actors in the networks of utilities and what to do about them.
         P On March 1, 2022, the agency warned operators.",
    );
    assert_eq!(
        document.published.map(|at| at.to_string()).as_deref(),
        Some("2022-03-03T00:00:00Z")
    );
    assert_eq!(
        document.published_as_written.as_deref(),
        Some("March 3, 2022")
    );
    assert_eq!(
        document.url.as_deref(),
        Some("https://cert.example.org/xa-17")
    );
}

#[test]
fn a_wrapped_press_release() {
    let document = check(
        "FOR IMMEDIATE RELEASE\nThursday, June 10, 2021\n\nTwo Charged With Selling Access to\nHospital Networks\n\n\
         Two men were charged today with selling access to the networks of at\nleast forty hospitals, according to an indictment unsealed in the\ncity.\n\n\
         What the charges say:\n\n  * The men met in a forum where access to networks is sold to the\n    highest bidder.\n  * They are charged with conspiracy.\n\n\
         SHA-256 of the loader:\n\
         0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n\
         1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
        "- FOR IMMEDIATE RELEASE
         - Thursday, June 10, 2021
         T Two Charged With Selling Access to Hospital Networks
         P Two men were charged today with selling access to the networks of at least forty hospitals, according to an indictment unsealed in the city.
         P What the charges say:
         L * The men met in a forum where access to networks is sold to the highest bidder.
         L * They are charged with conspiracy.
         P SHA-256 of the loader:
         P 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
         P 1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    );
    assert_eq!(
        document.published.map(|at| at.to_string()).as_deref(),
        Some("2021-06-10T00:00:00Z")
    );
}

#[test]
fn markdown() {
    let document = check(
        "---\ntitle: \"Loader in Fake Updates\"\nauthor: Ana Lima and Bo Ek\ndate: 2023-02-01\n---\n\n# Loader in Fake Updates\n\n\
         ## How it spreads\n\nBy mail. The loader asks for `id`.\n\n```sh\n# not a heading\ncurl http://192.0.2.7/x\n```\n\n\
         | Host | Port |\n|------|------|\n| a.example | 443 |\n\n- one\n- two\n",
        "- title:
         T \"Loader in Fake Updates\"
         - author: Ana Lima and Bo Ek
         - date: 2023-02-01
         H Loader in Fake Updates
         H How it spreads
         P By mail. The loader asks for `id`.
         C # not a heading curl http://192.0.2.7/x
         R | Host | Port |
         R | a.example | 443 |
         L - one
         L - two",
    );
    assert_eq!(
        about(&document),
        "Loader in Fake Updates | 2023-02-01T00:00:00Z | - | Ana Lima + Bo Ek | (\"\", \"\")"
    );
}

#[test]
fn encodings_keep_offsets() {
    let story = "Café Chain Says “No Data” Was Lost\n\nThe chain’s spokesman denied it on Monday, and said so twice.\n";
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(story.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let narrow: Vec<u8> = story
        .chars()
        .map(|c| match c {
            '“' => 0x93,
            '”' => 0x94,
            '’' => 0x92,
            'é' => 0xe9,
            c => c as u8,
        })
        .collect();
    for bytes in [
        story.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", story.as_bytes()].concat(),
        wide,
        narrow,
    ] {
        let document = document(bytes);
        assert_eq!(document.text, story);
        assert_eq!(
            document.title.as_deref(),
            Some("Café Chain Says “No Data” Was Lost")
        );
    }
}

#[test]
fn traps_for_furniture() {
    check(
        "Researchers Share Findings on Botnet\n\n\
         Share prices fell after the report. The vendor declined to comment.\n\n\
         Facebook\n\nTwitter\n\nwere among the brands that the phishing kit copied, the researchers said.\n\n\
         By Monday evening the servers had been patched.\n\n\
         The report was first published in 2019 by a security firm.\n\n\
         Related activity was seen in April, when cookies were stolen from browsers at a newsletter service.\n",
        "T Researchers Share Findings on Botnet
         P Share prices fell after the report. The vendor declined to comment.
         H Facebook
         H Twitter
         P were among the brands that the phishing kit copied, the researchers said.
         P By Monday evening the servers had been patched.
         P The report was first published in 2019 by a security firm.
         P Related activity was seen in April, when cookies were stolen from browsers at a newsletter service.",
    );
}

#[test]
fn share_bars_and_related_blocks() {
    check(
        "Gang Says It Hit Water Company\n\nBy Ana Lima and Bo Ek\n\nShare\n\nFacebook\n\nTwitter\n\n\
         A gang said on its site that it had entered the network of a water company.\n\n\
         Related articles\n\nPipeline Reopens After Attack\n\nHow Gangs Choose Victims\n\n\
         The company said that water was safe and that it had called the police.\n\n© 2021 Planet Media Ltd. All rights reserved.\n",
        "T Gang Says It Hit Water Company
         - By Ana Lima and Bo Ek
         - Share
         - Facebook
         - Twitter
         P A gang said on its site that it had entered the network of a water company.
         - Related articles
         - Pipeline Reopens After Attack
         - How Gangs Choose Victims
         P The company said that water was safe and that it had called the police.
         - © 2021 Planet Media Ltd. All rights reserved.",
    );
}

#[test]
fn who_wrote_it_first() {
    let check = |line: &str, expected: &str| {
        let text = format!(
            "Gang Says It Hit Water Company\n\nA gang said on its site that it had entered a network.\n\n{line}\n"
        );
        let originator = document(text).originator;
        let found =
            originator.map(|found| format!("{} {}", found.name, found.url.unwrap_or_default()));
        assert_eq!(found.unwrap_or_default().trim(), expected, "{line}");
    };
    check(
        "This article first appeared in The Evening Planet.",
        "The Evening Planet",
    );
    check(
        "This article was originally published by Planet Watch on 3 May 2021.",
        "Planet Watch",
    );
    check(
        "Originally published at https://planet.example/a?b=1.",
        "Planet https://planet.example/a?b=1",
    );
    check(
        "Source: https://www.bbc.co.uk/news/1",
        "BBC https://www.bbc.co.uk/news/1",
    );
    check(
        "The post Gang Says It Hit Water Company appeared first on Planet Blog.",
        "Planet Blog",
    );
    check("This story was first reported to the police in 2019.", "");
    check(
        "LONDON (Reuters) - The minister said so on Monday.",
        "Reuters",
    );
    check("By Ana Lima, Associated Press", "Associated Press");
    check("The flaw was first published by the vendor in March.", "");
}

#[test]
fn an_outlet_does_not_republish_itself() {
    let text = "title: Gang Says It Hit Water Company\nurl: https://www.planetwatch.example/water\n\n\
                A gang said on its site that it had entered a network.\n\n\
                The post Gang Says It Hit Water Company appeared first on ";
    for (outlet, own) in [("Planet Watch Blog.", true), ("The Evening News.", false)] {
        assert_eq!(
            document(format!("{text}{outlet}")).originator.is_none(),
            own,
            "{outlet}"
        );
    }
}

#[test]
fn rules_and_tables_stay_whole() {
    let mut text = "A Report on a Loader\n\nThe loader was seen in March.\n\n".to_owned();
    for index in 0..20 {
        text.push_str(&format!(
            "Finding number {index} is about one more host.\n\n"
        ));
    }
    text.push_str("tags:\n- attack.execution\n\ndate: 2022/09/12\n\nTuesday, 24.03.2020 09:09:21 UTC\n\nComment\n\n");
    for index in 0..20 {
        text.push_str(&format!(
            "Conclusion number {index} is about one more host.\n\n"
        ));
    }
    let document = document(text);
    assert_eq!(document.content().count(), document.blocks.len());
    assert_eq!(document.published, None);
}

#[test]
fn markings() {
    for (text, marking) in [
        (
            "TLP:WHITE\n\nA Report on Loaders\n\nText of the report.",
            Some("TLP:CLEAR"),
        ),
        (
            "A Report on Loaders\n\nThis report is marked TLP:AMBER+STRICT and may go no further.",
            Some("TLP:AMBER+STRICT"),
        ),
        (
            "A Report on Loaders\n\nTLP: amber\n\nThe TLP:RED level exists too.",
            Some("TLP:AMBER"),
        ),
        ("A Report on Loaders\n\nNothing is marked here.", None),
    ] {
        assert_eq!(document(text).tlp.as_deref(), marking, "{text}");
    }
}
