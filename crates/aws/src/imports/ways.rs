//! How material may be wrapped for each kind of KMS key. Sources: KMS Developer Guide, "Requirements for imported key
//! material" and "Select a wrapping algorithm"; API reference, GetParametersForImport (2026-11).

use aws_sdk_kms::types::{AlgorithmSpec, KeySpec, WrappingKeySpec};
use domain::{Algorithm, Curve, Taking, Wrap, WrapOffer};

use crate::{keys, questions::is_china};

/// The lengths of wrapping keys, the best first.
const BITS: [u32; 3] = [4096, 3072, 2048];

/// The ways for a kind of key, the best first; none if KMS takes no material of that kind there.
pub(crate) fn of_spec(spec: &str, region: &str) -> Vec<WrapOffer> {
    use Wrap::{OaepSha1, OaepSha256, RsaAesSha1, RsaAesSha256};
    let kind = keys::algorithm(&KeySpec::from(spec));
    let wraps: &[Wrap] = match kind {
        Algorithm::Aes(_) | Algorithm::Hmac(_) => &[OaepSha256, OaepSha1],
        Algorithm::Ec(_) => &[RsaAesSha256, OaepSha256, RsaAesSha1, OaepSha1],
        Algorithm::Rsa(_) => &[RsaAesSha256, RsaAesSha1],
        Algorithm::ChaCha20 | Algorithm::Ed25519 | Algorithm::Other(_) => &[],
    };
    let fits = |wrap: Wrap, bits: u32| match wrap {
        // 241 bytes of PKCS#8 are more than OAEP puts under 2048 bits.
        OaepSha1 | OaepSha256 => kind != Algorithm::Ec(Curve::P521) || bits > 2048,
        // Regions in China have no such algorithm.
        RsaAesSha1 | RsaAesSha256 => !is_china(region),
        Wrap::Plain => false,
    };
    let all = wraps.iter().flat_map(|wrap| BITS.map(|bits| (*wrap, bits)));
    all.filter(|(wrap, bits)| fits(*wrap, *bits)).filter_map(|(wrap, bits)| offer(wrap, bits)).collect()
}

/// What a Region does with a kind of key.
pub(super) fn of_kind(algorithm: Algorithm, region: &str) -> Taking {
    let spec = match spec(&algorithm, region) {
        Ok(spec) => spec,
        Err(because) => return Taking::refuse(algorithm, because),
    };
    match of_spec(spec, region) {
        none if none.is_empty() => Taking::refuse(
            algorithm,
            format!("Regions in China unwrap no {spec} material that was wrapped for an RSA key: they want SM2."),
        ),
        wraps => Taking::by(algorithm, wraps),
    }
}

/// KMS's word for keys that take material of that kind in a Region, or why there is none.
pub(super) fn spec(algorithm: &Algorithm, region: &str) -> Result<&'static str, &'static str> {
    Ok(match algorithm {
        Algorithm::Aes(_) if is_china(region) => {
            return Err("In Regions in China SYMMETRIC_DEFAULT is a 128-bit SM4 key: they have no AES keys.");
        }
        Algorithm::Aes(256) => "SYMMETRIC_DEFAULT",
        Algorithm::Aes(_) => return Err("KMS takes AES keys of 256 bits only."),
        Algorithm::ChaCha20 => return Err("KMS has no ChaCha20-Poly1305 keys: its symmetric keys are AES-256."),
        Algorithm::Ec(Curve::P256) => "ECC_NIST_P256",
        Algorithm::Ec(Curve::P256k1) => "ECC_SECG_P256K1",
        Algorithm::Ec(Curve::P384) => "ECC_NIST_P384",
        Algorithm::Ec(Curve::P521) => "ECC_NIST_P521",
        Algorithm::Ed25519 => {
            return Err("KMS makes Ed25519 keys, but is not documented to take imported material for them.");
        }
        Algorithm::Hmac(224) => "HMAC_224",
        Algorithm::Hmac(256) => "HMAC_256",
        Algorithm::Hmac(384) => "HMAC_384",
        Algorithm::Hmac(512) => "HMAC_512",
        Algorithm::Hmac(_) => return Err("KMS has HMAC keys for SHA-224, SHA-256, SHA-384 and SHA-512 only."),
        Algorithm::Rsa(2048) => "RSA_2048",
        Algorithm::Rsa(3072) => "RSA_3072",
        Algorithm::Rsa(4096) => "RSA_4096",
        Algorithm::Rsa(_) => return Err("KMS takes RSA keys of 2048, 3072 and 4096 bits only."),
        Algorithm::Other(_) => return Err("KMS takes no imported material of this kind."),
    })
}

