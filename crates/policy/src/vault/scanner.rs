//! Text to tokens, by the rules of HCL version 1.

use super::tree::Wrong;
use crate::Span;

/// One token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// What a token is; texts without their quotation marks and escapes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum TokenKind {
    Word(String),
    Text(String),
    /// A text over several lines, which is never a name.
    Lines(String),
    Number(String),
    Assign,
    Comma,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
}

/// Reads tokens one after another; comments and white space are passed over.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

type Scanned<T> = Result<T, Wrong>;

fn wrong(start: usize, end: usize, message: impl Into<String>) -> Wrong {
    Wrong::new(Span::new(start, end), message)
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat_while(&mut self, fits: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&fits) {
            self.next();
        }
    }

    /// The next token; `None` at the end of the text.
    pub(super) fn token(&mut self) -> Scanned<Option<Token>> {
        self.skip()?;
        let start = self.at;
        let Some(first) = self.next() else { return Ok(None) };
        let kind = match first {
            '=' => TokenKind::Assign,
            ',' => TokenKind::Comma,
            '{' => TokenKind::OpenBrace,
            '}' => TokenKind::CloseBrace,
            '[' => TokenKind::OpenBracket,
            ']' => TokenKind::CloseBracket,
            '"' => TokenKind::Text(self.quoted(start)?),
            '<' => TokenKind::Lines(self.heredoc(start)?),
            _ if is_letter(first) => {
                self.eat_while(|c| is_letter(c) || c.is_numeric() || c == '-' || c == '.');
                TokenKind::Word(self.text[start..self.at].to_owned())
            }
            _ if first.is_ascii_digit() || self.negative(first) => {
                self.eat_while(|c| c.is_ascii_alphanumeric() || c == '.');
                TokenKind::Number(self.text[start..self.at].to_owned())
            }
            other => return Err(wrong(start, self.at, format!("{other:?} does not belong in a policy."))),
        };
        Ok(Some(Token { kind, span: Span::new(start, self.at) }))
    }

    fn negative(&self, first: char) -> bool {
        first == '-' && self.peek().is_some_and(|c| c.is_ascii_digit())
    }

    fn skip(&mut self) -> Scanned<()> {
        loop {
            self.eat_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
            let rest = &self.text[self.at..];
            if rest.starts_with('#') || rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let Some(end) = comment.find("*/") else {
                    return Err(wrong(self.at, self.text.len(), "This comment has no end: */ is missing."));
                };
                self.at += end + 4;
            } else {
                return Ok(());
            }
        }
    }

    fn quoted(&mut self, start: usize) -> Scanned<String> {
        let mut value = String::new();
        // Inside ${ } quotation marks do not end a text.
        let mut depth = 0_usize;
        while let Some(next) = self.next() {
            match next {
                '"' if depth == 0 => return Ok(value),
                '\n' if depth == 0 => break,
                '\\' => value.push(self.escape()?),
                _ => {
                    let opens = next == '$' && depth == 0 && self.peek() == Some('{');
                    value.push(next);
                    if opens {
                        value.extend(self.next());
                        depth = 1;
                    } else if depth > 0 {
                        depth = if next == '{' { depth + 1 } else { depth - usize::from(next == '}') };
                    }
                }
            }
        }
        Err(wrong(start, self.at, "This text has no end: a quotation mark is missing."))
    }

    fn escape(&mut self) -> Scanned<char> {
        let start = self.at - 1;
        let code = match self.next() {
            Some('n') => return Ok('\n'),
            Some('t') => return Ok('\t'),
            Some('r') => return Ok('\r'),
            Some('a') => return Ok('\u{7}'),
            Some('b') => return Ok('\u{8}'),
            Some('f') => return Ok('\u{c}'),
            Some('v') => return Ok('\u{b}'),
            Some(mark @ ('\\' | '"')) => return Ok(mark),
            Some(digit @ '0'..='7') => {
                self.at -= digit.len_utf8();
                self.digits(3, 8)
            }
            Some('x') => self.digits(2, 16),
            Some('u') => self.digits(4, 16),
            Some('U') => self.digits(8, 16),
            Some(_) | None => None,
        };
        code.and_then(char::from_u32)
            .ok_or_else(|| wrong(start, self.at, "There is no such escape; a backslash itself is written \\\\."))
    }

    fn digits(&mut self, count: usize, base: u32) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + count)?;
        if !digits.chars().all(|c| c.is_digit(base)) {
            return None;
        }
        self.at += count;
        u32::from_str_radix(digits, base).ok()
    }

    /// `<<END` or `<<-END`, a line break, lines, and a line with nothing but `END`.
    fn heredoc(&mut self, start: usize) -> Scanned<String> {
        let unfinished = |scanner: &Self| wrong(start, scanner.at, "This text over several lines has no end.");
        let rest = &self.text[self.at..];
        let Some(line_end) = rest.find('\n') else { return Err(unfinished(self)) };
        let anchor = rest[..line_end].trim_end_matches('\r').strip_prefix('<').map(|word| word.trim_start_matches('-'));
        let anchor = anchor.filter(|word| !word.is_empty() && word.chars().all(char::is_alphanumeric));
        let Some(anchor) = anchor else {
            return Err(wrong(start, self.at + line_end, "A text over several lines begins with << and one word."));
        };
        let body = self.at + line_end + 1;
        let mut at = body;
        for line in self.text[body..].split_inclusive('\n') {
            if line.ends_with('\n') && line.trim() == anchor {
                self.at = at + line.len() - 1;
                return Ok(self.text[body..at].to_owned());
            }
            at += line.len();
        }
        self.at = self.text.len();
        Err(unfinished(self))
    }
}

fn is_letter(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}
