//! `ALTER USER ... SET ...` and `ALTER USER ... UNSET ...`, read by Snowflake's rules for identifiers and string constants.

use crate::second::{
    aws_lc::{self, Reading},
    base64,
};

/// A statement that sets a key, taken apart.
#[derive(Debug)]
pub(crate) struct Statement {
    /// The user whom Snowflake would find: quotes resolved, or folded to upper case.
    pub(crate) user: String,
    /// The property to set.
    pub(crate) property: String,
    /// The key in it, as AWS-LC reads it.
    pub(crate) reading: Reading,
}

/// Reads exactly one statement, its semicolon and its newline.
pub(crate) fn statement(text: &str) -> Option<Statement> {
    let tokens = tokens(text.strip_suffix('\n')?)?;
    let [
        Token::Word(alter),
        Token::Word(of_user),
        name,
        Token::Word(set),
        Token::Word(property),
        Token::Mark('='),
        Token::Constant(body),
        Token::Mark(';'),
    ] = tokens.as_slice()
    else {
        return None;
    };
    let user = user(name)?;
    let key_words = alter == "ALTER" && of_user == "USER" && set == "SET";
    let reading = aws_lc::spki(&base64::padded(body)?)?;
    key_words.then(|| Statement { user, property: property.clone(), reading })
}

/// A statement that takes a property away, taken apart.
#[derive(Debug)]
pub(crate) struct Unset {
    /// As [`Statement::user`].
    pub(crate) user: String,
    /// The only property that it names.
    pub(crate) property: String,
}

/// Reads exactly one statement for one property, its semicolon and its newline.
pub(crate) fn unset(text: &str) -> Option<Unset> {
    let tokens = tokens(text.strip_suffix('\n')?)?;
    let [Token::Word(alter), Token::Word(of_user), name, Token::Word(unset), Token::Word(property), Token::Mark(';')] =
        tokens.as_slice()
    else {
        return None;
    };
    let key_words = alter == "ALTER" && of_user == "USER" && unset == "UNSET";
    let user = user(name)?;
    key_words.then(|| Unset { user, property: property.clone() })
}

/// Whom Snowflake would find by this name.
fn user(name: &Token) -> Option<String> {
    match name {
        Token::Word(word) => Some(word.to_ascii_uppercase()),
        Token::Quoted(name) => Some(name.clone()),
        Token::Constant(_) | Token::Mark(_) => None,
    }
}

#[derive(Debug)]
enum Token {
    /// `'...'`
    Constant(String),
    Mark(char),
    /// `"..."`
    Quoted(String),
    Word(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match first {
            ' ' => rest = &rest[1..],
            '"' | '\'' => {
                let (inside, after) = quoted(rest, first)?;
                tokens.push(if first == '"' { Token::Quoted(inside) } else { Token::Constant(inside) });
                rest = after;
            }
            '=' | ';' => {
                tokens.push(Token::Mark(first));
                rest = &rest[1..];
            }
            'A'..='Z' | 'a'..='z' | '_' => {
                let end =
                    rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_owned()));
                rest = &rest[end..];
            }
            _ => return None,
        }
    }
    Some(tokens)
}

/// What stands between two marks, a doubled mark being one, and what follows.
fn quoted(text: &str, mark: char) -> Option<(String, &str)> {
    let mut inside = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != mark {
            inside.push(character);
        } else if characters.next_if(|(_, next)| *next == mark).is_some() {
            inside.push(mark);
        } else {
            return Some((inside, &text[at + 1..]));
        }
    }
    None
}
