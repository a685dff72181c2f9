//! The OpenSSH public key line, read as `sshd` reads it: type, wire form, and the rest of the line as comment.

use domain::Curve;

use crate::second::{
    aws_lc::{self, Reading},
    base64,
};

/// A line taken apart.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// The key as AWS-LC builds it from the numbers.
    pub(crate) reading: Reading,
    /// The wire form.
    pub(crate) wire: Vec<u8>,
    /// What stands behind the key.
    pub(crate) comment: &'a str,
}

/// Reads exactly one line with its newline.
pub(crate) fn line(text: &str) -> Option<Line<'_>> {
    let line = text.strip_suffix('\n').filter(|line| !line.chars().any(char::is_control))?;
    let (kind, rest) = line.split_once(' ')?;
    let (body, comment) = rest.split_once(' ').unwrap_or((rest, ""));
    let wire = base64::padded(body)?;
    Some(Line { reading: key(kind, &wire)?, wire, comment })
}

fn key(kind: &str, wire: &[u8]) -> Option<Reading> {
    let mut fields = Fields(wire);
    // The type inside must say the same as the type in front.
    (fields.take()? == kind.as_bytes()).then_some(())?;
    let reading = match kind {
        "ecdsa-sha2-nistp256" => fields.curve(b"nistp256", Curve::P256)?,
        "ecdsa-sha2-nistp384" => fields.curve(b"nistp384", Curve::P384)?,
        "ecdsa-sha2-nistp521" => fields.curve(b"nistp521", Curve::P521)?,
        "ssh-ed25519" => aws_lc::ed25519(fields.take().filter(|raw| raw.len() == 32)?)?,
        "ssh-rsa" => {
            let exponent = fields.positive()?;
            aws_lc::rsa(fields.positive()?, exponent)?
        }
        _ => return None,
    };
    fields.0.is_empty().then_some(reading)
}

/// Length-prefixed fields (RFC 4251, 5).
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let (field, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        self.0 = rest;
        Some(field)
    }

    /// An `mpint` that is positive and has no byte too many.
    fn positive(&mut self) -> Option<&'a [u8]> {
        match self.take()? {
            [0, number @ ..] if number.first().is_some_and(|first| *first >= 0x80) => Some(number),
            number if number.first().is_some_and(|first| (1..0x80).contains(first)) => Some(number),
            _ => None,
        }
    }

    fn curve(&mut self, name: &[u8], curve: Curve) -> Option<Reading> {
        (self.take()? == name).then_some(())?;
        aws_lc::point(curve, self.take().filter(|point| point.len() == 1 + 2 * curve.field_bytes())?)
    }
}
