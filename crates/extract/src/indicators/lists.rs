//! Lists that tell hosts from file names and sentences, and readers' links from indicators.

/// Extensions of files that reports name.
const FILE_EXTENSIONS: &[&str] = &[
    "7z", "apk", "app", "ashx", "asmx", "asp", "aspx", "bak", "bat", "bin", "cab", "cat", "cer",
    "cfg", "chm", "class", "cmd", "conf", "config", "cpl", "crt", "csv", "dat", "db", "dll", "dmg",
    "doc", "docm", "docx", "dylib", "elf", "eml", "evtx", "exe", "gif", "gz", "hta", "htm", "html",
    "ico", "img", "inf", "ini", "iso", "jar", "jpeg", "jpg", "js", "jse", "json", "jsp", "jspx",
    "lnk", "log", "mdb", "mov", "msg", "msi", "msp", "ocx", "one", "pdb", "pdf", "php", "pif",
    "pkg", "plist", "png", "ppt", "pptm", "pptx", "ps1", "psd1", "psm1", "py", "rar", "rb", "reg",
    "rpm", "rtf", "scr", "sct", "sh", "so", "sqlite", "sys", "tar", "tgz", "tmp", "txt", "vbe",
    "vbs", "vhd", "vhdx", "war", "wsf", "wsh", "xla", "xll", "xls", "xlsb", "xlsm", "xlsx", "xml",
    "xsl", "yaml", "yar", "yml", "zip",
];

/// Top-level domains that are file extensions or programming languages first: `setup.py`.
const FILE_LIKE_TLDS: &[&str] = &[
    "app", "cab", "cat", "dot", "md", "mov", "one", "pl", "ps", "py", "rs", "sh", "so", "vi", "zip",
];

/// Top-level domains that are words, or members of objects, first: `it`, `name`.
const WORD_LIKE_TLDS: &[&str] = &[
    "ai",
    "am",
    "art",
    "as",
    "at",
    "be",
    "bot",
    "box",
    "build",
    "by",
    "call",
    "camera",
    "care",
    "center",
    "cloud",
    "cool",
    "data",
    "date",
    "dev",
    "direct",
    "do",
    "download",
    "email",
    "events",
    "exchange",
    "foundation",
    "global",
    "group",
    "has",
    "host",
    "how",
    "id",
    "in",
    "info",
    "int",
    "is",
    "it",
    "life",
    "link",
    "live",
    "management",
    "map",
    "me",
    "media",
    "mobile",
    "moe",
    "my",
    "name",
    "network",
    "new",
    "no",
    "now",
    "office",
    "one",
    "open",
    "or",
    "place",
    "play",
    "press",
    "properties",
    "read",
    "report",
    "run",
    "safe",
    "save",
    "security",
    "select",
    "services",
    "show",
    "so",
    "software",
    "store",
    "study",
    "support",
    "systems",
    "target",
    "to",
    "tools",
    "top",
    "us",
    "version",
    "watch",
    "win",
    "windows",
    "work",
    "works",
    "world",
    "you",
    "zone",
];

/// First labels of code: `java.net`, `com.example.app`, `System.IO`.
const CODE_ROOTS: &[&str] = &[
    "android",
    "com",
    "console",
    "document",
    "edu",
    "gov",
    "io",
    "java",
    "javax",
    "kernel",
    "microsoft",
    "msil",
    "net",
    "ntdll",
    "org",
    "os",
    "self",
    "sun",
    "sys",
    "system",
    "this",
    "win32",
    "window",
    "windows",
    "wscript",
];

/// Names of programs and libraries that end like hosts.
const PRODUCT_NAMES: &[&str] = &[
    "asp.net",
    "node.js",
    "react.js",
    "socket.io",
    "vb.net",
    "vue.js",
];

