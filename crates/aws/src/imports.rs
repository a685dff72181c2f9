//! Keys that were made elsewhere and come to KMS: which kinds, wrapped how, by which changes.
//!
//! A KMS key with the origin `EXTERNAL` is made first and waits for its material. Then KMS hands out a wrapping key and a
//! token that belong together for 24 hours, and takes the wrapped material with that token.

pub(crate) mod ways;

use async_trait::async_trait;
use domain::{
    Afterwards, Algorithm, Ask, Bringing, Error, ImportSubject, Imports, ItemKey, Kind, Package, Question, Result,
    Secret, SecretAnswers, Taking, Target, Timestamp, VaultId, Wish, WrappingKey,
};
use encoding::PublicKey;

use crate::{
    Account,
    client::GET_PARAMETERS,
    error,
    locate::Service,
    operation::{MATERIAL, TOKEN},
    questions::{self, EXPIRES, EXTERNAL, NEW_MATERIAL, ORIGIN, SHA256, VALID_TO, WRAPPING},
    time,
};

const BRING: &str = "bring the key";

#[async_trait]
impl Imports for Account {
    async fn takes(&self, vault: &VaultId) -> Result<Vec<Taking>> {
        if !self.regions().contains(&vault.0) {
            return Err(Error::new(Kind::Unsupported, BRING, "this connection does not list that Region")
                .with_refused_by("this app"));
        }
        Ok(Algorithm::BROUGHT.map(|kind| ways::of_kind(kind, &vault.0)).into())
    }

    fn questions(&self, vault: &VaultId, algorithm: &Algorithm) -> Vec<Question> {
        ways::spec(algorithm, &vault.0).map(|spec| questions::brought(spec, Timestamp::now())).unwrap_or_default()
    }

    /// Nothing has to be made where the item is there already.
    fn prepare(&self, subject: &ImportSubject<'_>) -> Result<Option<Wish>> {
        // A key that was made in vain costs money for a week at least.
        questions::valid_to(|name| answer(subject, name), Timestamp::now())?;
        if subject.into.is_some() {
            return Ok(None);
        }
        let spec = ways::spec(subject.algorithm, &subject.vault.0).map_err(unfit)?;
        let (usage, question) = usage(subject, spec)?;
        let mut wish = Wish::new(Ask::CreateKey, Target::Vault(subject.vault.clone()))
            .answer("usage", usage)
            .answer(question, spec)
            .answer(ORIGIN, EXTERNAL);
        for name in ["alias", "description", "tags", "multi_region"] {
            if let Some(given) = answer(subject, name) {
                wish = wish.answer(name, given);
            }
        }
        Ok(Some(wish))
    }

    async fn wrapping_key(&self, subject: &ImportSubject<'_>) -> Result<Option<WrappingKey>> {
        let into = subject.into.ok_or_else(|| unfit("there is no key yet that the material could be wrapped for"))?;
        let offer = subject.wrap;
        let (algorithm, wrapping) =
            ways::native(offer.wrap, offer.bits).ok_or_else(|| unfit("KMS knows no such way to wrap material"))?;
        let (client, service, address) = self.address(into).await?;
        if service != Service::Kms {
            return Err(unfit("only a KMS key takes key material"));
        }
        // An alias is not enough for this call.
        let metadata = client.describe_key(&address).await?;
        let id = metadata.arn.as_deref().filter(|_| address.starts_with("arn:")).unwrap_or(&metadata.key_id);
        let told = client.parameters_for_import(id, algorithm, wrapping).await?;
        let public_key = told.public_key.ok_or_else(|| error::incomplete(GET_PARAMETERS, "public key"))?.into_inner();
        let token = told.import_token.ok_or_else(|| error::incomplete(GET_PARAMETERS, "import token"))?.into_inner();
        let found = PublicKey::from_spki_der(&public_key).map(|key| key.algorithm());
        if found.as_ref().ok() != Some(&Algorithm::Rsa(offer.bits)) {
            let message = format!("AWS sent a wrapping key that is not RSA {}, as was asked for", offer.bits);
            return Err(Error::new(Kind::Invalid, GET_PARAMETERS.operation, message));
        }
        let expires = told.parameters_valid_to.as_ref().and_then(time);
        Ok(Some(WrappingKey { public_key, token: Some(Secret::new(token)), expires, of: None }))
    }

    fn bring(&self, subject: &ImportSubject<'_>, package: Package) -> Result<Bringing> {
        let into = subject.into.ok_or_else(|| unfit("there is no key yet that takes the material"))?;
        let wrapped = package.wrapped()?;
        let token = wrapped.token.ok_or_else(|| unfit("the import token that belongs to the material is missing"))?;
        let mut wish = Wish::new(Ask::ImportMaterial, Target::Item(into.clone()))
            .answer(WRAPPING, subject.wrap.native.clone())
            .answer(SHA256, wrapped.sha256);
        for name in [EXPIRES, VALID_TO] {
            if let Some(given) = answer(subject, name) {
                wish = wish.answer(name, given);
            }
        }
        if subject.new_material {
            wish = wish.answer(NEW_MATERIAL, "true");
        }
        let secrets: SecretAnswers =
            [(MATERIAL.to_owned(), Secret::new(wrapped.blob)), (TOKEN.to_owned(), token)].into_iter().collect();
        Ok(Bringing { wish, secrets })
    }

    async fn afterwards(&self, item: &ItemKey, algorithm: &Algorithm) -> Vec<Afterwards> {
        self.what_follows(item, algorithm).await
    }
}

fn answer<'a>(subject: &ImportSubject<'a>, name: &str) -> Option<&'a str> {
    subject.answers.get(name).map(String::as_str).filter(|answer| !answer.is_empty())
}

/// What the key will be for, and the question that then asks for its kind.
fn usage(subject: &ImportSubject<'_>, spec: &str) -> Result<(&'static str, &'static str)> {
    let uses = questions::uses(spec);
    let chosen = match (answer(subject, "usage"), uses.as_slice()) {
        (None, [only]) => Some(*only),
        (None, _) => None,
        (Some(usage), uses) => uses.iter().copied().find(|it| it.usage == usage),
    };
    let chosen = chosen.ok_or_else(|| {
        let words: Vec<&str> = uses.iter().map(|it| it.usage).collect();
        unfit(format!("a {spec} key is for one of these: {}", words.join(", ")))
    })?;
    Ok((chosen.usage, chosen.question))
}

fn unfit(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, BRING, message).with_refused_by("this app")
}
