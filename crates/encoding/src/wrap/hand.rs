//! How material is wrapped by hand, on a machine or an HSM that Claviger never reaches.
//!
//! Sources: the manual pages openssl-pkeyutl(1) and openssl-enc(1) of OpenSSL 3; pkcs11-tool(1) of OpenSC, and its
//! source (src/tools/pkcs11-tool.c, `wrap_key` and `build_params` of version 0.27), which names the wrapping key by `--id` and
//! the key to wrap by `--application-id`, and builds parameters for RSAES-OAEP but none for CKM_RSA_AES_KEY_WRAP.

use domain::{Algorithm, Wrap};

const OPENSSL: &str = "OpenSSL 3";
const PKCS11_TOOL: &str = "pkcs11-tool";

/// One line for a shell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HandLine {
    /// The program that it is for: `OpenSSL 3` or `pkcs11-tool`. The lines of one program belong together, in their order;
    /// those of the other are another way to the same file.
    pub program: &'static str,
    /// What it does.
    pub says: String,
    /// The line itself, for a POSIX shell.
    pub command: String,
}

/// The lines that wrap a key of that kind with `wrapping-key.pem` (a SubjectPublicKeyInfo) into `wrapped.bin`, first by
/// OpenSSL, from the bytes of a symmetric key in `material.bin` or the PKCS#8 of a key pair in `private-key.p8.der`; then
/// by `pkcs11-tool`, from a key inside an HSM, as far as it can. None for [`Wrap::Plain`].
///
/// In the lines of `pkcs11-tool`, `$MODULE` is the path of the HSM's PKCS#11 library, and `$KEY_ID` the id of the key in it,
/// in hex.
pub fn by_hand(wrap: Wrap, algorithm: &Algorithm) -> Vec<HandLine> {
    let (hash, between) = match wrap {
        Wrap::OaepSha1 => ("SHA1", false),
        Wrap::OaepSha256 => ("SHA256", false),
        Wrap::Plain => return Vec::new(),
        Wrap::RsaAesSha1 => ("SHA1", true),
        Wrap::RsaAesSha256 => ("SHA256", true),
    };
    let is_pair = algorithm.has_public_half() == Some(true);
    let mut lines = by_openssl(hash, between, is_pair);
    lines.extend(by_pkcs11_tool(hash, between, is_pair));
    lines
}

fn by_openssl(hash: &str, between: bool, is_pair: bool) -> Vec<HandLine> {
    let line = |says: String, command: String| HandLine { program: OPENSSL, says, command };
    let file = if is_pair { "private-key.p8.der" } else { "material.bin" };
    let holds = if is_pair {
        "the private key in PKCS#8, not encrypted, as DER (`openssl pkcs8 -topk8 -nocrypt -outform DER` makes it)"
    } else {
        "the bytes of the key, and nothing else"
    };
    let md = hash.to_lowercase();
    let encrypt = |from: &str, to: &str| {
        format!(
            "openssl pkeyutl -encrypt -pubin -inkey wrapping-key.pem -in {from} -out {to} -pkeyopt rsa_padding_mode:oaep \
             -pkeyopt rsa_oaep_md:{md} -pkeyopt rsa_mgf1_md:{md}"
        )
    };
    let digest = line(
        "Print the SHA-256 of the wrapped key. It must be the one that is shown when the file is chosen here."
            .to_owned(),
        "openssl dgst -sha256 -r wrapped.bin".to_owned(),
    );
    if !between {
        let says = format!("Wrap {file} by RSAES-OAEP with {hash}. It holds {holds}.");
        return vec![line(says, encrypt(file, "wrapped.bin")), digest];
    }
    vec![
        line(
            "Make an AES-256 key for this once, in a file that nobody else may read.".to_owned(),
            "(umask 077 && openssl rand -out ephemeral.bin 32)".to_owned(),
        ),
        line(
            format!(
                "Wrap {file} with that key by AES-KWP (RFC 5649). It holds {holds}. The AES key stands in the list of \
                 processes while this runs, so run it where nobody else is signed in."
            ),
            format!(
                "openssl enc -e -id-aes256-wrap-pad -iv A65959A6 -K \"$(od -An -v -tx1 ephemeral.bin | tr -d ' \\n')\" \
                 -in {file} -out wrapped-material.bin"
            ),
        ),
        line(format!("Wrap the AES key by RSAES-OAEP with {hash}."), encrypt("ephemeral.bin", "wrapped-ephemeral.bin")),
        line(
            "Put the two together, the AES key first.".to_owned(),
            "cat wrapped-ephemeral.bin wrapped-material.bin > wrapped.bin".to_owned(),
        ),
        line(
            format!("Destroy the AES key. {file} stays: destroy it once the key has arrived and is kept elsewhere."),
            "shred -u ephemeral.bin".to_owned(),
        ),
        digest,
    ]
}

fn by_pkcs11_tool(hash: &str, between: bool, is_pair: bool) -> Vec<HandLine> {
    let line = |says: &str, command: String| HandLine { program: PKCS11_TOOL, says: says.to_owned(), command };
    if between {
        return vec![line(
            "pkcs11-tool cannot wrap this way: it gives CKM_RSA_AES_KEY_WRAP (0x1054) no parameters. This shows whether \
             the HSM has the mechanism; if it does, the HSM maker's own tool can wrap with it.",
            "pkcs11-tool --module \"$MODULE\" --list-mechanisms | grep -i -e 0x1054 -e rsa-aes-key-wrap".to_owned(),
        )];
    }
    if is_pair {
        return vec![line(
            "A key pair does not leave an HSM this way: CKM_RSA_PKCS_OAEP wraps secret keys only (PKCS#11 3.0, 2.1.8). \
             This shows what else the HSM has.",
            "pkcs11-tool --module \"$MODULE\" --list-mechanisms | grep -i wrap".to_owned(),
        )];
    }
    let named = if hash == "SHA1" { "SHA-1" } else { hash };
    vec![
        line(
            "Turn the wrapping key into DER.",
            "openssl pkey -pubin -in wrapping-key.pem -outform DER -out wrapping-key.der".to_owned(),
        ),
        line(
            "Load it into the HSM, for wrapping alone.",
            "pkcs11-tool --module \"$MODULE\" --login --write-object wrapping-key.der --type pubkey --id c1a7 \
             --label wrapping-key --usage-wrap"
                .to_owned(),
        ),
        line(
            "Wrap the key in the HSM. It must be extractable there, the HSM must have RSA-PKCS-OAEP for \
             wrapping, and pkcs11-tool must be that of OpenSC 0.27 or later, since older ones give it no hash.",
            format!(
                "pkcs11-tool --module \"$MODULE\" --login --wrap --mechanism RSA-PKCS-OAEP --hash-algorithm {named} \
                 --mgf MGF1-{hash} --id c1a7 --application-id \"$KEY_ID\" --output-file wrapped.bin"
            ),
        ),
        line("Print the SHA-256 of the wrapped key.", "openssl dgst -sha256 -r wrapped.bin".to_owned()),
    ]
}
