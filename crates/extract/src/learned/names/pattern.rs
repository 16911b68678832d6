//! What kind of thing a form looks like, judged by its letters alone.

/// How a form is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// No letter at all.
    None = 0,
    /// "group"
    Lower,
    /// "Group"
    Initial,
    /// "GROUP"
    Upper,
    /// "PlugX", "njRAT"
    Mixed,
    /// "APT28", "x64"
    Digits,
}

impl Case {
    pub(crate) fn of(text: &str) -> Self {
        let mut letters = text.chars().filter(|c| c.is_alphabetic());
        let Some(first) = letters.next() else {
            return Self::None;
        };
        if text.chars().any(char::is_numeric) {
            return Self::Digits;
        }
        let (mut upper, mut lower) = (0, 0);
        for letter in letters {
            if letter.is_uppercase() {
                upper += 1;
            } else {
                lower += 1;
            }
        }
        match (first.is_uppercase(), upper, lower) {
            (false, 0, _) => Self::Lower,
            (true, 0, 1..) => Self::Initial,
            (true, _, 0) => Self::Upper,
            _ => Self::Mixed,
        }
    }
}

/// What a form is likely to be: a hash, a file, an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    Word = 0,
    Mark,
    Number,
    Year,
    Md5,
    Sha1,
    Sha256,
    Hex,
    Flaw,
    Address4,
    Address6,
    Url,
    Mail,
    Host,
    Program,
    File,
    Path,
    Registry,
    Version,
    Technique,
    PackageName,
    Call,
    Escape,
    Code,
}

impl Pattern {
    pub(crate) fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let plain = lower
            .replace("[.]", ".")
            .replace("(.)", ".")
            .replace("[", "")
            .replace("]", "");
        let bytes = plain.as_bytes();
        if !bytes
            .iter()
            .any(|b| b.is_ascii_alphanumeric() || *b >= 0x80)
        {
            return Self::Mark;
        }
        if bytes.iter().all(u8::is_ascii_digit) {
            return if bytes.len() == 4 && (plain.starts_with("19") || plain.starts_with("20")) {
                Self::Year
            } else {
                Self::Number
            };
        }
        if bytes.iter().all(u8::is_ascii_hexdigit) && bytes.iter().any(u8::is_ascii_digit) {
            match bytes.len() {
                32 => return Self::Md5,
                40 => return Self::Sha1,
                64 => return Self::Sha256,
                8.. => return Self::Hex,
                _ => {}
            }
        }
        if plain.starts_with("cve-") {
            return Self::Flaw;
        }
        if plain.contains("://") || plain.starts_with("www.") {
            return Self::Url;
        }
        let mail = plain.split_once('@');
        if mail.is_some_and(|(before, after)| !before.is_empty() && after.contains('.')) {
            return Self::Mail;
        }
        if plain.starts_with("hk")
            && (plain.starts_with("hkey_")
                || plain.starts_with("hklm")
                || plain.starts_with("hkcu"))
        {
            return Self::Registry;
        }
        let address = plain
            .split(':')
            .next()
            .unwrap_or_default()
            .split('/')
            .next()
            .unwrap_or_default();
        let numbers: Vec<&str> = address.split('.').collect();
        if numbers
            .iter()
            .all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit() || b == b'x'))
        {
            if numbers.len() == 4 {
                return Self::Address4;
            }
            return Self::Version;
        }
        if plain.matches(':').count() > 3
            && bytes.iter().all(|b| b.is_ascii_hexdigit() || *b == b':')
        {
            return Self::Address6;
        }
        if plain.contains('\\')
            || plain.starts_with('/')
            || plain.starts_with('%')
            || plain.starts_with("~/")
        {
            return Self::Path;
        }
        if let Some((stem, end)) = plain.rsplit_once('.') {
            if PROGRAM_ENDS.contains(&end) {
                return Self::Program;
            }
            if FILE_ENDS.contains(&end) {
                return Self::File;
            }
            if PACKAGE_STARTS.iter().any(|start| plain.starts_with(start)) && !stem.is_empty() {
                return Self::PackageName;
            }
            if !stem.is_empty()
                && end.len() >= 2
                && end.bytes().all(|b| b.is_ascii_alphabetic())
                && stem
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b'_')
            {
                return if psl::suffix(plain.as_bytes()).is_some_and(|suffix| suffix.is_known()) {
                    Self::Host
                } else {
                    Self::Escape
                };
            }
        }
        if plain.ends_with("()") || plain.contains('(') {
            return Self::Call;
        }
        if bytes.len() >= 5 && bytes[0] == b't' && bytes[1..5].iter().all(u8::is_ascii_digit) {
            return Self::Technique;
        }
        if bytes
            .iter()
            .any(|b| matches!(b, b'_' | b'=' | b'{' | b'}' | b'<' | b'>' | b'$' | b'&'))
        {
            return Self::Code;
        }
        Self::Word
    }
}

const PROGRAM_ENDS: &[&str] = &[
    "exe", "dll", "sys", "scr", "bat", "ps1", "vbs", "js", "jar", "apk", "elf", "so", "ocx", "cpl",
    "sh", "py", "msi", "vbe", "jse", "wsf", "hta", "lnk", "dex", "aspx", "asp", "php", "jsp",
    "bin", "dat",
];
const FILE_ENDS: &[&str] = &[
    "doc", "docx", "docm", "dotm", "xls", "xlsx", "xlsm", "ppt", "pptx", "pps", "rtf", "pdf",
    "zip", "rar", "7z", "cab", "iso", "img", "tmp", "txt", "log", "xml", "json", "ini", "cfg",
    "conf", "db", "sct", "htm", "html", "png", "jpg", "jpeg", "gif", "hwp", "swf", "inf", "chm",
    "plist", "ico", "tar", "gz", "bmp", "csv", "lua", "class", "cs", "cpp", "h", "c", "mof", "xsl",
    "pst", "eml", "key", "pem",
];
const PACKAGE_STARTS: &[&str] = &["com.", "org.", "net.", "android.", "java.", "cn."];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_tell_what_they_are() {
        for (text, expected) in [
            ("203.0.113.7", Pattern::Address4),
            ("203[.]0[.]113[.]7", Pattern::Address4),
            ("evil[.]example.com", Pattern::Host),
            ("hxxp://evil.example/a", Pattern::Url),
            ("0123456789abcdef0123456789abcdef", Pattern::Md5),
            ("CVE-2017-0199", Pattern::Flaw),
            ("invoice.docx", Pattern::File),
            ("svchost.exe", Pattern::Program),
            ("C:\\Windows\\x", Pattern::Path),
            ("T1059", Pattern::Technique),
            ("they’re", Pattern::Word),
            ("t’’’’", Pattern::Word),
            ("2019", Pattern::Year),
            ("...", Pattern::Mark),
            ("", Pattern::Mark),
        ] {
            assert_eq!(Pattern::of(text), expected, "{text}");
        }
    }

    #[test]
    fn letters_tell_how_a_form_is_written() {
        for (text, expected) in [
            ("group", Case::Lower),
            ("Group", Case::Initial),
            ("GROUP", Case::Upper),
            ("X", Case::Upper),
            ("njRAT", Case::Mixed),
            ("APT28", Case::Digits),
            ("2019", Case::None),
        ] {
            assert_eq!(Case::of(text), expected, "{text}");
        }
    }
}
