//! What indicators match, and what they must not.

use daylight_hunt::{Hunter, IndicatorSet, RuleSet};
use daylight_model::{FindingKind, Indicator, IndicatorKind, IndicatorRole, Span};
use serde_json::{Value, json};

use crate::support::event;

fn indicator(kind: IndicatorKind, value: &str) -> Indicator {
    Indicator {
        kind,
        value: value.to_owned(),
        span: Span::new(0, 0),
        as_written: value.replace('.', "[.]"),
        defanged: true,
        role: IndicatorRole::Indicator,
    }
}

#[track_caller]
fn check(kind: IndicatorKind, value: &str, fields: Value, expected: bool) {
    let set = IndicatorSet::new("report--1", "A story", &[indicator(kind, value)]);
    assert_eq!(set.len(), 1, "{value}: {:?}", set.left_out());
    let rules = RuleSet::empty();
    let mut found = Vec::new();
    Hunter::new(&rules, &set).event(&event(fields.as_object().unwrap()), &mut found);
    assert_eq!(!found.is_empty(), expected, "{value} {fields}");
    for finding in found {
        assert_eq!(finding.rule.kind, FindingKind::Indicator);
        assert_eq!(finding.rule.origin, "report--1");
        assert!(finding.rule.title.contains(value), "{}", finding.rule.title);
        assert!(!finding.matched.is_empty());
    }
}

#[test]
fn domains_match_themselves_and_what_is_below() {
    let check = |text: &str, expected| {
        check(
            IndicatorKind::Domain,
            "evil.example",
            json!({"A": text}),
            expected,
        );
    };
    check("evil.example", true);
    check("a.b.EVIL.example", true);
    check("https://evil.example:8443/x?y=z", true);
    check("GET http://a.evil.example/", true);
    check("jane@evil.example", true);
    check("evil.example.", true);
    check("(evil.example)", true);
    check("notevil.example", false);
    check("not-evil.example", false);
    check("evil.example.com", false);
    check("evil-example", false);
    check("evil", false);
}

#[test]
fn addresses_are_whole() {
    let check_v4 = |text: &str, expected| {
        check(
            IndicatorKind::Ipv4,
            "198.51.100.7",
            json!({"A": text}),
            expected,
        );
    };
    check_v4("198.51.100.7", true);
    check_v4("198.51.100.7:444", true);
    check_v4("::ffff:198.51.100.7", true);
    check_v4("from=198.51.100.7;", true);
    check_v4("http://198.51.100.7/a", true);
    check_v4("198.51.100.70", false);
    check_v4("1198.51.100.7", false);
    check_v4("198.51.100.7.5", false);
    let check_v6 = |text: &str, expected| {
        check(
            IndicatorKind::Ipv6,
            "2001:db8::1",
            json!({"A": text}),
            expected,
        );
    };
    check_v6("2001:db8::1", true);
    check_v6("2001:0DB8:0:0:0:0:0:1", true);
    check_v6("[2001:db8::1]:443", true);
    check_v6("2001:db8::12", false);
    let check_network = |text: &str, expected| {
        check(
            IndicatorKind::Cidr,
            "198.51.100.0/24",
            json!({"A": text}),
            expected,
        );
    };
    check_network("198.51.100.200", true);
    check_network("198.51.101.1", false);
}

