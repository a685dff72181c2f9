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
pub(crate) mod snowflake;
pub(crate) mod ssh;

#[cfg(test)]
mod tests {
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
            for library in ["base64ct", "pem_rfc7468", "sha1::", "sha2::", "x509_cert", "use der", "use ::spki"] {
                assert!(!source.contains(library), "{} uses {library}", path.display());
            }
            seen += 1;
        }
        assert_eq!(seen, 8);
    }
}
