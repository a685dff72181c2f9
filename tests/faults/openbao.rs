//! Bad answers in the words of Vault and OpenBao.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{Algorithm, Answers, Environment, Kind, Secret, SecretAnswers};
use serde_json::{Value, json};
use servers::{
    OpenBao, fixtures,
    hostile::{Asked, Hostile, Said, Script},
};

use crate::case::{Case, Control, Outcome, Place, Run, ensure};

pub(crate) async fn place() -> servers::Result<Place> {
    let server = OpenBao::start().await?;
    let filled = fixtures::openbao::fill(&server).await?;
    Ok(Place {
        address: server.address().to_owned(),
        known: filled.known,
        connect: |address| {
            Box::pin(async move {
                let answers = Answers::from([("address".into(), address), ("auth".into(), "token".into())]);
                let token = Secret::from_text(OpenBao::ROOT_TOKEN.to_owned());
                vault::connect(&answers, &SecretAnswers::from([("token".into(), token)]), &Environment::default()).await
            })
        },
        elsewhere: Hostile::before(server.address(), Arc::new(|_: &Asked| Said::Real)).await?,
        _server: Box::new(server),
    })
}

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "a_token_that_ends_mid_list",
        script: |_| {
            let reads = AtomicUsize::new(0);
            Arc::new(move |asked| match reads.fetch_add(usize::from(reads_key(asked)), Ordering::Relaxed) {
                0..5 => Said::Real,
                _ => Said::Json(403, json!({"errors": ["permission denied"]})),
            })
        },
        enough: None,
        check: |run| Box::pin(async { signed_out_mid_list(run) }),
        control: Control::Honest,
    },
    Case {
        name: "a_list_that_is_cut_short",
        script: |_| at("LIST", "/transit/keys", || Said::CutShort),
        enough: None,
        check: |run| Box::pin(async { a_broken_mount(run, Kind::Interrupted).map(drop) }),
        control: Control::Honest,
    },
    Case {
        name: "an_item_that_is_cut_short",
        script: |_| at("GET", "/transit/keys/rsa-3072", || Said::CutShort),
        enough: None,
        check: |run| Box::pin(async { a_broken_row(run, "rsa-3072", Kind::Interrupted) }),
        control: Control::Honest,
    },
    Case {
        name: "a_page_where_a_list_was_due",
        script: |_| at("LIST", "/transit/keys", || Said::Page),
        enough: None,
        check: |run| {
            Box::pin(async {
                let error = a_broken_mount(run, Kind::Invalid)?;
                ensure(error.message().contains("HTML"), format!("{error} does not say that it was a page"))
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "a_page_where_an_item_was_due",
        script: |_| at("GET", "/transit/keys/ed25519", || Said::Page),
        enough: None,
        check: |run| Box::pin(async { a_broken_row(run, "ed25519", Kind::Invalid) }),
        control: Control::Honest,
    },
    Case {
        name: "an_item_that_vanished_since_the_list",
        script: |_| at("GET", "/transit/keys/hmac", || Said::Json(404, json!({"errors": []}))),
        enough: None,
        check: |run| Box::pin(async { a_broken_row(run, "hmac", Kind::NotFound) }),
        control: Control::Honest,
    },
    Case {
        name: "one_denied_key",
        script: |_| at("GET", "/transit/keys/hmac", denied),
        enough: None,
        check: |run| {
            Box::pin(async {
                let trouble = run.trouble("hmac", Kind::Denied)?;
                ensure(
                    trouble.permission().is_some_and(|it| it.contains("transit/keys/hmac")),
                    format!("{trouble:?}"),
                )?;
                run.the_rest_is_whole(&["hmac"], &[])
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "one_denied_vault",
        script: |_| at("LIST", "/transit/keys", denied),
        enough: None,
        check: |run| {
            Box::pin(async {
                let error = a_broken_mount(run, Kind::Denied)?;
                ensure(error.permission().is_some_and(|it| it.contains("transit/keys")), format!("{error:?}"))
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "an_unknown_kind_of_key",
        script: |_| at("GET", "/transit/keys/ecdsa-p384", || changed(of_unknown_kind)),
        enough: None,
        check: |run| Box::pin(unknown_kind(run)),
        control: Control::Honest,
    },
    Case {
        name: "a_certificate_that_does_not_parse",
        script: |place| {
            let leaf = place.known.item(LEAF).map(|item| item.address.clone()).unwrap_or_default();
            let path = leaf.strip_prefix(&place.address).unwrap_or_default().replace('-', ":");
            Arc::new(move |asked| match asked.path.contains(&path) {
                true => changed(with_garbage),
                false => Said::Real,
            })
        },
        enough: None,
        check: |run| Box::pin(unreadable_certificate(run)),
        control: Control::Honest,
    },
    Case {
        name: "a_vault_that_hangs",
        script: |_| {
            Arc::new(|asked| match asked.path.starts_with("/v1/pki/") {
                true => Said::Hang,
                false => Said::Real,
            })
        },
        enough: Some(|listing| ["secret", "transit"].iter().all(|vault| listing.end(vault).is_some())),
        check: |run| {
            Box::pin(async {
                ensure(run.listing.end("pki").is_none(), "the hanging mount ended")?;
                run.the_rest_is_whole(&[], &["pki"])
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "names_that_are_sent_twice",
        script: |_| {
            at("LIST", "/transit/keys", || {
                changed(|mut answer| {
                    let keys = answer["data"]["keys"].as_array().cloned().unwrap_or_default();
                    answer["data"]["keys"] = keys.iter().chain(&keys).cloned().collect();
                    answer
                })
            })
        },
        enough: None,
        check: |run| Box::pin(async { once_each(run) }),
        control: Control::After(|run| {
            Box::pin(async {
                // What a provider would list that takes the names as they come.
                let again = run.row("rsa-2048")?.clone();
                run.listing.items.push(again);
                Ok(())
            })
        }),
    },
    Case {
        name: "a_redirect_to_another_host",
        script: |place| {
            let elsewhere = format!("{}/v1/transit/keys/rsa-2048", place.elsewhere.address());
            at("GET", "/transit/keys/rsa-2048", move || Said::Redirect(elsewhere.clone()))
        },
        enough: None,
        check: |run| {
            Box::pin(async {
                ensure(run.place.elsewhere.asked().is_empty(), "the other host was asked")?;
                let trouble = run.row("rsa-2048")?.trouble.as_ref().ok_or("the redirected key has no trouble")?;
                ensure(!trouble.next().is_empty(), format!("{trouble:?}"))?;
                run.the_rest_is_whole(&["rsa-2048"], &[])
            })
        },
        control: Control::After(|run| Box::pin(follow_blindly(run))),
    },
    Case {
        name: "a_listing_reads_no_secret_value",
        script: |_| Arc::new(|_| Said::Real),
        enough: None,
        check: |run| {
            Box::pin(async {
                let read = run.hostile.asked().into_iter().find(|asked| asked.path.starts_with("/v1/secret/data/"));
                ensure(read.is_none(), format!("{:?} was read", read.map(|asked| asked.path)))?;
                run.the_rest_is_whole(&[], &[])
            })
        },
        control: Control::After(|run| {
            Box::pin(async {
                let secrets = run.provider.secrets().ok_or("no secrets")?;
                secrets.value(&run.key("app/database")?, None).await?;
                Ok(())
            })
        }),
    },
];

/// The certificate that the fixture had issued.
const LEAF: &str = "api.brightwater.example";

/// Says `said` to requests of that method for that path, which follows `/v1`, and the truth to all others.
fn at(method: &'static str, path: &'static str, said: impl Fn() -> Said + Send + Sync + 'static) -> Arc<Script> {
    Arc::new(move |asked| {
        let asked_path = asked.path.split('?').next().unwrap_or_default();
        let is_list = asked.method == "LIST" || asked.path.contains("list=true");
        let same = asked_path.strip_prefix("/v1") == Some(path) && is_list == (method == "LIST");
        if same { said() } else { Said::Real }
    })
}

fn reads_key(asked: &Asked) -> bool {
    asked.method == "GET" && asked.path.starts_with("/v1/transit/keys/")
}

fn denied() -> Said {
    Said::Json(403, json!({"errors": ["1 error occurred:\n\t* permission denied\n\n"]}))
}

fn changed(change: fn(Value) -> Value) -> Said {
    Said::Changed(Box::new(change))
}

fn of_unknown_kind(mut answer: Value) -> Value {
    answer["data"]["type"] = "ml-dsa".into();
    answer["data"]["parameter_set"] = "65".into();
    answer["data"]["keys"]["1"]["name"] = "ml-dsa".into();
    answer["data"]["keys"]["1"]["public_key"] = fixtures::to_base64(&[7; 1952]).into();
    answer
}

fn with_garbage(mut answer: Value) -> Value {
    answer["data"]["certificate"] = "-----BEGIN CERTIFICATE-----\nMAUCAQECAQI=\n-----END CERTIFICATE-----\n".into();
    answer
}

fn signed_out_mid_list(run: &Run) -> Outcome {
    run.nothing_is_dropped()?;
    run.broken_off("transit", Kind::SignedOut)?;
    let of_transit = || run.listing.items.iter().filter(|item| item.key.vault.0 == "transit");
    ensure(of_transit().any(|item| item.trouble.is_none()), "what was read before the end is gone")?;
    let signed_out = |item: &domain::Item| item.trouble.as_ref().is_some_and(|it| it.kind() == Kind::SignedOut);
    ensure(of_transit().any(signed_out), "no row says that the sign-in is over")
}

fn a_broken_mount(run: &Run, kind: Kind) -> Result<&domain::Error, libtest_mimic::Failed> {
    let error = run.broken_off("transit", kind)?;
    run.the_rest_is_whole(&[], &["transit"])?;
    Ok(error)
}

fn a_broken_row(run: &Run, name: &str, kind: Kind) -> Outcome {
    run.trouble(name, kind)?;
    run.the_rest_is_whole(&[name], &[])
}

fn once_each(run: &Run) -> Outcome {
    let twice: Vec<_> = run.listing.counts().into_iter().filter(|(_, count)| *count > 1).collect();
    ensure(twice.is_empty(), format!("listed more than once: {twice:?}"))?;
    run.the_rest_is_whole(&[], &[])
}

async fn unknown_kind(run: &Run) -> Outcome {
    let row = run.row("ecdsa-p384")?;
    let named = matches!(&row.algorithm, Some(Algorithm::Other(word)) if word.contains("ml-dsa"));
    ensure(named, format!("the kind is {:?}", row.algorithm))?;
    run.the_rest_is_whole(&["ecdsa-p384"], &[])?;
    run.provider.inventory().open(&row.key).await?;
    let error = run.provider.inventory().public_key(&row.key, None).await.err().ok_or("bytes came out as a key")?;
    ensure(matches!(error.kind(), Kind::Invalid | Kind::Unsupported), format!("{error:?}"))
}

async fn unreadable_certificate(run: &Run) -> Outcome {
    run.trouble(LEAF, Kind::Invalid)?;
    run.the_rest_is_whole(&[LEAF], &[])?;
    let error = run.provider.inventory().public_key(&run.key(LEAF)?, None).await.err().ok_or("a key came out")?;
    ensure(error.kind() == Kind::Invalid, format!("{error:?}"))
}

/// What a client does that follows every redirect with all its headers.
async fn follow_blindly(run: &Run) -> Outcome {
    let url = format!("{}/v1/transit/keys/rsa-2048", run.hostile.address());
    reqwest::Client::new().get(url).header("X-Vault-Token", OpenBao::ROOT_TOKEN).send().await?;
    let seen = run.place.elsewhere.asked();
    ensure(seen.iter().any(|asked| asked.headers.contains_key("x-vault-token")), "the token did not arrive")
}
