//! Getting in: questions that can be answered, and ways in that fail with words one can act on.

use std::collections::BTreeSet;

use domain::{Environment, Error, FieldKind, Kind};
use servers::Listing;

use crate::{
    place::{SignIn, Subject, Who},
    promise::{Gap, Needs, Outcome, Promise, ensure, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("connect", the_form_can_be_answered, Needs::Nothing),
    promise!("connect", without_answers_it_says_what_is_missing, Needs::Nothing),
    promise!("connect", on_an_empty_computer_nothing_is_found, Needs::Nothing),
    promise!("connect", a_connection_says_where_it_leads_and_no_secret, Needs::Nothing),
    promise!("connect", a_wrong_secret_is_signed_out, Needs::SignIn(Who::Stranger)),
    promise!("connect", a_place_that_does_not_answer_is_named, Needs::SignIn(Who::Nowhere)),
    promise!("connect", a_certificate_that_nobody_vouches_for_is_refused, Needs::SignIn(Who::Distrusting)),
];

pub(crate) const GAPS: &[Gap] = &[];

async fn the_form_can_be_answered(subject: &Subject) -> Outcome {
    let form = subject.place.crate_.form;
    ensure!(!form.provider.is_empty() && !form.title.is_empty() && !form.about.is_empty(), "{form:?}");
    let names: BTreeSet<_> = form.fields.iter().map(|field| field.name).collect();
    ensure!(names.len() == form.fields.len(), "two fields have one name: {names:?}");
    for field in form.fields {
        ensure!(!field.label.is_empty(), "{} has no label", field.name);
        if let FieldKind::Choice(choices) = field.kind {
            ensure!(!choices.is_empty(), "{} has no choices", field.name);
        }
        let Some((other, values)) = field.shown_when else { continue };
        let other = form.fields.iter().find(|one| one.name == other).ok_or_else(|| format!("{other} is no field"))?;
        if let FieldKind::Choice(choices) = other.kind {
            let is_choice = |value: &&str| choices.iter().any(|choice| choice.value == *value);
            ensure!(!values.is_empty() && values.iter().all(is_choice), "{} is never shown", field.name);
        }
    }
    let owner = subject.place.sign_in(Who::Owner)?;
    for name in owner.answers.keys().map(String::as_str).chain(owner.secrets.iter().map(|(name, _)| *name)) {
        ensure!(names.contains(name), "the answer {name} is to no question");
    }
    for (name, _) in &owner.secrets {
        let secret = form.fields.iter().any(|field| field.name == *name && matches!(field.kind, FieldKind::Secret));
        ensure!(secret, "{name} is a secret, and its field is not");
    }
    Ok(())
}

async fn without_answers_it_says_what_is_missing(subject: &Subject) -> Outcome {
    let connected = subject.place.connect_with(&SignIn::default()).await;
    let required = subject.place.crate_.form.fields.iter().any(|field| field.required && field.shown_when.is_none());
    match connected {
        Ok(provider) if required => Err(format!("connected without an answer: {provider:?}").into()),
        Ok(_) => Ok(()),
        Err(error) => {
            ensure!(
                [Kind::Invalid, Kind::SignedOut].contains(&error.kind()),
                "{error} is of the kind {:?}",
                error.kind()
            );
            in_words(&error)
        }
    }
}

async fn on_an_empty_computer_nothing_is_found(subject: &Subject) -> Outcome {
    let home = tempfile::tempdir()?;
    let environment = Environment { home: home.path().to_owned(), ..Environment::default() };
    let found = (subject.place.crate_.discover)(&environment);
    ensure!(found.is_empty(), "{found:?}");
    let left: Vec<_> = std::fs::read_dir(home.path())?.collect();
    ensure!(left.is_empty(), "looking left something behind: {left:?}");
    Ok(())
}

async fn a_connection_says_where_it_leads_and_no_secret(subject: &Subject) -> Outcome {
    let owner = subject.place.sign_in(Who::Owner)?;
    let place = (subject.place.crate_.place)(&owner.answers);
    ensure!(!place.trim().is_empty(), "it does not say where it leads");
    Listing::of(&*subject.provider).await;
    let shown = format!("{place}\n{:?}\n{:?}", subject.provider, subject.provider.identity().await);
    for secret in subject.place.secret_texts() {
        ensure!(!shown.contains(secret), "a secret is shown");
    }
    Ok(())
}

async fn a_wrong_secret_is_signed_out(subject: &Subject) -> Outcome {
    let error = refusal(subject, Who::Stranger).await?;
    let kinds = [Kind::Denied, Kind::SignedOut];
    ensure!(kinds.contains(&error.kind()), "{error} is of the kind {:?}", error.kind());
    in_words(&error)?;
    let shown = format!("{error:?} {error}");
    for secret in subject.place.secret_texts() {
        ensure!(!shown.contains(secret), "the error shows a secret");
    }
    Ok(())
}

async fn a_place_that_does_not_answer_is_named(subject: &Subject) -> Outcome {
    let error = refusal(subject, Who::Nowhere).await?;
    let kinds = [Kind::Interrupted, Kind::NotFound];
    ensure!(kinds.contains(&error.kind()), "{error} is of the kind {:?}", error.kind());
    in_words(&error)
}

async fn a_certificate_that_nobody_vouches_for_is_refused(subject: &Subject) -> Outcome {
    let error = refusal(subject, Who::Distrusting).await?;
    let kinds = [Kind::Interrupted, Kind::Invalid];
    ensure!(kinds.contains(&error.kind()), "{error} is of the kind {:?}", error.kind());
    let words = format!("{} {}", error.message(), error.next()).to_lowercase();
    ensure!(words.contains("certificate") || words.contains("ca file"), "{error}: nothing about the certificate");
    in_words(&error)
}

/// The error of one who gets nothing: when connecting, or of every vault of the listing.
async fn refusal(subject: &Subject, who: Who) -> Result<Error, libtest_mimic::Failed> {
    let provider = match subject.place.connect(who).await {
        Ok(provider) => provider,
        Err(error) => return Ok(error),
    };
    let listing = Listing::of(&*provider).await;
    listing.in_order()?;
    ensure!(listing.items.is_empty(), "{} items were listed", listing.items.len());
    ensure!(listing.troubles().count() == listing.vaults.len(), "a vault ended as if it were empty");
    let first = listing.troubles().next().map(|(_, error)| error.clone());
    first.ok_or_else(|| "no vault, and no word".into())
}

fn in_words(error: &Error) -> Outcome {
    ensure!(!error.message().trim().is_empty(), "{error:?} does not say what happened");
    ensure!(!error.next().trim().is_empty(), "{error:?} does not say what to do next");
    Ok(())
}
