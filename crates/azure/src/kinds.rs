//! The kinds of keys that Azure makes: which sizes, curves and operations go together, and where.
//!
//! Source: REST API, keys/create; "About keys" and "Key types, algorithms, and operations".

/// A type of key, as the API writes it.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) word: &'static str,
    /// What a person reads.
    pub(crate) label: &'static str,
    pub(crate) shape: Shape,
    /// Whether its material lies in a hardware security module.
    pub(crate) hsm: bool,
}

/// What has to be chosen beside the type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    Ec,
    Oct,
    Rsa,
}

/// All of them, the usual one first.
pub(crate) const TYPES: &[Type] = &[
    Type { word: "RSA", label: "RSA", shape: Shape::Rsa, hsm: false },
    Type { word: "EC", label: "Elliptic curve", shape: Shape::Ec, hsm: false },
    Type { word: "RSA-HSM", label: "RSA in an HSM", shape: Shape::Rsa, hsm: true },
    Type { word: "EC-HSM", label: "Elliptic curve in an HSM", shape: Shape::Ec, hsm: true },
    Type { word: "oct-HSM", label: "AES in an HSM", shape: Shape::Oct, hsm: true },
];

impl Shape {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Rsa, Self::Ec, Self::Oct];

    /// The question for the size or the curve.
    pub(crate) fn size_question(self) -> &'static str {
        match self {
            Self::Ec => "curve",
            Self::Oct => "aes_size",
            Self::Rsa => "rsa_size",
        }
    }

    /// The question for the operations.
    pub(crate) fn operations_question(self) -> &'static str {
        match self {
            Self::Ec => "ec_operations",
            Self::Oct => "aes_operations",
            Self::Rsa => "rsa_operations",
        }
    }

    /// Sizes in bits, or curves; the usual one first.
    pub(crate) fn sizes(self) -> &'static [&'static str] {
        match self {
            Self::Ec => &["P-256", "P-384", "P-521", "P-256K"],
            Self::Oct => &["256", "192", "128"],
            Self::Rsa => &["2048", "3072", "4096"],
        }
    }

    /// What such a key can be used for.
    pub(crate) fn operations(self) -> &'static [&'static str] {
        match self {
            Self::Ec => &["sign", "verify"],
            Self::Oct => &["encrypt", "decrypt", "wrapKey", "unwrapKey"],
            Self::Rsa => &["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"],
        }
    }
}

impl Type {
    /// The one of this word.
    pub(crate) fn of(word: &str) -> Option<&'static Self> {
        TYPES.iter().find(|it| it.word == word)
    }

    /// Whether a vault has such keys: a Managed HSM has none but in its hardware, and symmetric ones are there alone.
    pub(crate) fn is_in(&self, managed_hsm: bool) -> bool {
        if managed_hsm { self.hsm } else { self.shape != Shape::Oct }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_the_types_that_it_makes() {
        let words = |hsm| TYPES.iter().filter(|it| it.is_in(hsm)).map(|it| it.word).collect::<Vec<_>>();
        assert_eq!(words(false), ["RSA", "EC", "RSA-HSM", "EC-HSM"]);
        assert_eq!(words(true), ["RSA-HSM", "EC-HSM", "oct-HSM"]);
    }
}
