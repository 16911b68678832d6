use super::*;

fn all(text: &str) -> Vec<Indicator> {
    indicators(text, Span::new(0, text.len()), &IndicatorContext::default())
}

/// Kinds and values in `text`, in order, written `kind value`.
fn read(text: &str) -> Vec<String> {
    let name = |kind: IndicatorKind| {
        serde_json::to_value(kind)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    all(text)
        .iter()
        .map(|one| format!("{} {}", name(one.kind), one.value))
        .collect()
}

/// Checks what is read and that every span holds the words it claims.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(read(text), expected, "in {text:?}");
    for one in all(text) {
        assert_eq!(one.span.of(text), one.as_written, "in {text:?}");
        assert!(!one.as_written.is_empty(), "in {text:?}");
    }
}

#[track_caller]
fn check_role(text: &str, value: &str, expected: IndicatorRole) {
    let found = all(text);
    let one = found.iter().find(|one| one.value == value);
    assert_eq!(
        one.map(|one| one.role),
        Some(expected),
        "{value} in {text:?}: {found:#?}"
    );
}

#[test]
fn marks_are_undone() {
    for written in [
        "evil-7.example[.]com",
        "evil-7[.]example.com",
        "evil-7(.)example(.)com",
        "evil-7{.}example{.}com",
        "evil-7[dot]example[dot]com",
        "evil-7 [.] example [.] com",
        "evil-7[.example[.com",
        "evil-7.]example.]com",
        "evil-7\\.example\\.com",
        "evil-7<.>example<.>com",
        "evil-7 dot example dot com",
    ] {
        check(
            &format!("seen at {written} today"),
            &["domain evil-7.example.com"],
        );
    }
    for written in [
        "hxxp://a1.net/x",
        "hXXp://a1[.]net/x",
        "http[:]//a1.net/x",
        "http[://]a1[.]net/x",
        "h**p://a1.net/x",
        "hxxp[:]//a1[.]net[/]x",
    ] {
        check(
            &format!("GET {written}, then"),
            &["url http://a1.net/x", "domain a1.net"],
        );
    }
    for written in [
        "joe[at]a1[.]net",
        "joe(at)a1.net",
        "joe[@]a1[.]net",
        "joe@a1[.]net",
        "joe at a1 dot net",
    ] {
        check(&format!("mail {written} now"), &["email joe@a1.net"]);
    }
    check(
        "fxp://a1[.]net/x and hxxps://b2[.]org:8443/y?z=1.",
        &[
            "url ftp://a1.net/x",
            "domain a1.net",
            "url https://b2.org:8443/y?z=1",
            "domain b2.org",
        ],
    );
    // Near misses: prose, patterns and paths that look like marks.
    check(
        "They met at noon dot by dot. The dot com bubble [.] burst. Look at this",
        &[],
    );
    check(
        "C:\\Users\\joe\\.ssh\\id",
        &["file-path C:\\Users\\joe\\.ssh\\id"],
    );
}

#[test]
fn addresses() {
    check(
        "from 203.0.113.7, 198.51.100.2:8080 and 192.0.2[.]9.",
        &["ipv4 203.0.113.7", "ipv4 198.51.100.2", "ipv4 192.0.2.9"],
    );
    check(
        "range 203.0.113.0/24; 5.6.7.8/33",
        &["cidr 203.0.113.0/24", "ipv4 5.6.7.8"],
    );
    check(
        "203.0.113.1-203.0.113.9",
        &["ipv4 203.0.113.1", "ipv4 203.0.113.9"],
    );
    check("Address203.0.113[.]7IP addressHost", &["ipv4 203.0.113.7"]);
    check(
        "203.0.113.7server.example.com",
        &["ipv4 203.0.113.7", "domain server.example.com"],
    );
    check(
        "2001:db8::1 and [2606:4700::6810:85e5]:443 and 2a02:1::/32.",
        &[
            "ipv6 2001:db8::1",
            "ipv6 2606:4700::6810:85e5",
            "cidr 2a02:1::/32",
        ],
    );
    // Near misses.
    for text in [
        "version 2.7.0.40",
        "v1.2.3.4",
        "Flash Player 28.0.0.137",
        "versions 7.5.1.1, 7.5.1.2 and 7.6.1.2",
        "1.2.3.4.5",
        "256.1.1.1",
        "01.2.3.4",
        "release 11.2.0.4",
        "at 12:34:56",
        "00:1a:2b:3c:4d:5e",
        "dead::beef",
        "std::cafe",
        "12:34:56:78:9a",
        "chrome-70.1.2.3.tmpl",
    ] {
        check(text, &[]);
    }
}

