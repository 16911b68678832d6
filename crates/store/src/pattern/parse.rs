use super::lex::{Token, tokens};
use super::{
    Comparison, Constant, Observation, Operator, Path, PatternError, Qualifier, Step, Test,
};

/// How deep brackets may nest: no pattern that people write comes near.
const DEPTH_MAX: usize = 64;

/// How many observations one pattern may ask for.
const TESTS_MAX: usize = 1_000;

const KEYWORDS: [&str; 19] = [
    "AND",
    "OR",
    "NOT",
    "FOLLOWEDBY",
    "LIKE",
    "MATCHES",
    "ISSUPERSET",
    "ISSUBSET",
    "EXISTS",
    "LAST",
    "IN",
    "START",
    "STOP",
    "SECONDS",
    "WITHIN",
    "REPEATS",
    "TIMES",
    "true",
    "false",
];

struct Parser<'a> {
    tokens: &'a [(usize, Token)],
    at: usize,
    depth: usize,
    tests: usize,
    end: usize,
}

pub(super) fn parse(text: &str) -> Result<Observation, PatternError> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        depth: 0,
        tests: 0,
        end: text.len(),
    };
    let observation = parser.followed_by()?;
    match parser.peek() {
        None => Ok(observation),
        Some(_) => Err(parser.wrong("expected the end of the pattern")),
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn wrong(&self, reason: &str) -> PatternError {
        let offset = self
            .tokens
            .get(self.at)
            .map_or(self.end, |(offset, _)| *offset);
        PatternError {
            offset,
            reason: reason.to_owned(),
        }
    }

    /// Takes a keyword, where it stands here.
    fn word(&mut self, keyword: &str) -> bool {
        let is_so = matches!(self.peek(), Some(Token::Word(word)) if word == keyword);
        self.at += usize::from(is_so);
        is_so
    }

    fn sign(&mut self, sign: char) -> bool {
        let is_so = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(is_so);
        is_so
    }

    fn need_word(&mut self, keyword: &str) -> Result<(), PatternError> {
        if self.word(keyword) {
            Ok(())
        } else {
            Err(self.wrong(&format!("expected {keyword}")))
        }
    }

    fn need_sign(&mut self, sign: char) -> Result<(), PatternError> {
        if self.sign(sign) {
            Ok(())
        } else {
            Err(self.wrong(&format!("expected `{sign}`")))
        }
    }

    fn constant(&mut self) -> Option<Constant> {
        let constant = match self.peek()? {
            Token::Constant(constant) => constant.clone(),
            Token::Word(word) if word == "true" => Constant::Bool(true),
            Token::Word(word) if word == "false" => Constant::Bool(false),
            _ => return None,
        };
        self.at += 1;
        Some(constant)
    }

    fn deeper(&mut self) -> Result<(), PatternError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.wrong(&format!("brackets nest deeper than {DEPTH_MAX}")));
        }
        Ok(())
    }

    // FOLLOWEDBY binds least, then OR, then AND.

    fn followed_by(&mut self) -> Result<Observation, PatternError> {
        let mut left = self.either()?;
        while self.word("FOLLOWEDBY") {
            left = Observation::FollowedBy(Box::new(left), Box::new(self.either()?));
        }
        Ok(left)
    }

    fn either(&mut self) -> Result<Observation, PatternError> {
        let mut left = self.both()?;
        while self.word("OR") {
            left = Observation::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Observation, PatternError> {
        let mut left = self.observation()?;
        while self.word("AND") {
            left = Observation::And(Box::new(left), Box::new(self.observation()?));
        }
        Ok(left)
    }

    fn observation(&mut self) -> Result<Observation, PatternError> {
        self.tests += 1;
        if self.tests > TESTS_MAX {
            return Err(self.wrong(&format!("asks for more than {TESTS_MAX} observations")));
        }
        let mut observation = if self.sign('[') {
            let comparison = self.any_of()?;
            self.need_sign(']')?;
            Observation::Test(comparison)
        } else if self.sign('(') {
            self.deeper()?;
            let inside = self.followed_by()?;
            self.depth -= 1;
            self.need_sign(')')?;
            Observation::Group(Box::new(inside))
        } else {
            return Err(self.wrong("expected `[` or `(`"));
        };
        while let Some(qualifier) = self.qualifier()? {
            observation = Observation::Qualified(Box::new(observation), qualifier);
        }
        Ok(observation)
    }

    fn qualifier(&mut self) -> Result<Option<Qualifier>, PatternError> {
        if self.word("WITHIN") {
            let seconds = match self.constant() {
                Some(Constant::Integer(number)) if number >= 0 => number as f64,
                Some(Constant::Float(number)) if number >= 0.0 => number,
                _ => return Err(self.before("expected a number of seconds")),
            };
            self.need_word("SECONDS")?;
            return Ok(Some(Qualifier::Within(seconds)));
        }
        if self.word("REPEATS") {
            let times = match self.constant() {
                Some(Constant::Integer(number @ 1..)) => number.unsigned_abs(),
                _ => return Err(self.before("expected a number of times")),
            };
            self.need_word("TIMES")?;
            return Ok(Some(Qualifier::Repeats(times)));
        }
        if self.word("START") {
            let start = self.time()?;
            self.need_word("STOP")?;
            return Ok(Some(Qualifier::StartStop(start, self.time()?)));
        }
        Ok(None)
    }

    /// A time; STIX 2.0 writes it as a text, and whether it is one shows when it is asked for.
    fn time(&mut self) -> Result<String, PatternError> {
        match self.constant() {
            Some(Constant::Time(time) | Constant::Text(time)) => Ok(time),
            _ => Err(self.before("expected a time")),
        }
    }

    /// An error at what was taken last.
    fn before(&mut self, reason: &str) -> PatternError {
        self.at = self.at.saturating_sub(1);
        self.wrong(reason)
    }

    fn any_of(&mut self) -> Result<Comparison, PatternError> {
        let mut any = vec![self.all_of()?];
        while self.word("OR") {
            any.push(self.all_of()?);
        }
        Ok(if any.len() == 1 {
            any.swap_remove(0)
        } else {
            Comparison::Or(any)
        })
    }

    fn all_of(&mut self) -> Result<Comparison, PatternError> {
        let mut all = vec![self.test()?];
        while self.word("AND") {
            all.push(self.test()?);
        }
        Ok(if all.len() == 1 {
            all.swap_remove(0)
        } else {
            Comparison::And(all)
        })
    }

    fn test(&mut self) -> Result<Comparison, PatternError> {
        if self.sign('(') {
            self.deeper()?;
            let inside = self.any_of()?;
            self.depth -= 1;
            self.need_sign(')')?;
            return Ok(inside);
        }
        let not_exists = self.word("NOT");
        if self.word("EXISTS") {
            return Ok(Comparison::Exists(self.path()?, not_exists));
        }
        if not_exists {
            return Err(self.wrong("expected EXISTS"));
        }
        let path = self.path()?;
        let negated = self.word("NOT");
        let operator = self.operator()?;
        let values = match operator {
            Operator::In => self.set()?,
            _ => vec![
                self.constant()
                    .ok_or_else(|| self.wrong("expected a constant"))?,
            ],
        };
        let needs_text = matches!(
            operator,
            Operator::Like | Operator::Matches | Operator::IsSubset | Operator::IsSuperset
        );
        let orders = matches!(
            operator,
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual
        );
        let fits = match values.first() {
            Some(Constant::Text(_)) => true,
            Some(Constant::Bool(_)) => !needs_text && !orders,
            _ => !needs_text,
        };
        if !fits {
            return Err(self.before("such a constant cannot be compared so"));
        }
        Ok(Comparison::Test(Test {
            path,
            negated,
            operator,
            values,
        }))
    }

    fn operator(&mut self) -> Result<Operator, PatternError> {
        let operator = match self.peek() {
            Some(Token::Compare("=" | "==")) => Operator::Equal,
            Some(Token::Compare("!=" | "<>")) => Operator::NotEqual,
            Some(Token::Compare("<")) => Operator::Less,
            Some(Token::Compare("<=")) => Operator::LessOrEqual,
            Some(Token::Compare(">")) => Operator::Greater,
            Some(Token::Compare(_)) => Operator::GreaterOrEqual,
            Some(Token::Word(word)) => match word.as_str() {
                "IN" => Operator::In,
                "LIKE" => Operator::Like,
                "MATCHES" => Operator::Matches,
                "ISSUBSET" => Operator::IsSubset,
                "ISSUPERSET" => Operator::IsSuperset,
                _ => return Err(self.wrong("expected a comparison")),
            },
            _ => return Err(self.wrong("expected a comparison")),
        };
        self.at += 1;
        Ok(operator)
    }

    fn set(&mut self) -> Result<Vec<Constant>, PatternError> {
        self.need_sign('(')?;
        let mut values = Vec::new();
        if self.sign(')') {
            return Ok(values);
        }
        loop {
            values.push(
                self.constant()
                    .ok_or_else(|| self.wrong("expected a constant"))?,
            );
            if self.sign(')') {
                return Ok(values);
            }
            self.need_sign(',')?;
        }
    }

    fn path(&mut self) -> Result<Path, PatternError> {
        let kind = match self.peek() {
            Some(Token::Word(word)) if !KEYWORDS.contains(&word.as_str()) => word.clone(),
            _ => return Err(self.wrong("expected the type of an object")),
        };
        self.at += 1;
        self.need_sign(':')?;
        let mut steps = vec![self.name()?];
        loop {
            if self.sign('.') {
                steps.push(self.name()?);
            } else if self.sign('[') {
                steps.push(self.index()?);
                self.need_sign(']')?;
            } else {
                return Ok(Path { kind, steps });
            }
        }
    }

    /// A name with a hyphen stands in quotes.
    fn name(&mut self) -> Result<Step, PatternError> {
        let name = match self.peek() {
            Some(Token::Word(word))
                if !word.contains('-') && !KEYWORDS.contains(&word.as_str()) =>
            {
                word.clone()
            }
            Some(Token::Constant(Constant::Text(text))) => text.clone(),
            _ => {
                return Err(
                    self.wrong("expected the name of a property, in quotes where it has a hyphen")
                );
            }
        };
        self.at += 1;
        Ok(Step::Name(name))
    }

    fn index(&mut self) -> Result<Step, PatternError> {
        if self.sign('*') {
            return Ok(Step::Any);
        }
        match self.constant() {
            Some(Constant::Integer(number)) => Ok(Step::Index(number)),
            _ => Err(self.before("expected a number or `*`")),
        }
    }
}
