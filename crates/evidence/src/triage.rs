//! Collections made by KAPE, Velociraptor and CyLR: which machine they are of, and where on it a
//! file lay. Both stand in the names they give.

/// Folders at the root of a Windows volume, by which a letter is known to be one.
const ROOTS: [&str; 9] = [
    "windows",
    "users",
    "programdata",
    "program files",
    "program files (x86)",
    "inetpub",
    "perflogs",
    "$recycle.bin",
    "$extend",
];
/// Files there.
const ROOT_FILES: [&str; 5] = ["$mft", "$logfile", "$boot", "pagefile.sys", "hiberfil.sys"];
/// Where Velociraptor puts files, by how it read them.
const ACCESSORS: [&str; 7] = [
    "auto",
    "ntfs",
    "lazy_ntfs",
    "file",
    "mft",
    "ntfs_vss",
    "raw_file",
];

/// The path a file had on its machine.
pub(crate) fn original_path(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split(['/', '\\', '!']).collect();
    velociraptor(&parts).or_else(|| volume(&parts))
}

/// `uploads/auto/C%3A/Windows/…`, `uploads/ntfs/%5C%5C.%5CC%3A/Windows/…`, `uploads/file/var/log/…`
fn velociraptor(parts: &[&str]) -> Option<String> {
    let place = parts
        .windows(2)
        .rposition(|pair| pair[0] == "uploads" && ACCESSORS.contains(&pair[1]))?;
    let names: Vec<String> = parts
        .get(place + 2..)?
        .iter()
        .map(|part| decoded(part))
        .collect();
    let (first, rest) = names.split_first()?;
    let volume = first.strip_prefix(r"\\.\").unwrap_or(first);
    Some(match volume.strip_suffix(':') {
        Some(drive) if is_drive(drive) => [&[volume.to_owned()], rest].concat().join("\\"),
        _ => format!("/{}", names.join("/")),
    })
}

/// `C/Windows/…`, as KAPE and CyLR have it.
fn volume(parts: &[&str]) -> Option<String> {
    let place = parts.windows(2).position(|pair| {
        let next = pair[1].to_lowercase();
        is_drive(pair[0]) && (ROOTS.contains(&next.as_str()) || ROOT_FILES.contains(&next.as_str()))
    })?;
    let (drive, rest) = parts.get(place..)?.split_first()?;
    Some(format!("{}:\\{}", drive.to_uppercase(), rest.join("\\")))
}

fn is_drive(text: &str) -> bool {
    text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// `%3A` as the character it stands for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The machine a collection is of: `Collection-WEB01-2021-03-03T06_30_11Z.zip` (Velociraptor),
/// `2021-03-03T063011_WEB01.zip` (KAPE).
pub(crate) fn host(path: &str) -> Option<&str> {
    path.split(['/', '\\', '!']).find_map(|part| {
        let name = part
            .rsplit_once('.')
            .map_or(part, |(stem, ending)| match ending {
                "zip" | "7z" | "tar" | "gz" => stem,
                _ => part,
            });
        let of_velociraptor = || {
            let rest = name.strip_prefix("Collection-")?;
            let place = rest.match_indices('-').map(|(place, _)| place);
            let mut places = place.filter(|place| rest.get(place + 1..).is_some_and(begins_date));
            rest.get(..places.next()?)
        };
        let of_kape = || {
            let (stamp, host) = name.split_once('_')?;
            (begins_date(stamp) && stamp.len() == 17 && !host.contains('.')).then_some(host)
        };
        // KAPE's own logs are named alike.
        let is_log = |host: &&str| host.ends_with("Log") || host.is_empty();
        of_velociraptor()
            .or_else(of_kape)
            .filter(|host| !is_log(host))
    })
}

/// `2021-03-03T…`
fn begins_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 11
        && bytes
            .iter()
            .take(11)
            .zip(b"dddd-dd-ddT")
            .all(|(byte, shape)| match shape {
                b'd' => byte.is_ascii_digit(),
                _ => byte == shape,
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_they_were() {
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(original_path(path).as_deref(), expected, "{path}");
        };
        check(
            "c.zip!uploads/auto/C%3A/Windows/System32/winevt/Logs/Security.evtx",
            Some(r"C:\Windows\System32\winevt\Logs\Security.evtx"),
        );
        check(
            r"c.zip!uploads/ntfs/%5C%5C.%5CC%3A/Users/a%20b",
            Some(r"C:\Users\a b"),
        );
        check(
            "c.zip!uploads/file/var/log/auth.log",
            Some("/var/log/auth.log"),
        );
        check("/case/WEB01/c/windows/x.exe", Some(r"C:\windows\x.exe"));
        check("WEB01.zip!C/$MFT", Some(r"C:\$MFT"));
        check("/home/c/src/main.c", None);
        check("c.zip!results/x.json", None);
        check("c.zip!uploads/auto/%zz%", Some("/%zz%"));
    }

    #[test]
    fn machines() {
        let check = |path: &str, expected: Option<&str>| assert_eq!(host(path), expected, "{path}");
        check(
            "/x/Collection-WEB-01-2021-03-03T06_30_11Z.zip!a/b",
            Some("WEB-01"),
        );
        check(
            "/x/Collection-WEB01_corp_example-2021-03-03T06_30_11_Z.zip",
            Some("WEB01_corp_example"),
        );
        check("/x/2021-03-03T063011_WEB01.zip!C/Windows/x", Some("WEB01"));
        check("/x/2021-03-03T063011_CopyLog.csv", None);
        check("/x/2021-03-03T063011_ConsoleLog.txt", None);
        check("/x/Collection-of-things/y", None);
    }
}
