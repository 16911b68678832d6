//! Conditions: `selection and not 1 of filter_*`.

/// What a condition says, with names still unresolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// A named detection.
    Name(String),
    /// `1 of selection_*`, `all of them`.
    Of(Quantity, Selector),
}

impl Condition {
    /// The detections that it names, each once, in order. The parser has bounded its depth.
    pub(crate) fn names(&self, names: &mut Vec<String>) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.names(names));
            }
            Self::Not(part) => part.names(names),
            Self::Name(name) if !names.contains(name) => names.push(name.clone()),
            Self::Name(_) | Self::Of(..) => {}
        }
    }

    /// Whether `1 of …` stands somewhere in it.
    pub(crate) fn has_quantity(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_quantity),
            Self::Not(part) => part.has_quantity(),
            Self::Name(_) => false,
            Self::Of(..) => true,
        }
    }
}

/// How many of the selected detections must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    All,
    AtLeast(usize),
}

/// Which detections are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selector {
    /// All but those whose name begins with `_`.
    Them,
    /// A name in which `*` stands for anything.
    Pattern(String),
}

impl Selector {
    pub(crate) fn selects(&self, name: &str) -> bool {
        match self {
            Self::Them => !name.starts_with('_'),
            Self::Pattern(pattern) => {
                let mut parts = pattern.split('*');
                let Some(mut rest) = parts.next().and_then(|head| name.strip_prefix(head)) else {
                    return false;
                };
                let mut parts: Vec<&str> = parts.collect();
                let Some(tail) = parts.pop() else {
                    return rest.is_empty();
                };
                for part in parts {
                    let Some(at) = rest.find(part) else {
                        return false;
                    };
                    rest = rest.get(at + part.len()..).unwrap_or_default();
                }
                rest.ends_with(tail)
            }
        }
    }
}

/// Parses a condition. Parentheses may nest `depth_max` deep.
pub(crate) fn parse(text: &str, depth_max: usize) -> Result<Condition, String> {
    let mut parser = Parser {
        tokens: tokens(text),
        at: 0,
        depth: 0,
        depth_max,
    };
    let condition = parser.any()?;
    match parser.peek() {
        None => Ok(condition),
        Some(token) => Err(format!("condition `{text}`: `{token}` was not expected")),
    }
}

fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for word in text.split_whitespace() {
        let mut rest = word;
        while let Some(at) = rest.find(['(', ')']) {
            let (before, after) = rest.split_at(at);
            if !before.is_empty() {
                tokens.push(before);
            }
            let (parenthesis, after) = after.split_at(1);
            tokens.push(parenthesis);
            rest = after;
        }
        if !rest.is_empty() {
            tokens.push(rest);
        }
    }
    tokens
}

struct Parser<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    depth: usize,
    depth_max: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> Option<&'a str> {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// Takes the token if it is this word.
    fn take(&mut self, word: &str) -> bool {
        let taken = self
            .peek()
            .is_some_and(|token| token.eq_ignore_ascii_case(word));
        self.at += usize::from(taken);
        taken
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.all()?];
        while self.take("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.factor()?];
        while self.take("and") {
            parts.push(self.factor()?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn factor(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > self.depth_max {
            return Err(format!("condition nested deeper than {}", self.depth_max));
        }
        let factor = if self.take("not") {
            Condition::Not(Box::new(self.factor()?))
        } else if self.take("(") {
            let inner = self.any()?;
            if !self.take(")") {
                return Err("condition: a `(` is never closed".into());
            }
            inner
        } else {
            self.name()?
        };
        self.depth -= 1;
        Ok(factor)
    }

    fn name(&mut self) -> Result<Condition, String> {
        let Some(word) = self.next() else {
            return Err("condition ends where a detection was expected".into());
        };
        if !self.take("of") {
            let reserved = [")", "and", "or", "of"];
            if reserved
                .iter()
                .any(|other| word.eq_ignore_ascii_case(other))
            {
                return Err(format!(
                    "condition: `{word}` stands where a detection should"
                ));
            }
            return Ok(Condition::Name(word.into()));
        }
        let quantity = match word.parse() {
            _ if word.eq_ignore_ascii_case("all") => Quantity::All,
            _ if word.eq_ignore_ascii_case("any") => Quantity::AtLeast(1),
            Ok(0) => return Err("condition: `0 of` would match every event".into()),
            Ok(count) => Quantity::AtLeast(count),
            Err(_) => return Err(format!("condition: `{word} of` is no quantity")),
        };
        let selector = match self.next() {
            Some(word) if word.eq_ignore_ascii_case("them") => Selector::Them,
            Some(word) if word != "(" && word != ")" => Selector::Pattern(word.into()),
            _ => return Err("condition: `of` is followed by no name".into()),
        };
        Ok(Condition::Of(quantity, selector))
    }
}

fn one_or(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(part) if parts.is_empty() => part,
        Some(part) => {
            parts.push(part);
            many(parts)
        }
        None => many(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the parsed condition back with all its parentheses.
    fn shown(condition: &Condition) -> String {
        let list = |word: &str, parts: &[Condition]| {
            let parts: Vec<String> = parts.iter().map(shown).collect();
            format!("({})", parts.join(word))
        };
        match condition {
            Condition::All(parts) => list(" and ", parts),
            Condition::Any(parts) => list(" or ", parts),
            Condition::Not(part) => format!("!{}", shown(part)),
            Condition::Name(name) => name.clone(),
            Condition::Of(quantity, selector) => format!("{quantity:?} {selector:?}"),
        }
    }

    #[test]
    fn conditions() {
        let check = |text: &str, expected: &str| {
            let found = parse(text, 8).map_or_else(|error| error, |parsed| shown(&parsed));
            assert_eq!(found, expected, "{text}");
        };
        check("a", "a");
        check("a or b and c", "(a or (b and c))");
        check("a and not b or c", "((a and !b) or c)");
        check("not (a or b) AND c", "(!(a or b) and c)");
        check("((a)or(b))", "(a or b)");
        check("not not a", "!!a");
        check("1 of s_*", "AtLeast(1) Pattern(\"s_*\")");
        check("any of them", "AtLeast(1) Them");
        check("2 of them and x", "(AtLeast(2) Them and x)");
        check("all of s*x", "All Pattern(\"s*x\")");
        check("", "condition ends where a detection was expected");
        check("a and", "condition ends where a detection was expected");
        check("(a", "condition: a `(` is never closed");
        check("a b", "condition `a b`: `b` was not expected");
        check(
            "a or and b",
            "condition: `and` stands where a detection should",
        );
        check("0 of them", "condition: `0 of` would match every event");
        check("some of them", "condition: `some of` is no quantity");
        check("1 of", "condition: `of` is followed by no name");
        check("((((((((((a))))))))))", "condition nested deeper than 8");
    }

    #[test]
    fn selectors() {
        let check = |pattern: &str, name: &str, expected: bool| {
            let selector = Selector::Pattern(pattern.into());
            assert_eq!(selector.selects(name), expected, "{pattern} {name}");
        };
        check("s_*", "s_1", true);
        check("s_*", "s_", true);
        check("s_*", "t_1", false);
        check("*_x", "a_x", true);
        check("a*b*c", "a1b2c", true);
        check("a*b*c", "a1c", false);
        check("name", "name", true);
        check("name", "name2", false);
        check("ab*ba", "aba", false);
        assert!(Selector::Them.selects("filter"));
        assert!(!Selector::Them.selects("_hidden"));
    }
}
