//! Bad answers in the words of Key Vault, and what must be seen of them.
//!
//! Each case has a line of its own to one fake, over TLS with the check of challenges on.

mod changes;
mod scene;

use domain::{Access, Aspect, Facet, FacetKind, ItemDetail, Kind};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use servers::{
    Listing,
    fixtures::azure::{EXPORTABLE, HARBOUR, MAIN, PENDING},
};

use crate::case::{Outcome, ensure};
pub(crate) use scene::{Case, World};
use scene::{Scene, in_words, item};

/// Every case.
pub(crate) fn cases() -> impl Iterator<Item = &'static Case> {
    READING.iter().chain(changes::CHANGING)
}

const READING: &[Case] = &[
    Case {
        name: "a_401_that_asks_for_a_token_of_another_service",
        spoil: |scene| Box::pin(challenge_for_another(scene)),
        check: |scene| Box::pin(no_token_is_given_away(scene)),
        naive: None,
    },
    Case {
        name: "a_certificate_that_may_not_be_read_with_a_key_that_may",
        spoil: |scene| Box::pin(deny(scene, "certificates", "certificates/read")),
        check: |scene| {
            Box::pin(async {
                let read = open(scene).await?;
                let trouble = read.item.trouble.as_ref().ok_or("the row has no trouble")?;
                in_words(trouble, Kind::Denied)?;
                closed(&read, FacetKind::Certificate, "Microsoft.KeyVault/vaults/certificates/read")?;
                ensure(facet(&read, FacetKind::Key)?.access == Access::Open, "the key is not open")?;
                ensure(read.item.algorithm.is_some(), "the kind of the key is lost")
            })
        },
        naive: None,
    },
    Case {
        name: "a_key_that_may_not_be_read_with_a_certificate_that_may",
        spoil: |scene| Box::pin(deny(scene, "keys", "keys/read")),
        check: |scene| Box::pin(certificate_without_its_key(scene)),
        naive: None,
    },
    Case {
        name: "a_secret_that_may_not_be_read_with_a_certificate_that_may",
        spoil: |scene| Box::pin(deny(scene, "secrets", "secrets/getSecret/action")),
        check: |scene| Box::pin(certificate_without_its_secret(scene)),
        naive: None,
    },
    Case {
        name: "an_item_that_was_deleted_since_the_list",
        spoil: |scene| Box::pin(gone(scene, "p256")),
        check: |scene| {
            Box::pin(async {
                whole(scene, &scene.listing().await?, &[])?;
                let provider = scene.connect(&[MAIN]).await?;
                let opened = provider.inventory().open(&item(&*provider, "keys/p256")?).await;
                in_words(&opened.err().ok_or("what is gone opened")?, Kind::NotFound)
            })
        },
        naive: None,
    },
    Case {
        name: "a_list_that_asks_twice_for_fewer_requests_and_then_answers",
        spoil: |scene| {
            Box::pin(async {
                for headers in [json!({"Retry-After": "1"}), json!({})] {
                    let said = json!({"path": "^/keys/?$", "status": 429, "headers": headers, "body": throttled()});
                    scene.fault(said).await?;
                }
                Ok(())
            })
        },
        check: |scene| {
            Box::pin(async {
                whole(scene, &scene.listing().await?, &[])?;
                let tries = scene.asked("GET", &MAIN.host(), "/keys").await?;
                ensure(tries == 3, format!("asked {tries} times"))
            })
        },
        naive: None,
    },
    Case {
        name: "a_list_that_asks_to_come_back_in_an_hour",
        spoil: |scene| {
            Box::pin(async {
                let (headers, body) = (json!({"Retry-After": "3600"}), throttled());
                let said = json!({"path": "^/keys/?$", "times": 100, "status": 429, "headers": headers, "body": body});
                scene.fault(said).await
            })
        },
        check: |scene| {
            Box::pin(async {
                let listing = scene.listing().await?;
                let error = broken_off(&listing, Kind::Throttled)?;
                ensure(error.next().contains("3600 seconds"), format!("{error:?}"))?;
                whole(scene, &listing, &["keys"])
            })
        },
        naive: None,
    },
    Case {
        name: "a_next_page_on_another_host",
        spoil: |scene| {
            Box::pin(page_that_leads_to(scene, || format!("https://{}/secrets?api-version=7.6", HARBOUR.host())))
        },
        check: |scene| Box::pin(the_link_is_not_followed(scene)),
        // What a client does that follows every link with its token.
        naive: Some(|scene| {
            Box::pin(async {
                Listing::of(&*scene.connect(&[HARBOUR]).await?).await;
                Ok(())
            })
        }),
    },
    Case {
        name: "a_next_page_on_another_host_is_told",
        spoil: |scene| {
            Box::pin(page_that_leads_to(scene, || format!("https://{}/secrets?api-version=7.6", HARBOUR.host())))
        },
        check: |scene| Box::pin(the_link_is_not_followed(scene)),
        naive: None,
    },
    Case {
        name: "pages_that_go_round_in_a_circle",
        spoil: |scene| {
            let again = || format!("https://{}/secrets?api-version=7.6&$skiptoken=1", MAIN.host());
            Box::pin(page_that_leads_to(scene, again))
        },
        check: |scene| {
            Box::pin(async {
                let listing = scene.listing().await?;
                let error = broken_off(&listing, Kind::Invalid)?;
                ensure(error.message().contains("circles"), format!("{error:?}"))?;
                let twice: Vec<_> = listing.counts().into_iter().filter(|(_, count)| *count > 1).collect();
                ensure(twice.is_empty(), format!("listed more than once: {twice:?}"))?;
                let asked = scene.asked("GET", &MAIN.host(), "/secrets").await?;
                ensure(asked <= 3, format!("went round {asked} times"))?;
                whole(scene, &listing, &["secrets"])
            })
        },
        naive: None,
    },
    Case {
        name: "a_list_that_is_cut_short",
        spoil: |scene| Box::pin(scene.fault(json!({"path": "^/secrets/?$", "times": 100, "half": "message"}))),
        check: |scene| {
            Box::pin(async {
                let listing = scene.listing().await?;
                broken_off(&listing, Kind::Interrupted)?;
                whole(scene, &listing, &["secrets"])
            })
        },
        naive: None,
    },
    Case {
        name: "a_vault_that_hangs",
        spoil: |scene| Box::pin(scene.fault(json!({"host": MAIN.host(), "path": ".", "times": 1000, "delay": 600}))),
        check: |scene| {
            Box::pin(async {
                let listing = scene.listing_beside().await?;
                let end = listing.end(&HARBOUR.host());
                ensure(end.is_some_and(Result::is_ok), format!("the other vault ended with {end:?}"))?;
                ensure(listing.end(&MAIN.host()).is_none(), "the hanging vault ended")
            })
        },
        naive: None,
    },
    Case {
        name: "a_certificate_operation_that_failed",
        spoil: |scene| Box::pin(failed_operation(scene)),
        check: |scene| Box::pin(the_issuers_words_are_kept(scene)),
        naive: None,
    },
];