#[test]
fn domains() {
    check(
        "the host evil-example.com resolved",
        &["domain evil-example.com"],
    );
    check("see evil.co.uk, not co.uk", &["domain evil.co.uk"]);
    check(
        "xn--mnchen-3ya.de and münchen.de.",
        &["domain xn--mnchen-3ya.de", "domain münchen.de"],
    );
    check("expyuzz4wqqyqhjn.onion", &["domain expyuzz4wqqyqhjn.onion"]);
    check(
        "contacted bad-host[.]comCommand and control",
        &["domain bad-host.com"],
    );
    check(
        "Command and controlbad-host[.]com",
        &["domain bad-host.com"],
    );
    check("time[.]cfDomain", &["domain time.cf"]);
    check(
        "DomainHostbad[.]net",
        &["domain DomainHostbad.net".to_lowercase().as_str()],
    );
    check(
        "\nupdates.in\nupdates.example.in\n",
        &["domain updates.in", "domain updates.example.in"],
    );
    // Near misses: sentences, code, files, products.
    for text in [
        "It ended here.Vendor said",
        "on the screen.It was",
        "WScript.Shell",
        "System.IO",
        "Net.WebClient",
        "ASP.NET",
        "com.example.android",
        "pl.example.mobile",
        "object.name(",
        "$foo.bar.com",
        "this.is",
        "e.g. and i.e. etc.",
        "U.S. Gov.uk",
        "co.uk",
    ] {
        check(text, &[]);
    }
    check(
        "setup.py index.php readme.md cmd.exe payload.zip run.sh",
        &[
            "filename setup.py",
            "filename index.php",
            "filename cmd.exe",
            "filename payload.zip",
            "filename run.sh",
        ],
    );
    check(
        "index[.]exe and payload[.]zip",
        &["filename index.exe", "filename payload.zip"],
    );
}

#[test]
fn urls() {
    let url = |text: &str, expected: &str| {
        let found = read(text);
        assert_eq!(
            found.first().map(String::as_str),
            Some(format!("url {expected}").as_str()),
            "in {text:?}"
        );
    };
    url(
        "(see https://example.com/a_(b)).",
        "https://example.com/a_(b)",
    );
    url("'https://example.com/a’ and", "https://example.com/a");
    url(
        "https://example.com/a?b=c&d=e#f, g",
        "https://example.com/a?b=c&d=e#f",
    );
    url(
        "URLhttps://example[.]com/x.msiURL:",
        "https://example.com/x.msi",
    );
    url(
        "http://user:pass@EXAMPLE.com:8080/X",
        "http://user:pass@example.com:8080/X",
    );
    url("hxxp://203.0.113[.]7/x.exe", "http://203.0.113.7/x.exe");
    url("http://[2001:db8::1]:80/x", "http://[2001:db8::1]:80/x");
    url("bad[.]example[.]com/gate.php", "bad.example.com/gate.php");
    url(
        "www.example.com/reports.html",
        "www.example.com/reports.html",
    );
    url("var u='http://example.com/a'+b;", "http://example.com/a");
    url(
        "http://example.com/onehttp://example.com/two",
        "http://example.com/one",
    );
    for text in [
        "http://",
        "https://[removed].9.8/x",
        "http://*:81/x/",
        "file:///etc",
        "TCP/IP and/or",
    ] {
        assert!(
            !read(text).iter().any(|one| one.starts_with("url")),
            "in {text:?}: {:?}",
            read(text)
        );
    }
}

