//! The claims that release policies look at, as data.
//!
//! Source: Azure Attestation documentation, "Azure Attestation claim sets", and Azure documentation, "Secure key release
//! with confidential VMs", "… with confidential containers", 2026-11.

/// What a claim's value is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClaimKind {
    /// true or false.
    Bool,
    /// A number.
    Number,
    /// A digest in hexadecimal digits, of that many bytes.
    Digest(usize),
    /// A text.
    Text,
}

/// A claim that an attestation service makes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KnownClaim {
    /// Its last part; before it may stand `x-ms-isolation-tee.` and the like.
    pub name: &'static str,
    /// What its value is.
    pub kind: ClaimKind,
    /// What it says, after "if".
    pub says: &'static str,
    /// Whether it tells what runs there, not only on what kind of machine.
    pub measures: bool,
}

const fn claim(name: &'static str, kind: ClaimKind, says: &'static str, measures: bool) -> KnownClaim {
    KnownClaim { name, kind, says, measures }
}

use ClaimKind::{Bool, Digest, Number, Text};

/// Every claim that is known here.
pub const CLAIMS: &[KnownClaim] = &[
    claim("x-ms-attestation-type", Text, "the kind of environment", false),
    claim("x-ms-compliance-status", Text, "how far it keeps to Azure's rules", false),
    claim("x-ms-policy-hash", Text, "the hash of the attestation policy", false),
    claim("x-ms-sgx-is-debuggable", Bool, "whether the enclave can be debugged", false),
    claim("x-ms-sgx-product-id", Number, "the enclave's product", false),
    claim("x-ms-sgx-svn", Number, "the enclave's security version", false),
    claim("x-ms-sgx-mrenclave", Digest(32), "the measurement of the enclave's code", true),
    claim("x-ms-sgx-mrsigner", Digest(32), "the signer of the enclave's code", true),
    claim("x-ms-sevsnpvm-is-debuggable", Bool, "whether the machine can be debugged", false),
    claim("x-ms-sevsnpvm-guestsvn", Number, "the guest's security version", false),
    claim("x-ms-sevsnpvm-hostdata", Digest(32), "the digest of the policy of what runs there", true),
    claim("x-ms-sevsnpvm-launchmeasurement", Digest(48), "the measurement of what was started", true),
    claim("x-ms-sevsnpvm-vmpl", Number, "the privilege level", false),
    claim("x-ms-sevsnpvm-migration-allowed", Bool, "whether it may move to another host", false),
    claim("x-ms-tdx-is-debuggable", Bool, "whether the machine can be debugged", false),
    claim("x-ms-azurevm-vmid", Text, "the one virtual machine", true),
    claim("x-ms-azurevm-debuggersdisabled", Bool, "whether debuggers are off", false),
    claim("x-ms-azurevm-default-securebootkeysvalidated", Bool, "whether secure boot goes by Azure's keys", false),
    claim("secure-boot", Bool, "whether secure boot is on", false),
    claim("vmUniqueId", Text, "the one virtual machine", true),
];

impl KnownClaim {
    /// The claim of that name, whatever it is inside of.
    pub fn of(path: &str) -> Option<&'static Self> {
        let last = path.rsplit('.').next().unwrap_or(path);
        CLAIMS.iter().find(|claim| claim.name == last)
    }
}
