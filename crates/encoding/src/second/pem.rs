//! PEM in its strict form (RFC 7468, 3, `stricttextualmsg`): nothing but blocks, 64 columns, LF.

use crate::second::base64;

/// Reads every block: label and bytes. Any deviation from the strict form is `None`.
pub(crate) fn strict(text: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let mut blocks = Vec::new();
    let mut lines = text.strip_suffix('\n')?.split('\n');
    while let Some(begin) = lines.next() {
        let label = begin.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
        let end = format!("-----END {label}-----");
        let mut body = String::new();
        let mut last_was_short = false;
        loop {
            let line = lines.next()?;
            if line == end {
                break;
            }
            if last_was_short || line.is_empty() || line.len() > 64 {
                return None;
            }
            last_was_short = line.len() < 64;
            body.push_str(line);
        }
        blocks.push((label.to_owned(), base64::padded(&body).filter(|bytes| !bytes.is_empty())?));
    }
    Some(blocks)
}

/// Reads the only block, which must have this label.
pub(crate) fn only(text: &str, label: &str) -> Option<Vec<u8>> {
    let mut blocks = strict(text)?.into_iter();
    let (found, bytes) = blocks.next()?;
    (found == label && blocks.next().is_none()).then_some(bytes)
}
