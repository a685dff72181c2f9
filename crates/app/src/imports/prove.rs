//! Whether the target holds the same key: it works with it, and what comes of that is compared with what was made of the
//! material while it was here.

use base64ct::{Base64, Encoding};
use contract::{ImportWire, NameImport};
use domain::{Algorithm, Ciphers, Error, ItemKey, Kind, Moment, Result, Timestamp};
use encoding::{PublicKey, material};
use import::{Act, Import, Move, Proof, Witness};

use super::{item_of, target_of};
use crate::{App, items::Found};

const PROVE: &str = "prove the key";
/// So many bytes are encrypted and decrypted again.
const TRIED: usize = 1024;

/// What a try showed.
struct Shown {
    says: String,
    holds: bool,
    identifies: bool,
    kept: Option<Witness>,
}

impl App {
    /// Has the target work with the key, and compares. A key that is not the same is the outcome of it, not an error.
    ///
    /// # Errors
    /// `Conflict` before the key is there; as the place says if it cannot be tried.
    pub async fn prove_import(&self, request: NameImport) -> Result<ImportWire> {
        let loaded = self.import(&request.import).await?;
        let held = self.0.packages.held(&request.import);
        if let Some(lock) = loaded.import.lock(Move::Prove, &held, Timestamp::now()) {
            return Err(lock.refuses(PROVE));
        }
        let saved = self.target_connection(target_of(&loaded.import)?).await?;
        let provider = self.heard(saved.id, self.provider(&saved).await)?;
        let item = item_of(&loaded.import)?.ok_or_else(|| untried("it is not known which key it became"))?;
        let found = Found { connection: saved, provider, key: item.key };
        let shown = self.shown(&loaded.import, &found).await;
        let shown = self.heard(found.connection.id, shown)?;
        let expires = self.detail(&found).await?.item.expires;
        let actor = self.import_actor(&loaded.import).await;
        let proof = Proof {
            moment: Moment { at: Timestamp::now(), actor, evidence: shown.says },
            holds: shown.holds,
            identifies: shown.identifies,
            kept: shown.kept,
            expires,
        };
        let loaded = self.act_on_import(loaded, Act::Prove(proof)).await?;
        self.import_wire(loaded).await
    }

    async fn shown(&self, import: &Import, found: &Found) -> Result<Shown> {
        let algorithm = &target_of(import)?.algorithm;
        match import.witness() {
            Witness::PublicKey { spki } => self.same_public_half(found, spki).await,
            Witness::Mac { hash, message, mac } => {
                let made = ciphers(found)?.mac(&found.key, *hash, &decoded(message)?).await?;
                let holds = made == decoded(mac)?;
                Ok(Shown {
                    says: match holds {
                        true => "The place's HMAC of a random message is the one that the key gives.".to_owned(),
                        false => {
                            "The place's HMAC of a random message is another one: it holds another key.".to_owned()
                        }
                    },
                    holds,
                    identifies: true,
                    kept: None,
                })
            }
            Witness::Sealed { plaintext, ciphertext } => {
                opens(ciphers(found)?, &found.key, &decoded(plaintext)?, &decoded(ciphertext)?).await
            }
            Witness::None if algorithm.has_public_half() == Some(true) => self.has_a_public_half(found).await,
            Witness::None if matches!(algorithm, Algorithm::Hmac(_)) => macs(found).await,
            Witness::None => works(ciphers(found)?, &found.key).await,
        }
    }

    async fn same_public_half(&self, found: &Found, spki: &str) -> Result<Shown> {
        let (ours, theirs) = (PublicKey::from_spki_der(&decoded(spki)?)?, self.public_key(found, None).await?);
        let [ours, theirs] = [&ours, &theirs].map(encoding::snowflake::expected);
        let holds = ours == theirs;
        Ok(Shown {
            says: match holds {
                true => format!("The place's public half is that of the key: {ours}."),
                false => {
                    format!("The place's public half is {theirs}, and that of the key is {ours}: it holds another key.")
                }
            },
            holds,
            identifies: true,
            kept: None,
        })
    }

    /// A key pair that was wrapped elsewhere, of which nothing is known here.
    async fn has_a_public_half(&self, found: &Found) -> Result<Shown> {
        let theirs = encoding::snowflake::expected(&self.public_key(found, None).await?);
        Ok(Shown {
            says: format!(
                "The place tells the public half {theirs}. Compare it with that of your key: here it was never seen."
            ),
            holds: true,
            identifies: false,
            kept: None,
        })
    }
}

/// The place decrypts what was encrypted with the material outside of it, or by it when it had the material before.
async fn opens(ciphers: &dyn Ciphers, item: &ItemKey, plaintext: &[u8], ciphertext: &[u8]) -> Result<Shown> {
    let holds = match ciphers.decrypt(item, ciphertext).await {
        Ok(opened) => opened.expose() == plaintext,
        Err(error) if error.kind() == Kind::Invalid => false,
        Err(error) => return Err(error),
    };
    Ok(Shown {
        says: match holds {
            true => {
                format!("The place decrypts {} random bytes that were encrypted with the same key.", plaintext.len())
            }
            false => "The place does not decrypt what was encrypted with the key: it holds another one.".to_owned(),
        },
        holds,
        identifies: true,
        kept: None,
    })
}

/// The place encrypts and decrypts: it has a key, and nothing tells which.
async fn works(ciphers: &dyn Ciphers, item: &ItemKey) -> Result<Shown> {
    let plaintext = material::challenge(TRIED)?;
    let ciphertext = ciphers.encrypt(item, &plaintext).await?;
    let shown = opens(ciphers, item, &plaintext, &ciphertext).await?;
    Ok(Shown {
        says: match shown.holds {
            true => format!(
                "The place encrypts {TRIED} random bytes and decrypts them again. It does not tell which key it holds: that \
                 shows when the same key is brought again, by what it encrypted now."
            ),
            false => "The place does not decrypt what it encrypted itself.".to_owned(),
        },
        identifies: false,
        kept: Some(Witness::Sealed {
            plaintext: Base64::encode_string(&plaintext),
            ciphertext: Base64::encode_string(&ciphertext),
        }),
        ..shown
    })
}

async fn macs(found: &Found) -> Result<Shown> {
    let message = material::challenge(32)?;
    let mac = ciphers(found)?.mac(&found.key, domain::Hash::Sha256, &message).await?;
    Ok(Shown {
        says: format!(
            "The place makes an HMAC of {} bytes. Here the key was never seen, so nothing compares.",
            mac.len()
        ),
        holds: true,
        identifies: false,
        kept: None,
    })
}

fn ciphers(found: &Found) -> Result<&dyn Ciphers> {
    found.provider.ciphers().ok_or_else(|| untried("this place does no work with symmetric keys"))
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    Base64::decode_vec(text).map_err(|_| untried("what was kept to compare with does not read back"))
}

fn untried(because: &str) -> Error {
    Error::new(Kind::Unsupported, PROVE, because).with_refused_by("this app").with_next("Try the key where it is used.")
}
