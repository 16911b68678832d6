//! YARA over what files hold, with Daylight's own rules for web shells embedded.
//!
//! [`compile`] turns rule files into [`Rules`]; a rule that cannot be compiled is a
//! [`RuleProblem`] with its file and line, and the others are used all the same. A [`Scanner`]
//! runs them over bytes in memory, within a time, and gives [`Match`]es that rest on the same
//! [`Rule`](daylight_model::Rule) as any other finding. This is the only crate that knows the
//! engine, `yara-x`; it takes minutes to build, and so the binary takes it in only when asked to.
//!
//! ```
//! use daylight_yara::{Wanted, compile};
//!
//! let folder = tempfile::tempdir()?;
//! let rule = r#"rule tide { strings: $mark = "TideMark" condition: $mark }"#;
//! std::fs::write(folder.path().join("tide.yar"), rule)?;
//!
//! let wanted = Wanted { paths: vec![folder.path().into()], ..Wanted::default() };
//! let rules = compile(wanted)?;
//! let matches = rules.scanner().scan("a/b.bin", b"... TideMark ...".to_vec())?;
//! assert_eq!(matches[0].rule.id, "tide.yar:tide");
//! assert_eq!(matches[0].offset, 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod compile;
mod error;
mod files;
mod meta;
mod scan;
mod show;

pub use compile::{EMBEDDED_ORIGIN, RuleProblem, Rules, Wanted, compile, embedded_files};
pub use error::Error;
pub use scan::{Match, ScanError, Scanner};
