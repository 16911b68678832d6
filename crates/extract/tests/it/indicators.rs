//! Every kind of indicator, every way of defanging, and the worst habits of readers of them. All
//! names, addresses and rules are invented or reserved for documentation.

use daylight_extract::{IndicatorContext, indicators, rules};
use daylight_model::{IndicatorKind, Span};

/// Kinds and values in a text, in order, written `kind value`.
fn read(text: &str) -> Vec<String> {
    let whole = Span::new(0, text.len());
    let found = indicators(text, whole, &IndicatorContext::default());
    for one in &found {
        assert_eq!(one.span.of(text), one.as_written, "in {text:?}");
    }
    let name = |kind: IndicatorKind| {
        let name = serde_json::to_value(kind).expect("a kind is a name");
        name.as_str().unwrap_or_default().to_owned()
    };
    found
        .iter()
        .map(|one| format!("{} {}", name(one.kind), one.value))
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(read(text), expected, "in {text:?}");
}

const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

#[test]
fn mutexes() {
    for text in [
        "It creates a mutex named Global\\Qx7_lock to run once.",
        "The mutex \"Global\\Qx7_lock\" was seen.",
        "Mutex: Global\\Qx7_lock.",
        "mutex name is “Global\\Qx7_lock”",
    ] {
        check(text, &["mutex Global\\Qx7_lock"]);
    }
    for text in [
        "A mutex is a lock that only one thread holds.",
        "The mutex was created with care.",
        "It checks for a mutex: if there is one, it ends.",
    ] {
        check(text, &[]);
    }
}

#[test]
fn user_agents() {
    let agent = "user-agent Mozilla/5.0 (Windows NT 10.0; WOW64) Qloader/2.7.0.40";
    check(
        "User-Agent: Mozilla/5.0 (Windows NT 10.0; WOW64) Qloader/2.7.0.40\nAccept: */*",
        &[agent],
    );
    check(
        "It sends the user agent string “Mozilla/5.0 (Windows NT 10.0; WOW64) Qloader/2.7.0.40”.",
        &[agent],
    );
    check("The user agent was changed by the gang.", &[]);
    check("Check the User-Agent header: it is odd.", &[]);
}

#[test]
fn hashes_that_only_their_name_tells() {
    check(
        &format!("imphash: {}", MD5.to_uppercase()),
        &[&format!("imphash {MD5}")],
    );
    check(
        &format!("Import hash ({MD5})"),
        &[&format!("imphash {MD5}")],
    );
    check(
        "ssdeep 96:aBc3dEf+gH/iJk:lMn0pQr",
        &["ssdeep 96:aBc3dEf+gH/iJk:lMn0pQr"],
    );
    check(MD5, &[&format!("md5 {MD5}")]);
    check("96:aBc3dEf+gH/iJk:lMn0pQr and ssdeep scores", &[]);
}

#[test]
fn rules_are_read_whole() {
    let yara = "private rule Qloader_Strings : loader\n{\n  meta:\n    note = \"a } in a string\"\n\n  \
                strings:\n    $a = { 6A ?? [2-4] 58 }\n    $b = /x{2,3}\\/y/ // }\n  condition:\n    \
                all of them\n}";
    let sigma = "title: Qloader Service\nlogsource:\n  product: windows\n  service: system\n\n\
                 detection:\n  selection:\n    EventID: 7045\n  condition: selection\nlevel: high";
    let text = format!("Hunt with these.\n\n{yara}\n\nAnd this:\n\n{sigma}\n\nThat is all.");
    let found: Vec<_> = rules(&text)
        .into_iter()
        .map(|rule| {
            (
                rule.kind,
                rule.value,
                rule.as_written,
                rule.span.of(&text).to_owned(),
            )
        })
        .collect();
    let expect = |kind, name: &str, whole: &str| (kind, name.into(), whole.into(), whole.into());
    assert_eq!(
        found,
        [
            expect(IndicatorKind::YaraRule, "Qloader_Strings", yara),
            expect(IndicatorKind::SigmaRule, "Qloader Service", sigma),
        ]
    );
    for text in [
        "As a rule the gang { waits }.",
        "rule of_law { nothing here }",
        "rule open {\n  condition: true\n",
        "title: A story\ndetection: late\ncondition: poor",
    ] {
        assert!(rules(text).is_empty(), "{text}");
    }
}

#[test]
fn rules_are_found_in_one_pass() {
    for unit in [
        "rule a {",
        "rule a { condition",
        "title: a\nlogsource:\n",
        "\"",
        "rule a {/*",
    ] {
        let _ = rules(&unit.repeat(2_000_000 / unit.len()));
    }
}

