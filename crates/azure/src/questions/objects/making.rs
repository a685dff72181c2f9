//! Questions before something is made in a vault. Only kinds of keys that the vault makes can be chosen.

use domain::{Question, QuestionKind, VaultId};

use crate::{
    Tenant,
    byok::IMPORT,
    imports::KEK,
    kinds::{Shape, TYPES, Type},
    perform::{BACKUP, KEY, VALUE},
    shell::is_hsm,
};

/// The questions for a new key.
pub(super) async fn key(tenant: &Tenant, vault: &VaultId) -> Vec<Question> {
    let kinds = kinds(tenant, vault).await;
    let choices = kinds.iter().map(|kind| (kind.word.to_owned(), format!("{} ({})", kind.label, kind.word))).collect();
    let usual = kinds.first().map_or("RSA", |kind| kind.word);
    let mut questions = vec![
        name("Letters, digits and dashes."),
        Question::new("type", "Kind of key", QuestionKind::Choice(choices))
            .help("It cannot be changed later.")
            .required()
            .preset(usual),
    ];
    for shape in Shape::ALL {
        let words: Vec<&str> = kinds.iter().filter(|kind| kind.shape == shape).map(|kind| kind.word).collect();
        if words.is_empty() {
            continue;
        }
        let label = if shape == Shape::Ec { "Curve" } else { "Bits" };
        questions.push(
            Question::new(shape.size_question(), label, QuestionKind::Choice(twice(shape.sizes())))
                .required()
                .preset(shape.sizes()[0])
                .shown_when("type", words.clone()),
        );
        let hardware = kinds.iter().any(|kind| kind.hsm && kind.shape == shape);
        let exchanges = shape == Shape::Rsa && hardware;
        questions
            .push(if exchanges { or_import(operations(shape)) } else { operations(shape) }.shown_when("type", words));
    }
    questions.extend(times());
    questions.push(enabled());
    questions.extend(release("type", kinds.iter().filter(|kind| kind.hsm).map(|kind| kind.word)));
    questions.push(tags());
    questions
}

/// The questions for a key that was made elsewhere.
pub(super) async fn import(tenant: &Tenant, vault: &VaultId) -> Vec<Question> {
    let hardware = kinds(tenant, vault).await.iter().any(|kind| kind.hsm);
    let mut questions = vec![
        name("If there is a key of this name, the file becomes its new version."),
        Question::new(KEY, "File with the key", QuestionKind::File)
            .help(
                "PEM (PKCS#8, PKCS#1, SEC 1) without a password, or a JWK: RSA, or EC on a NIST curve or P-256K. For an HSM \
                 also a .byok file, wrapped for a key exchange key of this vault.",
            )
            .required(),
        Question::new("family", "What it is", {
            let pairs = [("RSA", "RSA"), ("EC", "Elliptic curve"), ("oct", "AES, wrapped")];
            let pairs = pairs.into_iter().filter(|(value, _)| *value != "oct" || is_hsm(vault));
            QuestionKind::Choice(pairs.map(|(value, label)| (value.to_owned(), label.to_owned())).collect())
        })
        .required()
        .preset("RSA"),
        operations(Shape::Rsa).shown_when("family", ["RSA"]),
        operations(Shape::Ec).shown_when("family", ["EC"]),
    ];
    if hardware {
        questions.push(
            Question::new("curve", "Curve", QuestionKind::Choice(twice(Shape::Ec.sizes())))
                .help("Needed for a wrapped key alone: its file does not tell.")
                .shown_when("family", ["EC"]),
        );
    }
    if is_hsm(vault) {
        questions.push(operations(Shape::Oct).shown_when("family", ["oct"]));
    }
    if hardware && !is_hsm(vault) {
        questions.push(
            Question::new("hsm", "Keep it in an HSM", QuestionKind::Flag)
                .help("Its material passes through this computer all the same.")
                .preset("false"),
        );
    }
    questions.extend(times());
    questions.push(enabled());
    questions.push(tags());
    questions
}