#[test]
fn mails() {
    check(
        "write to Joe.Doe+x@Example.com.",
        &["email Joe.Doe+x@example.com"],
    );
    check("bob@example.comPhone", &["email bob@example.com"]);
    check("Emailbob@example.com", &["email bob@example.com"]);
    check("git@github.com:a/b.git", &[]);
    check("user@host and @handle and x@1.2.3", &[]);
}

#[test]
fn hashes() {
    let md5 = "9e107d9d372bb6826bd81d3542a419d6";
    let sha1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12";
    let sha256 = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592";
    check(
        &format!("{md5} {sha1}\n{sha256}"),
        &[
            format!("md5 {md5}").as_str(),
            format!("sha1 {sha1}").as_str(),
            format!("sha256 {sha256}").as_str(),
        ],
    );
    check(
        &format!("{sha256}{sha256}"),
        &[format!("sha512 {sha256}{sha256}").as_str()],
    );
    check(&md5.to_uppercase(), &[format!("md5 {md5}").as_str()]);
    for glued in [
        format!("MD5{md5}"),
        format!("loader script{md5}Stage two"),
        format!("helper.exe{md5}Backdoor"),
        format!("Type{md5}"),
        format!("Small tool{md5}6Modified tool"),
    ] {
        let found = read(&glued);
        assert!(
            found.contains(&format!("md5 {md5}")),
            "in {glued:?}: {found:?}"
        );
    }
    // Near misses: too long, encoded, placeholders, fractions, serial numbers.
    for text in [
        format!("{md5}0"),
        format!("x{md5}y1z2w3v4"),
        "0".repeat(32),
        "12345678901234567890123456789012".to_owned(),
        format!("QmFzZTY0{md5}IGlzIG5vdCBhIGhhc2ggYXQgYWxsLCBpdCBpcw"),
        "Rounded90949470177292823791503906250".to_owned(),
    ] {
        check(&text, &[]);
    }
}

#[test]
fn identifiers() {
    check(
        "CVE-2021-26855, -26857, -26858 and -27065.",
        &[
            "cve CVE-2021-26855",
            "cve CVE-2021-26857",
            "cve CVE-2021-26858",
            "cve CVE-2021-27065",
        ],
    );
    check(
        "cve‑2021‑26855 (CVE 2019-11510) CVE-\n2020-0688",
        &[
            "cve CVE-2021-26855",
            "cve CVE-2019-11510",
            "cve CVE-2020-0688",
        ],
    );
    check(
        "CVE-2021-26855/26857",
        &["cve CVE-2021-26855", "cve CVE-2021-26857"],
    );
    check("CVE-2021-123 CVE-1821-1234 CVE-2021-12345678 cve list", &[]);
    check(
        "CWE-79 and AS64496, an AS400",
        &["cwe CWE-79", "asn AS64496"],
    );
    check(
        "T1059.001 (TA0002), G0125, S0154, M1047, C0015",
        &[
            "attack-id T1059.001",
            "attack-id TA0002",
            "attack-id G0125",
            "attack-id S0154",
            "attack-id M1047",
            "attack-id C0015",
        ],
    );
    check("T2000 S3000 G7 C4000 T-shirt TA9999", &[]);
}

#[test]
fn wallets() {
    check(
        "pay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa or",
        &["crypto-address 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"],
    );
    check(
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        &["crypto-address bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"],
    );
    check(
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        &["crypto-address 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"],
    );
    check(
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        &[],
    );
    check("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", &[]);
}