/// A challenge that would have the token of this vault sent for another service.
async fn challenge_for_another(scene: &Scene) -> Outcome {
    let challenge = "Bearer authorization=\"https://login.microsoftonline.com/common\", resource=\"https://vault.elsewhere.example\"";
    let at = json!({
        "host": MAIN.host(), "path": "^/keys/?$", "unsigned": true, "headers": {"WWW-Authenticate": challenge},
    });
    scene.refuse(at, 401, "Unauthorized", "", "AKV10000: Request is missing a Bearer or PoP token.").await
}

async fn no_token_is_given_away(scene: &Scene) -> Outcome {
    let listing = scene.listing().await?;
    let error = broken_off(&listing, Kind::Invalid)?;
    ensure(error.message().contains("vault.elsewhere.example"), format!("{error:?}"))?;
    ensure(scene.asked("GET", &MAIN.host(), "/keys").await? == 0, "a token was sent")?;
    whole(scene, &listing, &["keys"])
}

/// Refuses to read one face of [`EXPORTABLE`], as the service does where roles decide.
async fn deny(scene: &Scene, kind: &str, action: &str) -> Outcome {
    let words = format!(
        "Caller is not authorized to perform action on resource.\r\nCaller: appid=1\r\n\
         Action: 'Microsoft.KeyVault/vaults/{action}'\r\nResource: '/{kind}'\r\nAssignment: (not found)"
    );
    let path = format!("^/{kind}/{EXPORTABLE}(/[0-9a-f]{{32}})?/?$");
    scene.refuse(json!({"path": path, "method": "GET"}), 403, "Forbidden", "ForbiddenByRbac", &words).await
}

