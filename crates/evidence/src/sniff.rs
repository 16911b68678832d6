//! What a file is, by its first bytes.

use serde::de::IgnoredAny;

use crate::lines::TextInput;
use crate::{access, audit, dhcp, dns_debug, exchange, syslog, table, transcript, xml};

/// Kinds of files that are read in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Empty,
    Evtx,
    Zip,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    SevenZip,
    Tar,
    /// One JSON object on each line.
    JsonLines,
    /// JSON arrays, or objects one after another over several lines.
    JsonDocuments,
    W3c,
    Exchange,
    Access,
    Syslog,
    SysmonLinux,
    Audit,
    Zeek,
    DnsDebug,
    Dhcp,
    Table,
    WindowsXml,
    Task,
    Transcript,
    Text,
    Unknown,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Evtx => "evtx",
            Self::Zip => "zip",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::SevenZip => "7z",
            Self::Tar => "tar",
            Self::JsonLines => "json-lines",
            Self::JsonDocuments => "json",
            Self::W3c => "w3c",
            Self::Exchange => "exchange-log",
            Self::Access => "access-log",
            Self::Syslog => "syslog",
            Self::SysmonLinux => "sysmon-linux",
            Self::Audit => "auditd",
            Self::Zeek => "zeek",
            Self::DnsDebug => "windows-dns-debug",
            Self::Table => "csv",
            Self::Dhcp => "windows-dhcp",
            Self::WindowsXml => "windows-xml",
            Self::Task => "scheduled-task",
            Self::Transcript => "powershell-transcript",
            Self::Text => "text",
            Self::Unknown => "unknown",
        }
    }
}

/// Recognises a file by its head: as much of its beginning as was read.
pub(crate) fn recognise(head: &[u8]) -> Kind {
    match head {
        [] => Kind::Empty,
        [b'E', b'l', b'f', b'F', b'i', b'l', b'e', 0, ..] => Kind::Evtx,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Kind::Zip,
        [0x1f, 0x8b, 8, ..] => Kind::Gzip,
        // The block that follows begins with the digits of π, and the end with those of its root.
        [
            b'B',
            b'Z',
            b'h',
            b'1'..=b'9',
            0x31,
            0x41,
            0x59,
            0x26,
            0x53,
            0x59,
            ..,
        ]
        | [
            b'B',
            b'Z',
            b'h',
            b'1'..=b'9',
            0x17,
            0x72,
            0x45,
            0x38,
            0x50,
            0x90,
            ..,
        ] => Kind::Bzip2,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Kind::Xz,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Kind::Zstd,
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Kind::SevenZip,
        _ if head.get(257..262) == Some(b"ustar") => Kind::Tar,
        _ => recognise_text(head),
    }
}

fn recognise_text(head: &[u8]) -> Kind {
    let mut text = String::new();
    let mut input = TextInput::new(head, head);
    loop {
        let chunk = input.fill();
        if chunk.is_empty() {
            break;
        }
        text.push_str(&String::from_utf8_lossy(chunk));
        let taken = chunk.len();
        input.consume(taken);
    }
    if !looks_like_text(&text) {
        return Kind::Unknown;
    }
    let start = text.trim_start();
    if begins_json(start) {
        let is_whole =
            |line: &str| line.starts_with('{') && serde_json::from_str::<IgnoredAny>(line).is_ok();
        // A first line longer than the head cannot be judged: as a line it stays bounded.
        let by_line = start.starts_with('{')
            && (start.lines().take(8).any(is_whole) || !start.contains('\n'));
        return if by_line {
            Kind::JsonLines
        } else {
            Kind::JsonDocuments
        };
    }
    recognise_headers(start)
}

/// Whether it begins as an object, or an array of objects, and not as a log line in brackets.
fn begins_json(text: &str) -> bool {
    let next = |text: &str| text.trim_start().chars().next();
    match text.split_at_checked(1) {
        Some(("{", rest)) => matches!(next(rest), Some('"' | '}')),
        Some(("[", rest)) => next(rest) == Some('{') || rest.trim() == "]",
        _ => false,
    }
}