#[test]
fn paths() {
    check(
        "wrote C:\\Program Files\\Common Files\\a b.exe then",
        &[
            "file-path C:\\Program Files\\Common Files\\a",
            "filename b.exe",
        ],
    );
    check(
        "in C:\\Windows\\Temp and HKLM\\Software\\Run, too",
        &[
            "file-path C:\\Windows\\Temp",
            "registry-key HKLM\\Software\\Run",
        ],
    );
    check(
        "C:\\\\Users\\\\Public\\\\x.dll",
        &["file-path C:\\Users\\Public\\x.dll"],
    );
    check(
        "%APPDATA%\\Roaming\\x.exe; \\\\server\\share\\x",
        &[
            "file-path %APPDATA%\\Roaming\\x.exe",
            "file-path \\\\server\\share\\x",
        ],
    );
    check(
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Run.",
        &["registry-key HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Run"],
    );
    check(
        "/etc/passwd, ~/.bash_history and (/tmp/x.sh)",
        &[
            "file-path /etc/passwd",
            "file-path ~/.bash_history",
            "file-path /tmp/x.sh",
        ],
    );
    check("and/or 24/7 a:\\ x%\\ HKLM", &[]);
}

#[test]
fn roles() {
    use IndicatorRole::{Indicator as Bad, Reference};
    check_role(
        "read https://example.com/story for more",
        "https://example.com/story",
        Reference,
    );
    check_role(
        "got hxxps://example[.]com/story",
        "https://example.com/story",
        Bad,
    );
    check_role(
        "https://www.cisa.gov/news",
        "https://www.cisa.gov/news",
        Reference,
    );
    check_role(
        "Indicators of compromise\nhttp://example.com/x\n",
        "http://example.com/x",
        Bad,
    );
    check_role(
        "Indicators of compromise\nReferences\nhttp://example.com/x\n",
        "http://example.com/x",
        Reference,
    );
    check_role("the C2 domain evil-example.com", "evil-example.com", Bad);
    check_role("said example.com, a retailer", "example.com", Reference);
    check_role("hosted on github[.]com", "github.com", Reference);
    check_role("from 203.0.113.7", "203.0.113.7", Bad);
    check_role("from 192.168.1.7 and", "192.168.1.7", Reference);
    let text = "hxxps://news.example[.]org/x";
    let own = ["example.org".to_owned()];
    let found = indicators(
        text,
        Span::new(0, text.len()),
        &IndicatorContext { own_hosts: &own },
    );
    assert_eq!(found.first().map(|one| one.role), Some(Reference));
}

#[test]
fn spans_lead_back_to_the_text() {
    let text = "…noise… [hxxp://a1[.]net/x] and b2[.]org";
    let within = Span::new(text.find('[').unwrap(), text.len());
    let found = indicators(text, within, &IndicatorContext::default());
    let written: Vec<&str> = found.iter().map(|one| one.span.of(text)).collect();
    assert_eq!(written, ["hxxp://a1[.]net/x", "a1[.]net", "b2[.]org"]);
    assert!(found.iter().all(|one| one.defanged));
    assert!(indicators(text, Span::new(1, 9_999), &IndicatorContext::default()).is_empty());
}

/// Random bytes, and long lines built to make a careless reader go over them again and again.
#[test]
fn hostile_text_ends_soon() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let alphabet = b"a.b:/\\@[](){}%-_0x1fhtp CVET\xc3\xa9\xff \n\"'";
    let bytes: Vec<u8> = (0..300_000)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let index = usize::try_from(state % 64).unwrap();
            alphabet.get(index).copied().unwrap_or((state >> 32) as u8)
        })
        .collect();
    all(&String::from_utf8_lossy(&bytes));
    for unit in [
        "a",
        "a.",
        "http://",
        "http://a.co",
        "a@",
        "::",
        "[.]",
        "1.2.3.",
        "\\\\a ",
        "C:\\A ",
        "%",
        "CVE-2021-1234,",
        "(",
        "é.",
        " dot a",
        "https://a.co)))",
    ] {
        all(&unit.repeat(400_000 / unit.len()));
    }
}
