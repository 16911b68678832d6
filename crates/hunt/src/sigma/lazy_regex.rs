//! Regular expressions that are compiled when the first value is held against them: of the
//! hundreds in a rule collection, few ever are.

use std::fmt;
use std::sync::OnceLock;

use regex::{Error, Match, Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};

/// A regular expression may compile to this many bytes.
const BYTES_MAX: usize = 4 << 20;
/// Expressions of no more parts than this stay below that, which needs no trial.
const PARTS_MAX: usize = 1 << 14;

/// See the module.
pub(crate) struct LazyRegex {
    text: String,
    /// `None` where it cannot be compiled, which [`Self::new`] has ruled out.
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    /// # Errors
    ///
    /// Where the text is no regular expression, or one that is too large.
    pub(crate) fn new(text: String) -> Result<Self, Error> {
        let small = regex_syntax::parse(&text).is_ok_and(|hir| parts(&hir) <= PARTS_MAX);
        let compiled = if small {
            OnceLock::new()
        } else {
            // Also says what is wrong.
            Some(compile(&text)?).into()
        };
        Ok(Self { text, compiled })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_match(&self, value: &str) -> bool {
        self.compiled().is_some_and(|regex| regex.is_match(value))
    }

    pub(crate) fn find<'v>(&self, value: &'v str) -> Option<Match<'v>> {
        self.compiled()?.find(value)
    }

    fn compiled(&self) -> Option<&Regex> {
        let compiled = self.compiled.get_or_init(|| compile(&self.text).ok());
        compiled.as_ref()
    }
}

/// As written: what tells two apart.
impl fmt::Debug for LazyRegex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LazyRegex({:?})", self.text)
    }
}

fn compile(text: &str) -> Result<Regex, Error> {
    RegexBuilder::new(text).size_limit(BYTES_MAX).build()
}

/// About how many states it compiles to. The parser bounds the depth.
fn parts(hir: &Hir) -> usize {
    let sum = |parts: &[Hir]| {
        parts
            .iter()
            .map(parts_and_itself)
            .fold(0, usize::saturating_add)
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        // Each range is some sequences of bytes, which share their ends where there are many.
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(4),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1));
            parts_and_itself(&repetition.sub).saturating_mul(times as usize)
        }
        HirKind::Capture(capture) => parts_and_itself(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
    }
}

fn parts_and_itself(hir: &Hir) -> usize {
    parts(hir).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_expression_or_too_large_is_refused_at_once() {
        let check = |text: &str, is_accepted: bool, is_compiled: bool| {
            let made = LazyRegex::new(text.to_owned());
            assert_eq!(made.is_ok(), is_accepted, "{text}");
            let compiled = made.is_ok_and(|made| made.compiled.get().is_some());
            assert_eq!(compiled, is_compiled, "{text}");
        };
        check("a+b", true, false);
        check("(", false, false);
        check(r"\w{20}", true, true);
        check(r"(?:\w{100}){100}", false, false);
        check(&"[a-z]".repeat(100), true, false);
    }

    /// What is not tried is never too large: the largest expressions that are not.
    #[test]
    fn small_expressions_compile() {
        for part in [
            "a", "[a-z]", "[^a]", ".", r"\d", "(?i)k", "(a)", "a?", "(?:a|b)", r"\b", "[é-ö]",
        ] {
            let parts = |count| parts(&regex_syntax::parse(&part.repeat(count)).unwrap());
            let each = parts(100).div_ceil(100);
            let count = PARTS_MAX / each;
            assert!(parts(count) > PARTS_MAX / 2, "{part}");
            let text = part.repeat(count);
            let made = LazyRegex::new(text).unwrap();
            assert!(made.compiled.get().is_none(), "{part}");
            assert!(made.compiled().is_some(), "{part}");
        }
    }
}
