//! Plans for keys that were made elsewhere. The public part is shown; the material is put in only when it is sent.

use domain::{Plan, Result, Tier};
use encoding::{PublicKey, fingerprint::Fingerprints};
use serde_json::{Value, json};

use super::{
    super::{Draft, Words, not_offered, unfit},
    creation::{attributes, kind, marked, operations, release, with_attributes},
    new_name,
    values::found_by,
};
use crate::{
    kinds::Shape,
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
    let family = if material.shape == Shape::Ec { "EC" } else { "RSA" };
    if draft.answer("family")? != family {
        return Err(unfit(format!("the file holds a key of the kind {family}")));
    }
    let hsm = shell::is_hsm(draft.vault) || draft.change.flag("hsm");
    let word = match (material.shape, hsm) {
        (Shape::Ec, false) => "EC",
        (Shape::Ec, true) => "EC-HSM",
        (_, false) => "RSA",
        (_, true) => "RSA-HSM",
    };
    let kind = kind(&draft, word)?;
    if !kind.shape.sizes().contains(&material.size.as_str()) {
        return Err(unfit(format!("Azure has no {word} keys of {} bits", material.size)));
    }
    let operations = operations(&draft, kind.shape)?;
    let versions = state::versions(draft.tenant, &named).await?;
    if versions.iter().any(|version| version.managed) {
        return Err(not_offered(format!("The key {0} belongs to the certificate {0}.", named.name)));
    }
    let fingerprint = Fingerprints::of(&PublicKey::from_spki_der(&material.spki)?).spki_sha256;
    let (exportable, policy) = release(&draft, kind)?;
    let mut attributes = attributes(&draft)?;
    if exportable && let Value::Object(attributes) = &mut attributes {
        attributes.insert("exportable".to_owned(), true.into());
    }
    let mut shown = material.public.clone();
    shown.insert("kty".to_owned(), word.into());
    shown.insert("key_ops".to_owned(), json!(operations));
    let tags = marked(&draft, draft.pairs("tags")?)?;
    let sent = Parameters::new(draft.vault, &named.name)
        .with("Hsm", hsm)
        .with("key", shown)
        .with("attributes", attributes)
        .with("release_policy", policy.clone().unwrap_or_default())
        .with("tags", json!(tags));
    let line = Line::new(&["key", "import"], draft.vault)
        .option("--name", &named.name)
        .option("--pem-file", "/dev/stdin")
        .option("--protection", if hsm { "hsm" } else { "software" })
        .several("--ops", operations.iter().map(|one| (*one).into()));
    let command = with_attributes(line, &sent, false);
    let known: Vec<String> = versions.iter().filter_map(state::version).collect();
    let again = !known.is_empty();
    draft.step(
        Operation::ImportKey,
        "Import the key from the file",
        &sent,
        command,
        &Before::Versions(known),
        &[KEY],
    )?;
    let mut effects = vec![
        format!("The {} {} key of the file is in {} as {}.", material.size, word, draft.vault, named.name),
        format!("The fingerprint of its public part is {fingerprint}."),
        format!("It is for {}.", operations.join(", ")),
        found_by(&draft),
    ];
    if again {
        effects.push(format!(
            "There is a key {} already: this becomes its current version, and the older ones stay.",
            named.name
        ));
    }
    let words = Words::new(&named.name, format!("Import the key {}", named.name), Tier::Consequences, effects)
        .warning("The file still holds the key. Azure never hands it out again.");
    draft.plan(words, None)
}
