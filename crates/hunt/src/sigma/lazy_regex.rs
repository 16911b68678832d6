//! Regular expressions that are compiled when the first value is held against them: of the
//! hundreds in a rule collection, few ever are.

use std::fmt;
use std::sync::OnceLock;

use regex::{Error, Match, Regex, RegexBuilder};
use regex_automata::nfa::thompson::{NFA, WhichCaptures};
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

/// A regular expression may compile to this many bytes.
const BYTES_MAX: usize = 4 << 20;
/// Expressions of no more parts than this stay below that, which needs no trial.
const PARTS_MAX: usize = 1 << 14;
/// Where a class of characters is measured, so many bytes of it count as a part.
const PART_BYTES: usize = 160;

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
        let small = regex_syntax::parse(&text).is_ok_and(|hir| is_small(&hir));
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

/// Measuring each class takes longer than counting, and comes to less where classes are large, as
/// `\w` is.
fn is_small(hir: &Hir) -> bool {
    parts(hir, counted) <= PARTS_MAX || parts(hir, measured) <= PARTS_MAX
}

/// About how many states it compiles to. The parser bounds the depth.
fn parts(hir: &Hir, of_class: fn(&ClassUnicode) -> usize) -> usize {
    let and_itself = |part: &Hir| parts(part, of_class).saturating_add(1);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => of_class(class),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1));
            and_itself(&repetition.sub).saturating_mul(times as usize)
        }
        HirKind::Capture(capture) => and_itself(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(and_itself).fold(0, usize::saturating_add)
        }
    }
}

/// Each range is some sequences of bytes, which share their ends where there are many.
fn counted(class: &ClassUnicode) -> usize {
    class.ranges().len().saturating_mul(4)
}

/// What a class compiles to by itself, read forwards or backwards.
fn measured(class: &ClassUnicode) -> usize {
    let hir = Hir::class(Class::Unicode(class.clone()));
    let size = |backwards| {
        let config = NFA::config()
            .reverse(backwards)
            .which_captures(WhichCaptures::None);
        let compiled = NFA::compiler().configure(config).build_from_hir(&hir);
        compiled.map_or(usize::MAX, |nfa| nfa.memory_usage())
    };
    size(false).max(size(true)).div_ceil(PART_BYTES)
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
        check(r"\w{60}", true, false);
        check(r"\w{75}", true, true);
        check(r"(?:\w{100}){100}", false, false);
        check(&"[a-z]".repeat(100), true, false);
    }

    /// What is not tried is never too large: the largest expressions that are not.
    #[test]
    fn small_expressions_compile() {
        for part in [
            "a", "[a-z]", "[^a]", ".", r"\d", "(?i)k", "(a)", "a?", "(?:a|b)", r"\b", "[é-ö]",
            r"\w", r"\W", r"\PM",
        ] {
            let parts = |count| {
                let hir = regex_syntax::parse(&part.repeat(count)).unwrap();
                parts(&hir, counted).min(parts(&hir, measured))
            };
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
