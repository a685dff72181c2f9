//! A certificate (RFC 5280, 4.1) or a request for one (RFC 2986, 4), walked to its SubjectPublicKeyInfo.

use crate::second::der;

/// The tag of `[0] EXPLICIT Version`.
const VERSION: u8 = 0xa0;

/// The SubjectPublicKeyInfo of a certificate that is the whole of `bytes`.
pub(crate) fn subject_public_key_info(bytes: &[u8]) -> Option<&[u8]> {
    let mut certificate = der::only(bytes, der::SEQUENCE)?.value;
    let mut inside = der::expect(&mut certificate, der::SEQUENCE)?.value;
    der::expect(&mut certificate, der::SEQUENCE)?;
    der::only(certificate, der::BIT_STRING)?;
    der::expect(&mut inside, VERSION);
    der::expect(&mut inside, der::INTEGER)?;
    // Signature algorithm, issuer, validity, subject.
    for _ in 0..4 {
        der::expect(&mut inside, der::SEQUENCE)?;
    }
    Some(der::expect(&mut inside, der::SEQUENCE)?.whole)
}

/// The SubjectPublicKeyInfo of a signing request that is the whole of `bytes`.
pub(crate) fn requested_key(bytes: &[u8]) -> Option<&[u8]> {
    let mut request = der::only(bytes, der::SEQUENCE)?.value;
    let mut inside = der::expect(&mut request, der::SEQUENCE)?.value;
    der::expect(&mut request, der::SEQUENCE)?;
    der::only(request, der::BIT_STRING)?;
    der::expect(&mut inside, der::INTEGER)?;
    // The subject.
    der::expect(&mut inside, der::SEQUENCE)?;
    Some(der::expect(&mut inside, der::SEQUENCE)?.whole)
}
