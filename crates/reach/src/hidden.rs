//! Values that must not come back in what a program prints, however it prints them: a shell with `set -x` does.

use domain::Secret;
use zeroize::Zeroizing;

/// Shorter ones would be found in everything.
const SHORTEST: usize = 4;
/// What stands for a value.
const MARK: &[u8] = b"(hidden)";

/// The values, in the forms in which a program may print them: whole, line by line, and as JSON. The longest first, so
/// that none is found only in part.
pub(crate) struct Hidden(Vec<Zeroizing<Vec<u8>>>);

impl Hidden {
    /// Values shorter than four bytes are not looked for.
    pub(crate) fn new(values: &[&Secret]) -> Self {
        let mut forms: Vec<Zeroizing<Vec<u8>>> = Vec::new();
        let mut add = |bytes: &[u8]| {
            if bytes.len() >= SHORTEST {
                forms.push(Zeroizing::new(bytes.to_vec()));
            }
        };
        for value in values {
            add(value.expose().trim_ascii());
            value.expose().split(|&byte| byte == b'\n').for_each(|line| add(line.trim_ascii()));
            if let Some(json) = value.expose_text().and_then(|text| serde_json::to_vec(text).ok().map(Zeroizing::new)) {
                add(json.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or_default());
            }
        }
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self(forms)
    }

    /// `text` with a mark in place of each value.
    pub(crate) fn out_of(&self, text: &[u8]) -> Vec<u8> {
        let mut shown = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((first, after)) = rest.split_first() {
            match self.0.iter().find_map(|form| rest.strip_prefix(form.as_slice())) {
                Some(after) => {
                    shown.extend_from_slice(MARK);
                    rest = after;
                }
                None => {
                    shown.push(*first);
                    rest = after;
                }
            }
        }
        shown
    }

    /// How many bytes at the end of `text` may be the beginning of a value whose end was cut off.
    pub(crate) fn begun(&self, text: &[u8]) -> usize {
        self.cut(|form, length| text.ends_with(&form[..length]))
    }

    /// How many bytes at the start of `text` may be the end of a value whose beginning was cut off.
    pub(crate) fn ended(&self, text: &[u8]) -> usize {
        self.cut(|form, length| text.starts_with(&form[form.len() - length..]))
    }

    fn cut(&self, fits: impl Fn(&[u8], usize) -> bool) -> usize {
        let longest = |form: &Zeroizing<Vec<u8>>| (SHORTEST..form.len()).rev().find(|&length| fits(form, length));
        self.0.iter().filter_map(longest).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_every_form_it_is_printed_in() {
        let key = Secret::from_text("-----BEGIN\nabc\"defg\n-----END\n".to_owned());
        let short = Secret::from_text("on".to_owned());
        let hidden = Hidden::new(&[&key, &short]);
        let shown = |text: &str| String::from_utf8(hidden.out_of(text.as_bytes())).unwrap();
        assert_eq!(shown("it is -----BEGIN\nabc\"defg\n-----END."), "it is (hidden).");
        assert_eq!(shown(r#"{"key":"-----BEGIN\nabc\"defg\n-----END\n","on":1}"#), r#"{"key":"(hidden)","on":1}"#);
        assert_eq!(shown("+ echo abc\"defg"), "+ echo (hidden)");
    }

    #[test]
    fn what_is_cut_in_the_middle_of_a_value_is_known_by_its_part() {
        let value = Secret::from_text("correct horse".to_owned());
        let hidden = Hidden::new(&[&value]);
        assert_eq!(hidden.begun(b"so it is correct ho"), "correct ho".len());
        assert_eq!(hidden.ended(b"t horse, yes"), "t horse".len());
        assert_eq!((hidden.begun(b"nothing"), hidden.ended(b"nothing")), (0, 0));
    }
}
