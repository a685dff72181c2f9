//! Plans for keys that were made elsewhere. The public part is shown; the material is put in only when it is sent.

use domain::{Plan, Result, Tier};
use encoding::fingerprint::Fingerprints;
use serde_json::{Map, json};

use super::{
    super::{Draft, Planned, Words, not_offered, unfit},
    creation::{attributes, kind, marked, operations, with_attributes},
    new_name,
    values::found_by,
};
use crate::{
    byok::{MEMBER, Transfer, exchange_key},
    kinds::{Shape, Type},
    material::Material,
    object::{Named, Object},
    operation::Operation,
    parameters::Parameters,
    perform::KEY,
    shell::{self, Line},
    state::{self, Before},
};

/// What an import under a name that is taken does.
const AGAIN: &str = "There is a key of this name already: this becomes its current version, and the older ones stay.";

pub(super) async fn key(mut draft: Draft<'_>) -> Result<Plan> {
    let named = new_name(&draft, Object::Key)?;
    let file = draft.change.secrets.get(KEY).ok_or_else(|| unfit("the file with the key is missing"))?;
    if let Some(transfer) = Transfer::of(file, draft.vault)? {
        return transferred(draft, named, &transfer).await;
    }
    let material = Material::read(file)?;
    let hsm = shell::is_hsm(draft.vault) || draft.change.flag("hsm");
    let kind = kind_of(&draft, &material, hsm).await?;
    let operations = operations(&draft, kind.shape)?;
    let known = versions(&draft, &named).await?;
    let fingerprint = Fingerprints::of(&material.public_key).spki_sha256;
    let mut shown = material.public.clone();
    shown.insert("kty".to_owned(), kind.word.into());
    shown.insert("key_ops".to_owned(), json!(operations));
    let tags = marked(&draft, draft.pairs("tags")?)?;
    let sent = Parameters::new(draft.vault, &named.name)
        .with("Hsm", hsm)
        .with("key", shown)
        .with("attributes", attributes(&draft, false)?)
        .with("tags", json!(tags));
    let line = Line::new(&["key", "import"], draft.vault)
        .option("--name", &named.name)
        .option("--pem-file", "/dev/stdin")
        .option("--protection", if hsm { "hsm" } else { "software" })
        .several("--ops", operations.iter().map(|one| (*one).into()));
    let (command, says) = (with_attributes(line, &sent, false), "Import the key from the file".to_owned());
    let mut effects = vec![
        format!("The {} {} key of the file is in {} as {}.", material.size, kind.word, draft.vault, named.name),
        format!("The fingerprint of its public part is {fingerprint}."),
        format!("It is for {}.", operations.join(", ")),
        found_by(&draft),
    ];
    effects.extend((!known.is_empty()).then(|| AGAIN.to_owned()));
    let call = Planned { operation: Operation::ImportKey, says, sent: &sent, command, secrets: &[KEY] };
    draft.step(call, &Before::Versions(known))?;
    let words = Words::new(&named.name, format!("Import the key {}", named.name), Tier::Consequences, effects)
        .warning("The file still holds the key. Azure never hands it out again.");
    draft.plan(words, None)
}

/// Plans a key that comes wrapped for a key exchange key of the vault, straight into its HSM.
async fn transferred(mut draft: Draft<'_>, named: Named, transfer: &Transfer) -> Result<Plan> {
    let family = draft.answer("family")?;
    let kind = kind(&draft, &format!("{family}-HSM")).await?;
    let operations = operations(&draft, kind.shape)?;
    let curve = match kind.shape {
        Shape::Ec => Some(draft.answer("curve")?),
        Shape::Oct | Shape::Rsa => None,
    };
    if curve.is_some_and(|curve| !kind.shape.sizes().contains(&curve)) {
        return Err(unfit("there is no such curve"));
    }
    // Whether it is one is told before anybody confirms, and not by the HSM afterwards.
    exchange_key(draft.tenant, draft.vault, &transfer.kek, Some(&transfer.version)).await?;
    let known = versions(&draft, &named).await?;
    let mut shown = Map::from_iter([("kty".to_owned(), json!(kind.word)), ("key_ops".to_owned(), json!(operations))]);
    shown.extend(curve.map(|curve| ("crv".to_owned(), json!(curve))));
    shown.insert(MEMBER.to_owned(), transfer.shown().into());
    let tags = marked(&draft, draft.pairs("tags")?)?;
    let sent = Parameters::new(draft.vault, &named.name)
        .with("key", shown)
        .with("attributes", attributes(&draft, false)?)
        .with("tags", json!(tags));
    let line = Line::new(&["key", "import"], draft.vault)
        .option("--name", &named.name)
        .option("--byok-file", "/dev/stdin")
        // The tool adds -HSM itself.
        .option("--kty", family)
        .maybe("--curve", curve)
        .several("--ops", operations.iter().map(|one| (*one).into()));
    let (command, says) = (with_attributes(line, &sent, false), "Import the wrapped key".to_owned());
    let mut effects = vec![
        format!(
            "The {} key of the file is in {} as {}. Its HSM alone can unwrap it.",
            kind.word, draft.vault, named.name
        ),
        format!(
            "It was wrapped for the key exchange key {}. The SHA-256 of the file is {}.",
            transfer.kek, transfer.sha256
        ),
        format!("It is for {}.", operations.join(", ")),
        found_by(&draft),
    ];
    effects.extend((!known.is_empty()).then(|| AGAIN.to_owned()));
    let call = Planned { operation: Operation::ImportKey, says, sent: &sent, command, secrets: &[KEY] };
    draft.step(call, &Before::Versions(known))?;
    let words = Words::new(&named.name, format!("Import the key {}", named.name), Tier::Consequences, effects)
        .warning("What is in the file shows only once the HSM has unwrapped it. Azure never hands it out again.");
    draft.plan(words, None)
}

/// The versions that there are of that name.
async fn versions(draft: &Draft<'_>, named: &Named) -> Result<Vec<String>> {
    let versions = state::versions(draft.tenant, named).await?;
    if versions.iter().any(|version| version.managed) {
        return Err(not_offered(format!("The key {0} belongs to the certificate {0}.", named.name)));
    }
    Ok(versions.iter().filter_map(state::version).collect())
}

/// The type that the key of the file becomes.
async fn kind_of(draft: &Draft<'_>, material: &Material, hsm: bool) -> Result<&'static Type> {
    let family = if material.shape == Shape::Ec { "EC" } else { "RSA" };
    if draft.answer("family")? != family {
        return Err(unfit(format!("the file holds a key of the kind {family}")));
    }
    let kind = kind(draft, &format!("{family}{}", if hsm { "-HSM" } else { "" })).await?;
    if !kind.shape.sizes().contains(&material.size.as_str()) {
        return Err(unfit(format!("Azure has no {} keys of {} bits", kind.word, material.size)));
    }
    Ok(kind)
}