/// Hosts whose links are there to be read. A suffix covers the names below it.
const REFERENCE_HOSTS: &[&str] = &[
    "adobe.com",
    "apple.com",
    "archive.org",
    "arstechnica.com",
    "attack.mitre.org",
    "bbc.co.uk",
    "bbc.com",
    "bitdefender.com",
    "bleepingcomputer.com",
    "bloomberg.com",
    "cert.pl",
    "checkpoint.com",
    "cisa.gov",
    "cisco.com",
    "cloudflare.com",
    "cnn.com",
    "crowdstrike.com",
    "cyber.gc.ca",
    "cybereason.com",
    "darkreading.com",
    "eset.com",
    "europa.eu",
    "f-secure.com",
    "facebook.com",
    "fireeye.com",
    "forbes.com",
    "fortinet.com",
    "github.com",
    "gitlab.com",
    "google.com",
    "ibm.com",
    "infosecurity-magazine.com",
    "instagram.com",
    "kaspersky.com",
    "krebsonsecurity.com",
    "linkedin.com",
    "malwarebytes.com",
    "mandiant.com",
    "mcafee.com",
    "medium.com",
    "microsoft.com",
    "mitre.org",
    "nato.int",
    "ncsc.gov.uk",
    "nytimes.com",
    "openssh.com",
    "oracle.com",
    "paloaltonetworks.com",
    "politico.com",
    "proofpoint.com",
    "python.org",
    "rapid7.com",
    "recordedfuture.com",
    "redhat.com",
    "reuters.com",
    "secureworks.com",
    "securelist.com",
    "securityweek.com",
    "sentinelone.com",
    "snort.org",
    "sophos.com",
    "symantec.com",
    "talosintelligence.com",
    "techcrunch.com",
    "theguardian.com",
    "thehackernews.com",
    "theregister.com",
    "theverge.com",
    "threatpost.com",
    "trendmicro.com",
    "twitter.com",
    "virustotal.com",
    "w3.org",
    "washingtonpost.com",
    "welivesecurity.com",
    "wikipedia.org",
    "wired.com",
    "wsj.com",
    "x.com",
    "youtube.com",
    "zdnet.com",
];

/// Hosts at which anyone can post: the address of a post may be hunted for, the host never.
const SHARED_HOSTS: &[&str] = &[
    "anonfiles.com",
    "bit.ly",
    "bitbucket.org",
    "cdn.discordapp.com",
    "discord.com",
    "discord.gg",
    "discordapp.com",
    "docs.google.com",
    "drive.google.com",
    "dropbox.com",
    "gofile.io",
    "goo.gl",
    "ipinfo.io",
    "mediafire.com",
    "mega.io",
    "mega.nz",
    "onedrive.live.com",
    "pastebin.com",
    "raw.githubusercontent.com",
    "reddit.com",
    "stackoverflow.com",
    "t.co",
    "t.me",
    "telegram.org",
    "tinyurl.com",
    "transfer.sh",
    "web.archive.org",
    "wetransfer.com",
];

/// Governments and their forces, whatever the host: no report hunts for them.
const REFERENCE_SUFFIXES: &[&str] = &[
    "gc.ca", "go.jp", "gov", "gov.au", "gov.br", "gov.in", "gov.uk", "govt.nz", "mil",
];

/// Names without a place in the public suffix list that reports nevertheless give.
const SPECIAL_TLDS: &[&str] = &["bazar", "bit", "i2p", "lib", "onion"];

fn has(list: &[&str], word: &str) -> bool {
    list.iter().any(|entry| entry.eq_ignore_ascii_case(word))
}

pub(super) fn is_file_extension(extension: &str) -> bool {
    has(FILE_EXTENSIONS, extension)
}

pub(super) fn is_file_like_tld(tld: &str) -> bool {
    has(FILE_LIKE_TLDS, tld)
}

pub(super) fn is_word_like_tld(tld: &str) -> bool {
    has(WORD_LIKE_TLDS, tld)
}

pub(super) fn is_code_root(label: &str) -> bool {
    has(CODE_ROOTS, label)
}

pub(super) fn is_product_name(name: &str) -> bool {
    has(PRODUCT_NAMES, name)
}

/// Whether a lower-case top-level label is one that exists, by the public suffix list.
pub(super) fn is_known_tld(label: &str) -> bool {
    has(SPECIAL_TLDS, label)
        || (!label.is_empty()
            && psl::suffix(label.as_bytes()).is_some_and(|suffix| suffix.is_known()))
}

/// Whether a lower-case name is a public suffix that nobody can own, such as `co.uk`.
pub(super) fn is_bare_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| {
        suffix.as_bytes().len() == name.len() && suffix.typ() == Some(psl::Type::Icann)
    })
}

/// Whether `host` itself is one at which anyone can post.
pub(super) fn is_shared_host(host: &str) -> bool {
    has(SHARED_HOSTS, host.strip_prefix("www.").unwrap_or(host))
}

/// Whether `host` is one whose links are there to be read.
pub(super) fn is_reference_host(host: &str) -> bool {
    let mut rest = host;
    loop {
        if has(REFERENCE_HOSTS, rest) || has(REFERENCE_SUFFIXES, rest) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => return false,
        }
    }
}