/// The questions for a key that another place hands over.
pub(crate) fn brought(vault: &VaultId, shape: Shape) -> Vec<Question> {
    let kek = Question::new(KEK, "Key exchange key", QuestionKind::Text);
    let kek = match is_hsm(vault) {
        true => kek.required().help("The name of an RSA-HSM key in this HSM, for the operation import alone."),
        false => kek
            .help("For the way into an HSM: the name of an RSA-HSM key in this vault, for the operation import alone."),
    };
    let mut questions =
        vec![name("If there is a key of this name, this becomes its new version."), kek, operations(shape)];
    questions.extend(times());
    questions.push(enabled());
    questions.push(tags());
    questions
}

/// The questions for a new secret.
pub(super) fn secret() -> Vec<Question> {
    let mut questions = vec![
        name("Letters, digits and dashes."),
        Question::new(VALUE, "Value", QuestionKind::Secret)
            .help("At most 25 KB of text. It is sent to Azure once, and kept nowhere else.")
            .required(),
        content_type(),
    ];
    questions.extend(times());
    questions.push(enabled());
    questions.push(tags());
    questions
}

/// The questions for a saved copy that is taken back.
pub(super) fn restore(_tenant: &Tenant, vault: &VaultId) -> Vec<Question> {
    let kinds: &[&str] = if is_hsm(vault) { &["key"] } else { &["key", "secret", "certificate"] };
    vec![
        Question::new("kind", "What was saved", QuestionKind::Choice(twice(kinds))).required().preset("key"),
        name("The name that it had. Azure takes it from the file; by it the object is found again."),
        Question::new(BACKUP, "File with the saved copy", QuestionKind::File).required(),
    ]
}

pub(super) fn content_type() -> Question {
    Question::new("content_type", "Content type", QuestionKind::Text)
        .help("What the value is, such as text/plain or \"password of the database\".")
}

/// From when and until when.
pub(super) fn times() -> impl Iterator<Item = Question> {
    const HELP: &str = "A day such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z. Once set it can be moved, not \
                        taken away.";
    [("not_before", "Not valid before"), ("expires", "Expires")]
        .into_iter()
        .map(|(name, label)| Question::new(name, label, QuestionKind::Text).help(HELP))
}

/// The types that a vault makes. A Standard vault has none in hardware, as far as Resource Manager tells.
async fn kinds(tenant: &Tenant, vault: &VaultId) -> Vec<&'static Type> {
    let managed_hsm = is_hsm(vault);
    let standard = !managed_hsm && tenant.is_standard(vault).await;
    TYPES.iter().filter(|kind| kind.is_in(managed_hsm) && !(standard && kind.hsm)).collect()
}

fn operations(shape: Shape) -> Question {
    Question::new(shape.operations_question(), "What it is for", QuestionKind::Several(twice(shape.operations())))
        .required()
        .preset(shape.operations().join(","))
}

/// The same, or for imports alone.
fn or_import(mut question: Question) -> Question {
    if let QuestionKind::Several(choices) = &mut question.kind {
        choices.push((IMPORT.to_owned(), "import: a key exchange key, and nothing else (RSA-HSM)".to_owned()));
    }
    question
}

fn release(of: &'static str, words: impl Iterator<Item = &'static str>) -> Vec<Question> {
    let words: Vec<&str> = words.collect();
    if words.is_empty() {
        return Vec::new();
    }
    vec![
        Question::new("exportable", "Can be released", QuestionKind::Flag)
            .help("To an environment that proves what the release policy wants. It cannot be changed later.")
            .preset("false")
            .shown_when(of, words),
        Question::new("release_policy", "Release policy", QuestionKind::Lines)
            .help("JSON: which attestation it takes.")
            .required()
            .shown_when("exportable", ["true"]),
        Question::new("immutable", "The policy can never be changed", QuestionKind::Flag)
            .preset("false")
            .shown_when("exportable", ["true"]),
    ]
}

fn name(help: &str) -> Question {
    Question::new("name", "Name", QuestionKind::Text).help(help).required()
}

fn enabled() -> Question {
    Question::new("enabled", "Enabled", QuestionKind::Flag).preset("true")
}

fn tags() -> Question {
    Question::new("tags", "Tags", QuestionKind::Pairs)
        .help("At most 14 of 256 characters each; one more is the order's own mark.")
        .preset("[]")
}

fn twice(words: &[&str]) -> Vec<(String, String)> {
    words.iter().map(|word| ((*word).to_owned(), (*word).to_owned())).collect()
}