/// The words of GetParametersForImport for a way.
pub(super) fn native(wrap: Wrap, bits: u32) -> Option<(AlgorithmSpec, WrappingKeySpec)> {
    let algorithm = match wrap {
        Wrap::OaepSha1 => AlgorithmSpec::RsaesOaepSha1,
        Wrap::OaepSha256 => AlgorithmSpec::RsaesOaepSha256,
        Wrap::Plain => return None,
        Wrap::RsaAesSha1 => AlgorithmSpec::RsaAesKeyWrapSha1,
        Wrap::RsaAesSha256 => AlgorithmSpec::RsaAesKeyWrapSha256,
    };
    let spec = match bits {
        2048 => WrappingKeySpec::Rsa2048,
        3072 => WrappingKeySpec::Rsa3072,
        4096 => WrappingKeySpec::Rsa4096,
        _ => return None,
    };
    Some((algorithm, spec))
}

fn offer(wrap: Wrap, bits: u32) -> Option<WrapOffer> {
    let (algorithm, spec) = native(wrap, bits)?;
    let legacy = matches!(wrap, Wrap::OaepSha1 | Wrap::RsaAesSha1);
    Some(WrapOffer { wrap, bits, native: format!("{} with {}", algorithm.as_str(), spec.as_str()), legacy })
}

#[cfg(test)]
mod tests {
    use super::*;

    const IRELAND: &str = "eu-west-1";

    fn natives(algorithm: Algorithm) -> Vec<String> {
        of_kind(algorithm, IRELAND).wraps.into_iter().map(|offer| offer.native).collect()
    }

    #[test]
    fn each_kind_has_its_ways_the_best_first_and_sha_1_last() {
        let oaep = [
            "RSAES_OAEP_SHA_256 with RSA_4096",
            "RSAES_OAEP_SHA_256 with RSA_3072",
            "RSAES_OAEP_SHA_256 with RSA_2048",
            "RSAES_OAEP_SHA_1 with RSA_4096",
            "RSAES_OAEP_SHA_1 with RSA_3072",
            "RSAES_OAEP_SHA_1 with RSA_2048",
        ];
        for kind in [Algorithm::Aes(256), Algorithm::Hmac(224), Algorithm::Hmac(512)] {
            assert_eq!(natives(kind), oaep);
        }
        let rsa = natives(Algorithm::Rsa(3072));
        assert_eq!(rsa[..2], ["RSA_AES_KEY_WRAP_SHA_256 with RSA_4096", "RSA_AES_KEY_WRAP_SHA_256 with RSA_3072"]);
        assert!(rsa.len() == 6 && rsa.iter().all(|native| native.starts_with("RSA_AES_KEY_WRAP")), "{rsa:?}");
        assert_eq!(natives(Algorithm::Ec(Curve::P256)).len(), 12);
        let largest = natives(Algorithm::Ec(Curve::P521));
        assert!(largest.len() == 10 && !largest.iter().any(|it| it.contains("OAEP") && it.ends_with("2048")));
    }

    #[test]
    fn every_kind_is_answered_and_what_kms_does_not_take_has_a_reason() {
        for region in [IRELAND, "cn-north-1"] {
            for kind in Algorithm::BROUGHT {
                let taking = of_kind(kind.clone(), region);
                assert_eq!(taking.wraps.is_empty(), taking.refused.is_some(), "{kind} in {region}");
            }
        }
        for kind in [Algorithm::Aes(128), Algorithm::ChaCha20, Algorithm::Ed25519] {
            assert!(of_kind(kind, IRELAND).refused.is_some());
        }
        for kind in [Algorithm::Aes(256), Algorithm::Rsa(2048)] {
            assert!(of_kind(kind, "cn-north-1").refused.is_some());
        }
        let china = of_kind(Algorithm::Ec(Curve::P384), "cn-north-1").wraps;
        assert!(!china.is_empty() && china.iter().all(|offer| offer.native.contains("OAEP")), "{china:?}");
    }

    #[test]
    fn kinds_that_kms_makes_but_does_not_take_have_no_ways() {
        for spec in ["ECC_NIST_EDWARDS25519", "ML_DSA_44", "ML_KEM_768", "SM2"] {
            assert!(of_spec(spec, IRELAND).is_empty(), "{spec}");
        }
        assert!(!of_spec("ECC_SECG_P256K1", IRELAND).is_empty());
    }
}
