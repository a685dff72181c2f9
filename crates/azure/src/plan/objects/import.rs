//! Plans for keys that were made elsewhere. The public part is shown; the material is put in only when it is sent.

use domain::{Plan, Result, Tier};
use encoding::fingerprint::Fingerprints;
use serde_json::json;

use super::{
    super::{Draft, Planned, Words, not_offered, unfit},
    creation::{attributes, kind, marked, operations, with_attributes},
    new_name,
    values::found_by,
};
use crate::{
    kinds::{Shape, Type},
    material::Material,
    object::Object,
    operation::Operation,
    parameters::Parameters,
    perform::KEY,
    shell::{self, Line},
    state::{self, Before},
};

pub(super) async fn key(mut draft: Draft<'_>) -> Result<Plan> {
    let named = new_name(&draft, Object::Key)?;
    let file = draft.change.secrets.get(KEY).ok_or_else(|| unfit("the file with the key is missing"))?;
    let material = Material::read(file)?;
    let hsm = shell::is_hsm(draft.vault) || draft.change.flag("hsm");
    let kind = kind_of(&draft, &material, hsm).await?;
    let operations = operations(&draft, kind.shape)?;
    let versions = state::versions(draft.tenant, &named).await?;
    if versions.iter().any(|version| version.managed) {
        return Err(not_offered(format!("The key {0} belongs to the certificate {0}.", named.name)));
    }
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
    let known: Vec<String> = versions.iter().filter_map(state::version).collect();
    let mut effects = vec![
        format!("The {} {} key of the file is in {} as {}.", material.size, kind.word, draft.vault, named.name),
        format!("The fingerprint of its public part is {fingerprint}."),
        format!("It is for {}.", operations.join(", ")),
        found_by(&draft),
    ];
    if !known.is_empty() {
        let again = "There is a key of this name already: this becomes its current version, and the older ones stay.";
        effects.push(again.to_owned());
    }
    let call = Planned { operation: Operation::ImportKey, says, sent: &sent, command, secrets: &[KEY] };
    draft.step(call, &Before::Versions(known))?;
    let words = Words::new(&named.name, format!("Import the key {}", named.name), Tier::Consequences, effects)
        .warning("The file still holds the key. Azure never hands it out again.");
    draft.plan(words, None)
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