/// Logs that say in their first lines how they are laid out.
fn recognise_headers(text: &str) -> Kind {
    if xml::begins_task(text) {
        return Kind::Task;
    } else if xml::begins_events(text) {
        return Kind::WindowsXml;
    } else if transcript::begins(text) {
        return Kind::Transcript;
    }
    if text.starts_with("#separator ")
        || text.lines().take(8).any(|line| line.starts_with("#path\t"))
    {
        return Kind::Zeek;
    }
    for line in text.lines().take(20) {
        let line = line.trim();
        if let Some(fields) = line.strip_prefix("#Fields:") {
            return if fields.contains(',') {
                Kind::Exchange
            } else {
                Kind::W3c
            };
        } else if let Some(software) = line.strip_prefix("#Software:") {
            if software.contains("Internet Information Services") {
                return Kind::W3c;
            } else if software.contains("Exchange") {
                return Kind::Exchange;
            }
        } else if line.starts_with("#Log-type:") || exchange::is_header(line) {
            return Kind::Exchange;
        }
    }
    recognise_lines(text)
}

/// Logs whose lines are known by how they are built. A page of explanation may stand before them.
fn recognise_lines(text: &str) -> Kind {
    if text.lines().take(64).any(dhcp::is_header) {
        return Kind::Dhcp;
    }
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let is_dns = text.contains("DNS Server log") && text.contains("Message logging key");
    if is_dns || lines().take(8).any(dns_debug::is_line) {
        return Kind::DnsDebug;
    }
    // The last line of the head may be cut off.
    let sample: Vec<&str> = lines().take(LINES_LOOKED_AT).collect();
    let most = |holds: fn(&str) -> bool| {
        let count = sample.iter().filter(|line| holds(line)).count();
        count > 0 && count * 4 >= sample.len() * 3
    };
    if most(access::is_line) {
        Kind::Access
    } else if most(audit::is_line) {
        Kind::Audit
    } else if most(syslog::is_sysmon) {
        Kind::SysmonLinux
    } else if most(syslog::is_line) {
        Kind::Syslog
    } else if table::begins(text) {
        Kind::Table
    } else {
        Kind::Text
    }
}

/// Lines by which a log is recognised; three in four must be of its kind.
const LINES_LOOKED_AT: usize = 24;

/// Text holds hardly any control characters; a few, zeros among them, do occur in logs that
/// were attacked or cut off by a crash.
fn looks_like_text(text: &str) -> bool {
    let is_odd = |character: &char| match character {
        '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}' => false,
        _ => character.is_control() || *character == char::REPLACEMENT_CHARACTER,
    };
    let characters = text.chars().take(8_192);
    characters.clone().filter(is_odd).count() * 8 <= characters.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: impl AsRef<[u8]>, expected: Kind) {
        let head = head.as_ref();
        assert_eq!(
            recognise(head),
            expected,
            "{}",
            String::from_utf8_lossy(head)
        );
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn kinds_by_content() {
        check("", Kind::Empty);
        check(b"ElfFile\0rest", Kind::Evtx);
        check(b"PK\x03\x04rest", Kind::Zip);
        check(b"\x1f\x8b\x08rest", Kind::Gzip);
        check(b"\x7fELF\x02\x01\x01\0\0\0", Kind::Unknown);
        check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Unknown);
        check("{\"a\":1}\n{\"a\":2}\n", Kind::JsonLines);
        check("\u{feff}{\"a\":1}\n", Kind::JsonLines);
        check("{broken\": 1}\n{\"a\":2}\n", Kind::Text);
        check("{\"a\": bro\n{\"a\":2}\n", Kind::JsonLines);
        check("{\n  \"a\": 1\n}\n", Kind::JsonDocuments);
        check("[{\"a\":1},\n{\"a\":2}]", Kind::JsonDocuments);
        check("[]", Kind::JsonDocuments);
        check("[Wed Oct 11 14:32:52 2000] [error] gone", Kind::Text);
        check(
            "#Software: Microsoft Internet Information Services 10.0\n",
            Kind::W3c,
        );
        check("#Version: 1.0\n#Fields: date time c-ip\n", Kind::W3c);
        check(
            "#Software: Microsoft Exchange Server\n#Version: 15\n",
            Kind::Exchange,
        );
        check("#Fields: TimeStamp,ServerName\n", Kind::Exchange);
        check(
            "DateTime,RequestId,UrlStem,AnchorMailbox\n2021",
            Kind::Exchange,
        );
        check("Jan  3 10:00:01 host sshd[12]: Accepted", Kind::Syslog);
        check("GET / 200\nGET /%00\0.aspx 404\n", Kind::Text);
        check("caf\u{e9} au lait", Kind::Text);
        check(utf16("{\"a\":1}\r\n"), Kind::JsonLines);
        check(utf16("\u{feff}#Fields: date time c-ip\r\n"), Kind::W3c);
    }
}
