//! The wildcards of AWS: `*` is any number of characters, `?` is one.
//!
//! Matching never goes back further than to the last `*`, so it takes at most pattern × text steps, whatever is written.

/// A text with wildcards, taken apart.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pattern {
    tokens: Vec<Token>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Token {
    Many,
    One,
    Exactly(char),
}

impl Token {
    fn of(written: char) -> Self {
        match written {
            '*' => Self::Many,
            '?' => Self::One,
            other => Self::Exactly(other),
        }
    }
}

/// Whether upper and lower case are the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Case {
    /// They differ.
    Counts,
    /// They do not, as in actions.
    Ignored,
}

impl Pattern {
    /// Reads `*` and `?` as wildcards.
    pub fn read(text: &str) -> Self {
        let mut pattern = Self::default();
        pattern.push_pattern(text);
        pattern
    }

    /// Adds a text whose `*` and `?` are wildcards.
    pub fn push_pattern(&mut self, text: &str) {
        self.tokens.extend(text.chars().map(Token::of));
    }

    /// Adds a text that stands for itself.
    pub fn push_literal(&mut self, text: &str) {
        self.tokens.extend(text.chars().map(Token::Exactly));
    }

    /// The text for operators that know no wildcards, where `*` stands for itself.
    pub fn literal(&self) -> String {
        let character = |token: &Token| match token {
            Token::Many => '*',
            Token::One => '?',
            Token::Exactly(character) => *character,
        };
        self.tokens.iter().map(character).collect()
    }

    /// Whether the whole text fits.
    pub fn matches(&self, text: &str, case: Case) -> bool {
        matches(self.tokens.iter().copied(), text, case)
    }

    /// Whether an ARN fits as `ArnLike` and `ArnEquals` compare: each of its six parts by itself.
    pub fn matches_arn(&self, arn: &str) -> bool {
        let mut patterns = self.tokens.splitn(6, |token| *token == Token::Exactly(':'));
        let mut parts = arn.splitn(6, ':');
        let mut next = || Some((patterns.next()?, parts.next()?));
        (0..6).all(|_| next().is_some_and(|(tokens, part)| matches(tokens.iter().copied(), part, Case::Counts)))
    }
}

/// Whether a text fits `*` and `?` as they are written.
pub(super) fn like(pattern: &str, text: &str) -> bool {
    matches(pattern.chars().map(Token::of), text, Case::Counts)
}

/// Whether an ARN fits `*` and `?` as they are written, each of its six parts by itself.
pub(super) fn like_arn(pattern: &str, arn: &str) -> bool {
    let (mut patterns, mut parts) = (pattern.splitn(6, ':'), arn.splitn(6, ':'));
    let mut next = || Some((patterns.next()?, parts.next()?));
    (0..6).all(|_| next().is_some_and(|(pattern, part)| like(pattern, part)))
}

fn matches(mut tokens: impl Iterator<Item = Token> + Clone, text: &str, case: Case) -> bool {
    let mut rest = text.chars();
    // What stands behind the last `*`, and what of the text is left to it so far.
    let mut last = None;
    loop {
        let mut behind = rest.clone();
        let Some(found) = behind.next() else { break };
        let fits = match tokens.next() {
            Some(Token::Many) => {
                last = Some((tokens.clone(), rest.clone()));
                continue;
            }
            Some(Token::One) => true,
            Some(Token::Exactly(wanted)) => same(wanted, found, case),
            None => false,
        };
        if fits {
            rest = behind;
            continue;
        }
        let Some((after_star, left)) = &mut last else { return false };
        left.next();
        (tokens, rest) = (after_star.clone(), left.clone());
    }
    tokens.all(|token| token == Token::Many)
}

fn same(first: char, second: char, case: Case) -> bool {
    match case {
        Case::Counts => first == second,
        Case::Ignored => first == second || first.to_lowercase().eq(second.to_lowercase()),
    }
}

/// Whether an action such as `kms:Decrypt` is one of `kms:De*`. Upper and lower case are the same.
pub fn action_matches(pattern: &str, action: &str) -> bool {
    // What is written the same is matched, also where it has wildcards.
    if pattern == "*" || pattern.eq_ignore_ascii_case(action) {
        return true;
    }
    match pattern.strip_suffix('*') {
        Some(start) if !has_wildcard(start) => {
            action.get(..start.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(start))
        }
        Some(_) => matches(pattern.chars().map(Token::of), action, Case::Ignored),
        None if has_wildcard(pattern) => matches(pattern.chars().map(Token::of), action, Case::Ignored),
        None => false,
    }
}

/// The same for an action of KMS by its name without `kms:`.
pub(super) fn kms_action_matches(pattern: &str, name: &str) -> bool {
    match pattern.split_at_checked("kms:".len()) {
        Some((service, pattern)) if service.eq_ignore_ascii_case("kms:") => return action_matches(pattern, name),
        Some(_) | None => {}
    }
    match pattern.split_once(':') {
        Some((service, _)) if !has_wildcard(service) => false,
        Some(_) | None => action_matches(pattern, &format!("kms:{name}")),
    }
}

/// Whether a text has `*` or `?`.
pub fn has_wildcard(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'*' | b'?'))
}
