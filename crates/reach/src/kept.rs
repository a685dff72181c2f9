//! The first and the last part of an output of any length: the rest is read, counted and let go.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::hidden::Hidden;

/// One output.
pub(crate) struct Kept {
    half: usize,
    first: Vec<u8>,
    last: VecDeque<u8>,
    bytes: u64,
}

impl Kept {
    /// Holds no more than `most` bytes.
    pub(crate) fn new(most: usize) -> Self {
        Self { half: most / 2, first: Vec::new(), last: VecDeque::new(), bytes: 0 }
    }

    /// How many bytes came in all.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads to the end. What was read stays if this is given up before.
    pub(crate) async fn fill(&mut self, output: Option<impl AsyncRead + Unpin>) {
        let Some(mut output) = output else { return };
        let mut chunk = vec![0; 16 * 1024];
        // An output that cannot be read any more has ended.
        while let Ok(count @ 1..) = output.read(&mut chunk).await {
            self.add(&chunk[..count]);
        }
    }

    fn add(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        let (head, tail) = chunk.split_at(chunk.len().min(self.half - self.first.len()));
        self.first.extend_from_slice(head);
        let tail = &tail[tail.len().saturating_sub(self.half)..];
        self.last.drain(..(self.last.len() + tail.len()).saturating_sub(self.half));
        self.last.extend(tail);
    }

    /// What was kept, as text, without the values that are to be hidden, and with a line for what is left out.
    pub(crate) fn text(&self, hidden: &Hidden) -> String {
        let mut first = self.first.clone();
        let last: Vec<u8> = self.last.iter().copied().collect();
        let left_out = self.bytes - (first.len() + last.len()) as u64;
        if left_out == 0 {
            first.extend(last);
            return String::from_utf8_lossy(&hidden.out_of(&first)).into_owned();
        }
        first.truncate(first.len() - hidden.begun(&first));
        let last = &last[hidden.ended(&last)..];
        let text = |bytes: &[u8]| String::from_utf8_lossy(&hidden.out_of(bytes)).into_owned();
        format!("{}\n[{left_out} bytes left out]\n{}", text(&first), text(last))
    }
}

#[cfg(test)]
mod tests {
    use domain::Secret;

    use super::*;

    fn kept(most: usize, chunks: &[&str]) -> Kept {
        let mut kept = Kept::new(most);
        chunks.iter().for_each(|chunk| kept.add(chunk.as_bytes()));
        kept
    }

    #[test]
    fn both_ends_are_kept_and_everything_is_counted() {
        let none = Hidden::new(&[]);
        assert_eq!(kept(8, &["abc", "def", "gh"]).text(&none), "abcdefgh");
        let long = kept(8, &["ab", "cdefg", "h", "ij", "klm"]);
        assert_eq!((long.text(&none).as_str(), long.bytes()), ("abcd\n[5 bytes left out]\njklm", 13));
        assert_eq!(kept(8, &["abcdefghijklm"]).text(&none), long.text(&none));
    }

    #[test]
    fn a_value_is_hidden_across_the_seam_and_at_the_cut() {
        let value = Secret::from_text("secret".to_owned());
        let hidden = Hidden::new(&[&value]);
        assert_eq!(kept(12, &["ab se", "cret cd"]).text(&hidden), "ab (hidden) cd");
        let cut = kept(16, &["ab secret cd 0123456789 secret ef"]);
        assert_eq!(cut.text(&hidden), "ab \n[17 bytes left out]\n ef");
    }
}