#[test]
fn addresses_with_ports_and_networks() {
    check(
        "198.51.100[.]2:8443, 198.51.100.0/24 and [2001:db8::7]:443, 2001:db8::/32",
        &[
            "ipv4 198.51.100.2",
            "cidr 198.51.100.0/24",
            "ipv6 2001:db8::7",
            "cidr 2001:db8::/32",
        ],
    );
}

#[test]
fn paths_of_every_kind() {
    check(
        "%TEMP%\\q.dat, \\\\files\\share\\q.exe, C:\\ProgramData\\q.dll, /var/tmp/.q, \
         HKCU\\Software\\Q and q.ps1",
        &[
            "file-path %TEMP%\\q.dat",
            "file-path \\\\files\\share\\q.exe",
            "file-path C:\\ProgramData\\q.dll",
            "file-path /var/tmp/.q",
            "registry-key HKCU\\Software\\Q",
            "filename q.ps1",
        ],
    );
}

#[test]
fn more_ways_of_defanging() {
    for written in [
        "evil-7[,]example[,]com",
        "evil-7[ . ]example[ . ]com",
        "evil-7( . )example( . )com",
        "evil-7[ dot ]example[ dot ]com",
        "evil-7[dot]example[DOT]com",
        "evil-7&#46;example&#46;com",
        "evil-7。example。com",
    ] {
        check(
            &format!("seen at {written} today"),
            &["domain evil-7.example.com"],
        );
    }
    for written in [
        "meow://a1[.]net/x",
        "h[xx]p://a1[.]net/x",
        "h[tt]p://a1.net/x",
        "h__p://a1.net/x",
        "hzzp://a1.net/x",
        "hxxp[://]a1[.]net/x",
        "hxxp[:]//a1[.]net/x.",
    ] {
        check(written, &["url http://a1.net/x", "domain a1.net"]);
    }
    check("joe[ at ]a1[.]net", &["email joe@a1.net"]);
    check("The cat said meow: it was hungry.", &[]);
}

#[test]
fn glued_tables() {
    check("time[.]cfDomainQloader", &["domain time.cf"]);
    check(&format!("MD5{MD5}"), &[&format!("md5 {MD5}")]);
    check("Address203.0.113[.]80IP", &["ipv4 203.0.113.80"]);
}

#[test]
fn sentence_joins_are_no_domains() {
    check("It ended here.Corvid said so.", &[]);
    check(
        "It ended at here-4.net.Corvid said so.",
        &["domain here-4.net"],
    );
}

#[test]
fn code_and_files_are_no_domains() {
    check("setup.py", &["filename setup.py"]);
    check("WScript.Shell, System.IO and Net.Sockets", &[]);
}

#[test]
fn versions_are_no_addresses() {
    check("Update to version 2.7.0.40 or 2.7.0.41.", &[]);
    check("It called 203.0.113.40.", &["ipv4 203.0.113.40"]);
}

#[test]
fn words_joined_to_a_mail_address() {
    check("Emailjoe@a1[.]net", &["email joe@a1.net"]);
    check("joe@a1-mail.comPhone", &["email joe@a1-mail.com"]);
}

#[test]
fn punctuation_behind_a_url() {
    for end in [".", ",", ")", "]", "”", "'", ";", "!", "...", ")."] {
        check(
            &format!("hxxp://a1[.]net/x{end} "),
            &["url http://a1.net/x", "domain a1.net"],
        );
    }
    check(
        "https://a1[.]net/x_(y)",
        &["url https://a1.net/x_(y)", "domain a1.net"],
    );
}

#[test]
fn times_and_serials_are_no_ipv6() {
    check(
        "At 12:34:56 on 2024:01:02, serial 00:a1:b2:c3:d4:e5:f6:07.",
        &[],
    );
    check("From 2001:db8::abcd it came.", &["ipv6 2001:db8::abcd"]);
}

#[test]
fn encoded_text_is_no_hash() {
    check(
        &format!("QmFzZTY0IGlz{MD5}IG5vdCBhIGhhc2ggYXQgYWxsLg=="),
        &[],
    );
    check(&format!("({MD5})"), &[&format!("md5 {MD5}")]);
}

#[test]
fn unicode_hyphens_in_hosts() {
    check(
        "evil‑seven[.]example[.]com",
        &["domain evil-seven.example.com"],
    );
    check("evil‐seven.com", &["domain evil-seven.com"]);
    check("a state‑sponsored.In the end", &[]);
    check("a state‑sponsored gang", &[]);
}

#[test]
fn international_names() {
    check("xn--mnchen-3ya[.]de", &["domain xn--mnchen-3ya.de"]);
    check("bücher[.]example[.]com", &["domain bücher.example.com"]);
}
