//! Keys of the registry, which every log writes in its own way.
//!
//! Both what is looked for and what stands in a text are brought to one way of writing, root
//! first. A key is looked up by each of its beginnings, so that it is found with what lies below
//! it, and for any number of indicators at the same cost.

use aho_corasick::{AhoCorasick, Match, MatchKind};

use super::entries::Entries;
use super::exact::is_word;
use super::keys::{Index, key};

/// Bytes below a root that are looked at, and in how many places a key may end in them.
const KEY_BYTES_MAX: usize = 1_024;
const ENDS_MAX: usize = 100;

/// Roots in lower case, and how they are written here.
const ROOTS: &[(&str, &str)] = &[
    ("hkey_local_machine", "hklm"),
    ("hkey_current_user", "hkcu"),
    ("hkey_users", "hku"),
    ("hkey_classes_root", "hkcr"),
    ("hkey_current_config", "hkcc"),
    ("registry\\machine", "hklm"),
    ("registry\\user", "hku"),
    ("hklm", "hklm"),
    ("hkcu", "hkcu"),
    ("hku", "hku"),
    ("hkcr", "hkcr"),
    ("hkcc", "hkcc"),
];

/// All keys that are looked for.
#[derive(Debug, Default)]
pub(super) struct Registry {
    keys: Index<u32>,
    roots: Option<AhoCorasick>,
}

impl Registry {
    pub(super) fn new(keys: Vec<(u64, u32)>) -> Self {
        let roots = (!keys.is_empty()).then(|| {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::LeftmostLongest);
            // Few and short as they are, it does not fail.
            builder.build(ROOTS.iter().map(|(root, _)| root)).ok()
        });
        Self {
            keys: Index::new(keys),
            roots: roots.flatten(),
        }
    }

    /// Finds keys in a text in lower case, wherever a root stands.
    pub(super) fn search(&self, text: &str, entries: &Entries, found: &mut dyn FnMut(u32, usize)) {
        let Some(roots) = &self.roots else { return };
        let is_root = |root: &Match| {
            let around = text.get(..root.start()).zip(text.get(root.end()..));
            around.is_some_and(|(before, after)| {
                !before.ends_with(is_word) && after.starts_with(['\\', ':'])
            })
        };
        let mut places = roots.find_iter(text).filter(is_root).peekable();
        while let Some(root) = places.next() {
            let end = places.peek().map_or(text.len(), |next| next.start());
            let end = text.floor_char_boundary(end.min(root.end() + KEY_BYTES_MAX));
            let written = text.get(root.start()..end);
            let Some(path) = written.and_then(canonical) else {
                continue;
            };
            for end in ends(&path) {
                let Some(path) = path.get(..end) else {
                    continue;
                };
                let below = path.split_once('\\').map_or(path, |(_, below)| below);
                for key in [key(path.as_bytes()), key(below.as_bytes())] {
                    for entry in self.keys.get(key) {
                        let wanted = entries.text(*entry);
                        if wanted == path || wanted == below {
                            found(*entry, root.start());
                        }
                    }
                }
            }
        }
    }
}

/// What the sweep has to stop at.
pub(super) fn roots() -> impl Iterator<Item = &'static str> {
    ROOTS.iter().map(|(root, _)| *root)
}

/// Where a key may end: after each part, and after each word of what may not be one any more.
fn ends(path: &str) -> impl Iterator<Item = usize> {
    let after = |(at, c): (usize, char)| {
        let rest = path.get(at..).unwrap_or_default();
        // A full stop may end the sentence rather than go on with the name.
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        (!is_word(c) || c == '.' && !rest.starts_with(is_word)).then_some(at)
    };
    let ends = path.char_indices().filter_map(after);
    ends.chain([path.len()]).take(ENDS_MAX)
}

/// A key in lower case as it is written here; `None` where it begins with no root.
///
/// `HKLM` for `\REGISTRY\MACHINE`, `HKCU` for any user's part of `HKU`, `CurrentControlSet` for
/// those with numbers, `HKCR` for `Software\Classes`.
pub(crate) fn canonical(key: &str) -> Option<String> {
    let key = key.trim_start_matches('\\');
    let (written, root) = ROOTS.iter().find(|(written, _)| key.starts_with(written))?;
    let rest = key.get(written.len()..)?;
    // PowerShell writes a colon; texts inside of texts, two backslashes.
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let rest = rest.strip_prefix('\\')?.replace("\\\\", "\\");
    let mut root = *root;
    let mut rest = rest.trim_matches('\\').to_owned();
    if root == "hku"
        && let Some((user, below)) = rest.split_once('\\')
        && user.starts_with("s-1-")
    {
        root = if user.ends_with("_classes") {
            "hkcr"
        } else {
            "hkcu"
        };
        rest = below.to_owned();
    }
    if let ("hklm" | "hkcu", Some(below)) = (root, rest.strip_prefix("software\\classes\\")) {
        root = "hkcr";
        rest = below.to_owned();
    }
    if let Some(below) = rest.strip_prefix("system\\controlset")
        && let Some((number, below)) = below.split_once('\\')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        rest = format!("system\\currentcontrolset\\{below}");
    }
    Some(format!("{root}\\{rest}"))
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn one_way_of_writing() {
        for (written, expected) in [
            (r"hkey_local_machine\software\x", r"hklm\software\x"),
            (r"\registry\machine\software\x\", r"hklm\software\x"),
            (r"hklm:\software\x", r"hklm\software\x"),
            (r"hklm\\software\\x", r"hklm\software\x"),
            (r"hku\s-1-5-21-1-2-3-1001\software\x", r"hkcu\software\x"),
            (
                r"\registry\user\.default\software\x",
                r"hku\.default\software\x",
            ),
            (r"hku\s-1-5-21-1_classes\clsid\x", r"hkcr\clsid\x"),
            (r"hklm\software\classes\clsid\x", r"hkcr\clsid\x"),
            (
                r"\registry\machine\system\controlset001\services\x",
                r"hklm\system\currentcontrolset\services\x",
            ),
        ] {
            assert_eq!(canonical(written).as_deref(), Some(expected), "{written}");
        }
        for other in ["", "hklm", r"hklmx\software", r"software\x", r"c:\hklm\x"] {
            assert_eq!(canonical(other), None, "{other}");
        }
    }
}