async fn open(scene: &Scene) -> Result<ItemDetail, Failed> {
    let provider = scene.connect(&[MAIN]).await?;
    Ok(provider.inventory().open(&item(&*provider, &format!("certificates/{EXPORTABLE}"))?).await?)
}

fn facet(read: &ItemDetail, kind: FacetKind) -> Result<&Facet, Failed> {
    let found = read.item.facets.iter().find(|facet| facet.kind == kind);
    found.ok_or_else(|| format!("no {kind:?} in {:?}", read.item.facets).into())
}

fn closed(read: &ItemDetail, kind: FacetKind, wanted: &str) -> Outcome {
    match &facet(read, kind)?.access {
        Access::Closed { permission, .. } if permission == wanted => Ok(()),
        other => Err(format!("the {kind:?} is {other:?}").into()),
    }
}

async fn certificate_without_its_key(scene: &Scene) -> Outcome {
    let read = open(scene).await?;
    closed(&read, FacetKind::Key, "Microsoft.KeyVault/vaults/keys/read")?;
    ensure(facet(&read, FacetKind::Certificate)?.access == Access::Open, "the certificate is not open")?;
    ensure(read.item.trouble.is_none(), format!("{:?}", read.item.trouble))?;
    // The certificate tells the same public key.
    let provider = scene.connect(&[MAIN]).await?;
    let key = item(&*provider, &format!("certificates/{EXPORTABLE}"))?;
    let public = provider.inventory().public_key(&key, None).await?;
    let known = scene.filled.known.item(EXPORTABLE).and_then(|known| known.public_key.clone());
    ensure(Some(public) == known, "another key came out")
}

async fn certificate_without_its_secret(scene: &Scene) -> Outcome {
    let read = open(scene).await?;
    ensure(facet(&read, FacetKind::Certificate)?.access == Access::Open, "the certificate is not open")?;
    ensure(facet(&read, FacetKind::Key)?.access == Access::Open, "the key is not open")?;
    let provider = scene.connect(&[MAIN]).await?;
    let key = item(&*provider, &format!("certificates/{EXPORTABLE}"))?;
    let certificates = provider.certificates().ok_or("no certificates")?;
    ensure(certificates.chain(&key, None).await?.len() == 1, "the certificate itself does not come out")?;
    let error = certificates.with_key(&key, None).await.err().ok_or("the private key came out")?;
    in_words(&error, Kind::Denied)?;
    let named = error.permission() == Some("Microsoft.KeyVault/vaults/secrets/getSecret/action");
    ensure(named, format!("{error:?}"))
}

/// Neither there nor among what is deleted, as the service answers for a while after a deletion.
pub(super) async fn gone(scene: &Scene, name: &str) -> Outcome {
    let at = json!({"path": format!("^/(deleted)?keys/{name}(/.*)?$"), "method": "GET"});
    scene.refuse(at, 404, "KeyNotFound", "", &format!("A key with (name/id) {name} was not found.")).await
}

/// What the service says when it asks for fewer requests.
pub(super) fn throttled() -> Value {
    json!({"error": {"code": "Throttled", "message": "Request was not processed because too many requests were received."}})
}

