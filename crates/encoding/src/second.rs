//! The second parsers: what an export is read back with before it is handed out.
//!
//! Nothing in this room uses a writer or the first parser of this crate (a test reads the sources to make sure): keys are
//! read by AWS-LC; text, DER and wire forms by small readers of their own. They answer with plain bytes and numbers, and
//! `None` where the form is not exactly what it should be.

pub(crate) mod aws_lc;
pub(crate) mod base64;
pub(crate) mod certificate;
pub(crate) mod der;
pub(crate) mod jwk;
pub(crate) mod pem;
pub(crate) mod pkcs7;
pub(crate) mod snowflake;
pub(crate) mod ssh;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{aws_lc, certificate, der, jwk, pem, pkcs7, snowflake, ssh};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn no_text_and_no_bytes_make_them_panic(
            text in "(ssh-rsa |ALTER USER |-----BEGIN |\\{)?[\\PC\n]{0,60}",
            words in r#"ALTER USER ("\PC{0,5}"|[A-Z]{1,3}) SET [A-Z]{0,3}='?[A-Za-z0-9+/=é]{0,9}'?;?\n?"#,
            bytes in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            prop_assert!(ssh::line(&text).is_none());
            prop_assert!(jwk::one(&text).is_none() && jwk::set(&text).is_none());
            prop_assert!(snowflake::statement(&text).is_none() && snowflake::statement(&words).is_none());
            prop_assert!(snowflake::unset(&text).is_none() && snowflake::unset(&words).is_none());
            prop_assert!(pem::only(&text, "PUBLIC KEY").is_none());
            prop_assert!(certificate::subject_public_key_info(&bytes).is_none());
            prop_assert!(aws_lc::spki(&bytes).is_none() && aws_lc::pkcs1(&bytes).is_none());
            prop_assert!(pkcs7::certificates(&bytes).is_none());
            let _ = (der::public_key(&bytes), der::dotted(&bytes));
        }
    }

    #[test]
    fn no_second_parser_uses_the_first_or_a_writer() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/second");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let source = std::fs::read_to_string(&path).unwrap();
            // Tests may compare with other libraries.
            let source = source.split("#[cfg(test)]").next().unwrap();
            for line in source.lines().filter(|line| line.contains("crate::")) {
                assert!(line.contains("crate::second"), "{}: {line}", path.display());
            }
            for library in
                ["base64ct", "pem_rfc7468", "sha1::", "sha2::", "x509_cert", "cms::", "use der", "use ::spki"]
            {
                assert!(!source.contains(library), "{} uses {library}", path.display());
            }
            seen += 1;
        }
        assert_eq!(seen, 9);
    }
}
