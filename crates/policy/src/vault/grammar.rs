//! Tokens to a tree, by the grammar of HCL version 1: `key "label" { … }` and `key = value`, with or without commas.

use super::{
    scanner::{Scanner, Token, TokenKind},
    tree::{Entry, Kind, Node, Wrong},
};
use crate::{Span, Spanned};

/// Deeper than any policy is, and shallow enough for every stack.
const DEEPEST: usize = 32;

type Read<T> = Result<T, Wrong>;

/// Reads a whole text.
///
/// # Errors
/// The first thing that is not of the grammar, at its place.
pub(super) fn entries(text: &str) -> Read<Vec<Entry>> {
    let mut reader = Reader { scanner: Scanner::new(text), ahead: None, end: text.len(), last: 0 };
    reader.entries(0, false)
}

#[derive(Debug)]
struct Reader<'t> {
    scanner: Scanner<'t>,
    ahead: Option<Token>,
    /// Where the text ends.
    end: usize,
    /// Where the token that was taken last ends.
    last: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Read<Option<&Token>> {
        if self.ahead.is_none() {
            self.ahead = self.scanner.token()?;
        }
        Ok(self.ahead.as_ref())
    }

    fn take(&mut self) -> Read<Option<Token>> {
        self.peek()?;
        let token = self.ahead.take();
        if let Some(token) = &token {
            self.last = token.span.end;
        }
        Ok(token)
    }

    fn is_next(&mut self, kind: &TokenKind) -> Read<bool> {
        Ok(self.peek()?.is_some_and(|token| token.kind == *kind))
    }

    fn wrong(&self, token: Option<&Token>, message: &str) -> Wrong {
        let span = token.map_or(Span::new(self.end, self.end), |token| token.span);
        Wrong::new(span, message)
    }

    fn entries(&mut self, depth: usize, braced: bool) -> Read<Vec<Entry>> {
        let mut entries = Vec::new();
        loop {
            let done = match self.peek()? {
                None if braced => return Err(self.wrong(None, "A brace is open: } is missing.")),
                None => true,
                Some(token) => braced && token.kind == TokenKind::CloseBrace,
            };
            if done {
                return Ok(entries);
            }
            entries.push(self.entry(depth)?);
            if self.is_next(&TokenKind::Comma)? {
                self.take()?;
            }
        }
    }

    fn entry(&mut self, depth: usize) -> Read<Entry> {
        let mut keys: Vec<Spanned<String>> = Vec::new();
        loop {
            let token = self.take()?;
            match token.as_ref().map(|token| &token.kind) {
                Some(TokenKind::Word(word) | TokenKind::Text(word)) => {
                    let span = token.as_ref().map_or_else(Span::default, |token| token.span);
                    keys.push(Spanned::new(word.clone(), span));
                }
                Some(TokenKind::Assign) if keys.len() == 1 => {
                    let value = self.value(depth)?;
                    return Ok(self.finished(keys, value));
                }
                Some(TokenKind::OpenBrace) if !keys.is_empty() => {
                    let open = token.as_ref().map_or(0, |token| token.span.start);
                    let value = self.object(open, depth)?;
                    return Ok(self.finished(keys, value));
                }
                Some(TokenKind::Assign) if keys.len() > 1 => {
                    return Err(self.wrong(token.as_ref(), "After a name and its label stands {, not =."));
                }
                _ if keys.is_empty() => return Err(self.wrong(token.as_ref(), "A name is expected here.")),
                _ => return Err(self.wrong(token.as_ref(), "After a name stands = or {.")),
            }
        }
    }

    fn finished(&self, keys: Vec<Spanned<String>>, value: Node) -> Entry {
        let start = keys.first().map_or(value.span.start, |key| key.span.start);
        Entry { keys, value, span: Span::new(start, self.last) }
    }

    fn object(&mut self, open: usize, depth: usize) -> Read<Node> {
        if depth >= DEEPEST {
            return Err(Wrong::new(Span::new(open, open + 1), "Braces are nested deeper than any policy needs."));
        }
        let entries = self.entries(depth + 1, true)?;
        self.take()?;
        Ok(Node { kind: Kind::Object(entries), span: Span::new(open, self.last) })
    }

    fn value(&mut self, depth: usize) -> Read<Node> {
        let token = self.take()?;
        let Some(token) = token else { return Err(self.wrong(None, "After = stands a value.")) };
        let kind = match token.kind {
            TokenKind::Text(text) | TokenKind::Lines(text) => Kind::Text(text),
            TokenKind::Number(number) => Kind::Number(number),
            TokenKind::Word(ref word) if word == "true" || word == "false" => Kind::Bool(word == "true"),
            TokenKind::OpenBrace => return self.object(token.span.start, depth),
            TokenKind::OpenBracket => return self.list(token.span.start, depth),
            TokenKind::Word(_)
            | TokenKind::Assign
            | TokenKind::Comma
            | TokenKind::CloseBrace
            | TokenKind::CloseBracket => {
                return Err(
                    self.wrong(Some(&token), "After = stands a value: a text in quotation marks, a number, a list.")
                );
            }
        };
        Ok(Node { kind, span: token.span })
    }

    fn list(&mut self, open: usize, depth: usize) -> Read<Node> {
        if depth >= DEEPEST {
            let span = Span::new(open, open + 1);
            return Err(Wrong::new(span, "Lists are nested deeper than any policy needs."));
        }
        let mut values = Vec::new();
        let mut parted = true;
        loop {
            match self.peek()?.map(|token| (token.kind.clone(), token.clone())) {
                None => return Err(self.wrong(None, "A list is open: ] is missing.")),
                Some((TokenKind::CloseBracket, _)) => break,
                Some((TokenKind::Comma, _)) => {
                    self.take()?;
                    parted = true;
                }
                Some((_, token)) if !parted => {
                    return Err(self.wrong(Some(&token), "A comma is missing between two values of the list."));
                }
                Some(_) => {
                    values.push(self.value(depth + 1)?);
                    parted = false;
                }
            }
        }
        self.take()?;
        Ok(Node { kind: Kind::List(values), span: Span::new(open, self.last) })
    }
}