/// The first page of the secrets, with a link of somebody else's.
async fn page_that_leads_to(scene: &Scene, link: fn() -> String) -> Outcome {
    let mut page = scene.truly("GET", "secrets", Value::Null).await?;
    page["nextLink"] = link().into();
    scene.fault(json!({"host": MAIN.host(), "path": "^/secrets/?$", "times": 100, "status": 200, "body": page})).await
}

async fn the_link_is_not_followed(scene: &Scene) -> Outcome {
    ensure(scene.asked("GET", &HARBOUR.host(), "*").await? == 0, "the other host was asked")?;
    let listing = scene.listing().await?;
    let error = broken_off(&listing, Kind::Invalid)?;
    ensure(error.message().contains(&HARBOUR.host()), format!("{error:?} does not say where it led"))?;
    ensure(scene.asked("GET", &HARBOUR.host(), "*").await? == 0, "the other host was asked")?;
    // What the page itself held is kept.
    ensure(listing.items.iter().any(|item| item.native_kind == "secret"), "the page is lost")?;
    whole(scene, &listing, &["secrets"])
}

async fn failed_operation(scene: &Scene) -> Outcome {
    let mut operation = scene.truly("GET", &format!("certificates/{PENDING}/pending"), Value::Null).await?;
    operation["status"] = "failed".into();
    operation["error"] = json!({"code": "IssuerError", "message": "The domain is not validated."});
    let path = format!("^/certificates/{PENDING}/pending/?$");
    scene.fault(json!({"path": path, "method": "GET", "times": 100, "status": 200, "body": operation})).await
}

async fn the_issuers_words_are_kept(scene: &Scene) -> Outcome {
    let provider = scene.connect(&[MAIN]).await?;
    let key = item(&*provider, &format!("certificates/{PENDING}"))?;
    let read = provider.inventory().open(&key).await?;
    let told = read.aspects.iter().find_map(|aspect| match aspect {
        Aspect::Issuance { status, failure, waits_for_answer, .. } => Some((status, failure, waits_for_answer)),
        _ => None,
    });
    let (status, failure, waits) = told.ok_or("the operation is not told")?;
    let kept = failure.as_deref().is_some_and(|words| words.contains("The domain is not validated."));
    ensure(status == "failed" && kept, format!("{status}: {failure:?}"))?;
    ensure(!waits, "a request that failed waits for an answer")?;
    let certificates = provider.certificates().ok_or("no certificates")?;
    let error = certificates.signing_request(&key).await.err().ok_or("its request came out")?;
    in_words(&error, Kind::NotFound)
}

/// The error that the main vault ended with, in words.
fn broken_off(listing: &Listing, kind: Kind) -> Result<&domain::Error, Failed> {
    let end = listing.end(&MAIN.host()).ok_or("the vault has not ended")?;
    let error = end.as_ref().err().ok_or("the vault ended as if it were complete")?;
    in_words(error, kind)?;
    Ok(error)
}

/// Every known item of [`MAIN`] is a row without trouble, but for the kinds whose list is spoilt.
fn whole(scene: &Scene, listing: &Listing, spoilt: &[&str]) -> Outcome {
    let main = format!("https://{}/", MAIN.host());
    for id in scene.filled.known.items.iter().filter_map(|known| known.address.strip_prefix(&main)) {
        if spoilt.iter().any(|kind| id.starts_with(kind)) {
            continue;
        }
        let row = listing.items.iter().find(|item| item.key.vault.0 == MAIN.host() && item.key.id == id);
        let row = row.ok_or_else(|| format!("{id} was dropped"))?;
        ensure(row.trouble.is_none(), format!("{id}: {:?}", row.trouble))?;
    }
    let broken: Vec<_> = listing.troubles().map(|(vault, error)| format!("{}: {error}", vault.id)).collect();
    ensure(!spoilt.is_empty() || broken.is_empty(), format!("broke off: {broken:?}"))
}
