//! SignedData without signers (RFC 5652, 5.1), walked to its certificates.

use crate::second::der;

/// 1.2.840.113549.1.7.2, id-signedData.
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
/// 1.2.840.113549.1.7.1, id-data.
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
/// `[0]`: the content, and inside it the certificates.
const FIRST: u8 = 0xa0;
/// `[1]`: revocation lists.
const SECOND: u8 = 0xa1;

/// The certificates of a bag that is the whole of `bytes`, has no signers, no revocation lists and no content.
pub(crate) fn certificates(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut outer = der::only(bytes, der::SEQUENCE)?.value;
    let kind = der::expect(&mut outer, der::OBJECT_IDENTIFIER)?;
    let mut inside = der::only(der::only(outer, FIRST)?.value, der::SEQUENCE)?.value;
    let version = der::expect(&mut inside, der::INTEGER)?;
    let digests = der::expect(&mut inside, der::SET)?;
    let content = der::only(der::expect(&mut inside, der::SEQUENCE)?.value, der::OBJECT_IDENTIFIER)?;
    let mut bag = der::expect(&mut inside, FIRST)?.value;
    let lists = der::expect(&mut inside, SECOND);
    let signers = der::only(inside, der::SET)?;
    let bare = kind.value == SIGNED_DATA
        && version.value == [1]
        && digests.value.is_empty()
        && content.value == DATA
        && lists.is_none_or(|lists| lists.value.is_empty())
        && signers.value.is_empty();
    let mut certificates = Vec::new();
    while !bag.is_empty() {
        certificates.push(der::expect(&mut bag, der::SEQUENCE)?.whole);
    }
    bare.then_some(certificates)
}