#[test]
fn words_and_phrases_are_whole() {
    let hash = "0123456789abcdef0123456789abcdef";
    let check_hash = |text: &str, expected| {
        check(IndicatorKind::Md5, hash, json!({"Hashes": text}), expected);
    };
    check_hash(&format!("SHA1=ffff,MD5={}", hash.to_uppercase()), true);
    check_hash(&format!("{hash}{hash}"), false);

    let check_name = |text: &str, expected| {
        check(
            IndicatorKind::Filename,
            "supp0rt.aspx",
            json!({"A": text}),
            expected,
        );
    };
    check_name(r"C:\inetpub\wwwroot\Supp0rt.aspx", true);
    check_name("/aspnet_client/supp0rt.aspx?x=1", true);
    check_name("Found supp0rt.aspx.", true);
    check_name("mysupp0rt.aspx", false);
    check_name("supp0rt.aspx.bak", false);

    let check_path = |text: &str, expected| {
        check(
            IndicatorKind::FilePath,
            r"C:\Program Files\x\a b.exe",
            json!({"A": text}),
            expected,
        );
    };
    check_path(r#""c:\program files\X\a b.exe" /q"#, true);
    check_path(r"c:\program files\x\a b.exe.config", false);
    check(
        IndicatorKind::FilePath,
        r"\x\y.aspx",
        json!({"A": r"C:\x\y.aspx"}),
        true,
    );

    check_path(r"c:\program files\x\a b.exe\c", false);
    let check_url = |text: &str, expected| {
        check(
            IndicatorKind::Url,
            "http://evil.example/a",
            json!({"A": text}),
            expected,
        );
    };
    check_url("GET http://evil.example/a 200", true);
    check_url("see http://evil.example/a.", true);
    check_url("http://evil.example/ab", false);
    check_url("http://evil.example/a/b", false);
    check_url("xhttp://evil.example/a", false);

    let check_mail = |text: &str, expected| {
        check(
            IndicatorKind::Email,
            "jane@evil.example",
            json!({"A": text}),
            expected,
        );
    };
    check_mail("<Jane@evil.example>", true);
    check_mail("maryjane@evil.example", false);
}

#[test]
fn text_is_searched_where_fields_do_not_hold_it() {
    let fields = json!({"family": "windows-application", "text": "to evil.example", "A": "x"});
    check(IndicatorKind::Domain, "evil.example", fields, true);
    let mut twice = Vec::new();
    let set = IndicatorSet::new(
        "report--1",
        "A story",
        &[indicator(IndicatorKind::Domain, "evil.example")],
    );
    let rules = RuleSet::empty();
    let object =
        json!({"family": "json", "text": "evil.example", "A": "evil.example evil.example"});
    Hunter::new(&rules, &set).event(&event(object.as_object().unwrap()), &mut twice);
    assert_eq!(twice.len(), 1, "one finding for one indicator in one event");
    assert_eq!(twice[0].matched.len(), 2, "{:?}", twice[0].matched);
}

#[test]
fn useless_indicators_are_left_out_with_a_reason() {
    let check = |kind, value: &str, expected: &str| {
        let set = IndicatorSet::new("report--1", "A story", &[indicator(kind, value)]);
        assert!(set.is_empty(), "{value}");
        let [(_, reason)] = set.left_out() else {
            panic!("{value}: {:?}", set.left_out());
        };
        assert!(reason.contains(expected), "{value}: {reason}");
    };
    check(IndicatorKind::Ipv4, "10.1.2.3", "private");
    check(IndicatorKind::Ipv4, "127.0.0.1", "private");
    check(IndicatorKind::Ipv4, "8.8.8.8", "resolver");
    check(IndicatorKind::Ipv6, "fe80::1", "private");
    check(IndicatorKind::Ipv4, "1.2.3", "not a readable");
    check(IndicatorKind::Cidr, "192.168.0.0/16", "private");
    check(IndicatorKind::Domain, "microsoft.com", "shared");
    check(IndicatorKind::Domain, "www.github.com", "shared");
    check(IndicatorKind::Domain, "localhost", "full domain");
    check(IndicatorKind::Url, "https://github.com/", "shared");
    check(IndicatorKind::Filename, "cmd.exe", "every machine");
    check(
        IndicatorKind::Md5,
        "d41d8cd98f00b204e9800998ecf8427e",
        "empty",
    );
    check(IndicatorKind::Cve, "CVE-2021-26855", "reference");

    let mut link = indicator(IndicatorKind::Domain, "news.example");
    link.role = IndicatorRole::Reference;
    let set = IndicatorSet::new("report--1", "A story", &[link]);
    assert!(set.is_empty() && set.left_out().is_empty());
}

#[test]
fn keys_of_the_registry_meet_however_they_are_written() {
    let check = |key: &str, text: &str, expected| {
        let kind = IndicatorKind::RegistryKey;
        check(kind, key, json!({"TargetObject": text}), expected);
        check(
            kind,
            key,
            json!({"family": "text", "text": format!("a=\"{text}\" b")}),
            expected,
        );
    };
    for key in [
        r"HKLM\SOFTWARE\Heron\Quiet",
        r"HKEY_LOCAL_MACHINE\Software\Heron\Quiet",
        r"\REGISTRY\MACHINE\SOFTWARE\Heron\Quiet\",
        r"hklm:\software\heron\quiet",
    ] {
        check(key, r"HKLM\SOFTWARE\Heron\Quiet", true);
        check(key, r"HKEY_LOCAL_MACHINE\SOFTWARE\HERON\QUIET", true);
        check(key, r"\REGISTRY\MACHINE\SOFTWARE\Heron\Quiet", true);
        check(key, r"HKLM:\Software\Heron\Quiet", true);
        check(
            key,
            r"Computer\HKEY_LOCAL_MACHINE\SOFTWARE\Heron\Quiet",
            true,
        );
        check(key, r"HKLM\SOFTWARE\Heron\Quiet\Below\Value", true);
        check(key, r"HKLM\\SOFTWARE\\Heron\\Quiet", true);
        check(
            key,
            r"reg add HKLM\SOFTWARE\Heron\Quiet /v x /d HKCU\y",
            true,
        );
        check(key, r"HKCU\x HKLM\SOFTWARE\Heron\Quiet.", true);
        check(key, r"HKLM\SOFTWARE\Heron\Quieter", false);
        check(key, r"HKLM\SOFTWARE\Heron\Quiet.er", false);
        check(key, r"HKLM\SOFTWARE\Heron", false);
        check(key, r"HKCU\SOFTWARE\Heron\Quiet", false);
        check(key, r"C:\SOFTWARE\Heron\Quiet", false);
        check(key, r"XHKLM\SOFTWARE\Heron\Quiet", false);
    }
    let user = r"HKCU\Software\Microsoft\Windows NT\CurrentVersion\Quiet Heron";
    for (text, expected) in [
        (
            r"HKU\S-1-5-21-1-2-3-1001\Software\Microsoft\Windows NT\CurrentVersion\Quiet Heron",
            true,
        ),
        (
            r"\REGISTRY\USER\S-1-5-18\Software\Microsoft\Windows NT\CurrentVersion\Quiet Heron\x",
            true,
        ),
        (
            r"HKLM\Software\Microsoft\Windows NT\CurrentVersion\Quiet Heron",
            false,
        ),
    ] {
        check(user, text, expected);
    }
    let service = r"HKLM\SYSTEM\CurrentControlSet\Services\heronsvc";
    check(
        service,
        r"HKLM\System\CurrentControlSet\Services\heronsvc\ImagePath",
        true,
    );
    check(
        service,
        r"\REGISTRY\MACHINE\SYSTEM\ControlSet001\Services\HeronSvc",
        true,
    );
    check(service, r"HKLM\System\ControlSet\Services\heronsvc", false);
    check(
        r"HKCR\CLSID\{1-2}",
        r"HKLM\SOFTWARE\Classes\CLSID\{1-2}\InprocServer32",
        true,
    );
    check(
        r"HKCR\CLSID\{1-2}",
        r"HKU\S-1-5-21-1_Classes\CLSID\{1-2}",
        true,
    );
    check(r"Software\Heron", r"HKCU\Software\Heron\x", true);
    check(r"Software\Heron", r"HKCU\x\Software\Heron", false);
}

#[test]
fn security_tells_key_and_value_apart() {
    let written = |name: &str| {
        json!({
            "channel": "Security", "event_id": 4657,
            "ObjectName": r"\REGISTRY\MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run",
            "ObjectValueName": name,
        })
    };
    let key = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run\Quiet Heron";
    check(
        IndicatorKind::RegistryKey,
        key,
        written("Quiet Heron"),
        true,
    );
    check(
        IndicatorKind::RegistryKey,
        key,
        written("Loud Heron"),
        false,
    );
}

#[test]
fn keys_that_every_machine_has_are_left_out() {
    for key in [
        r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run",
        r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run\",
        r"\REGISTRY\MACHINE\SYSTEM\ControlSet001\Services",
        r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\RunOnce",
    ] {
        let set = IndicatorSet::new("r", "s", &[indicator(IndicatorKind::RegistryKey, key)]);
        assert_eq!(set.left_out()[0].1, "is on every machine", "{key}");
    }
    let set = IndicatorSet::new("r", "s", &[indicator(IndicatorKind::RegistryKey, "Heron")]);
    assert_eq!(set.left_out()[0].1, "not a readable registry key");
}
