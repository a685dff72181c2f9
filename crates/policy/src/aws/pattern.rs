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
        for character in text.chars() {
            match character {
                '*' => self.tokens.push(Token::Many),
                '?' => self.tokens.push(Token::One),
                other => self.tokens.push(Token::Exactly(other)),
            }
        }
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
        matches(&self.tokens, text, case)
    }

    /// Whether an ARN fits as `ArnLike` and `ArnEquals` compare: each of its six parts by itself.
    pub fn matches_arn(&self, arn: &str) -> bool {
        let patterns: Vec<&[Token]> = self.tokens.splitn(6, |token| *token == Token::Exactly(':')).collect();
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        patterns.len() == 6
            && parts.len() == 6
            && patterns.into_iter().zip(parts).all(|(tokens, part)| matches(tokens, part, Case::Counts))
    }
}

fn matches(tokens: &[Token], text: &str, case: Case) -> bool {
    let text: Vec<char> = text.chars().collect();
    let fits = |token: Token, at: usize| match token {
        Token::Many => false,
        Token::One => true,
        Token::Exactly(wanted) => text.get(at).is_some_and(|found| same(wanted, *found, case)),
    };
    let (mut token, mut at) = (0, 0);
    // Where the last `*` stands, and how far into the text it reaches so far.
    let mut last: Option<(usize, usize)> = None;
    while at < text.len() {
        match tokens.get(token) {
            Some(Token::Many) => {
                last = Some((token, at));
                token += 1;
            }
            Some(other) if fits(*other, at) => {
                token += 1;
                at += 1;
            }
            Some(_) | None => {
                let Some((star, reached)) = last else { return false };
                last = Some((star, reached + 1));
                token = star + 1;
                at = reached + 1;
            }
        }
    }
    tokens.iter().skip(token).all(|rest| *rest == Token::Many)
}

fn same(first: char, second: char, case: Case) -> bool {
    match case {
        Case::Counts => first == second,
        Case::Ignored => first == second || first.to_lowercase().eq(second.to_lowercase()),
    }
}

/// Whether an action such as `kms:Decrypt` is one of `kms:De*`. Upper and lower case are the same.
pub fn action_matches(pattern: &str, action: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    match pattern.strip_suffix('*') {
        Some(start) if !has_wildcard(start) => {
            action.get(..start.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(start))
        }
        Some(_) => Pattern::read(pattern).matches(action, Case::Ignored),
        None if has_wildcard(pattern) => Pattern::read(pattern).matches(action, Case::Ignored),
        None => pattern.eq_ignore_ascii_case(action),
    }
}

/// The same for an action of KMS by its name without `kms:`.
pub(super) fn kms_action_matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once(':') {
        Some((service, pattern)) if service.eq_ignore_ascii_case("kms") => action_matches(pattern, name),
        Some((service, _)) if !has_wildcard(service) => false,
        Some(_) | None => action_matches(pattern, &format!("kms:{name}")),
    }
}

/// Whether a text has `*` or `?`.
pub fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}
