//! Bad answers in the words of AWS, and what must be seen of them.

mod lies;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{Algorithm, Answers, Environment, Kind, SecretAnswers};
use serde_json::json;
use servers::{
    AmazonServer, Credentials,
    fixtures::{
        self,
        amazon::{OTHER_REGION, REGION},
    },
    hostile::{Asked, Hostile, Said},
};

use crate::case::{Case, Control, Outcome, Place, Run, ensure};
use lies::{
    action, at, at_key, at_operation, changed, denied, describes, expired, is, key_id, of_region, of_unknown_kind,
    refused, unknown_spki, with_garbage, with_more, with_unknown_key,
};

pub(crate) async fn place() -> servers::Result<Place> {
    let server = AmazonServer::ministack().await?;
    let filled = fixtures::amazon::fill(&server).await?;
    Ok(Place {
        address: server.endpoint().to_owned(),
        known: filled.known,
        connect: |address| {
            Box::pin(async move {
                let regions = format!("{REGION},{OTHER_REGION}");
                let answers = Answers::from([("endpoint_url".into(), address), ("regions".into(), regions)]);
                let Credentials { access_key_id, secret_access_key } = Credentials::root();
                let mut environment = Environment::default();
                environment.variables.insert("AWS_ACCESS_KEY_ID".into(), access_key_id);
                environment.variables.insert("AWS_SECRET_ACCESS_KEY".into(), secret_access_key);
                aws::connect(&answers, &SecretAnswers::new(), &environment).await
            })
        },
        elsewhere: Hostile::before(server.endpoint(), Arc::new(|_: &Asked| Said::Real)).await?,
        _server: Box::new(server),
    })
}

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "a_token_that_ends_between_two_pages",
        script: |_| {
            Arc::new(|asked| match (is(asked, "ListKeys", REGION), asked.text("Marker").is_empty()) {
                (true, true) => changed(with_more),
                (true, false) => expired(),
                (false, _) => Said::Real,
            })
        },
        enough: None,
        check: |run| {
            Box::pin(async {
                run.broken_off(REGION, Kind::SignedOut)?;
                run.nothing_is_dropped()?;
                ensure(run.row("rsa-2048")?.trouble.is_none(), "what was read before the end is gone")?;
                run.the_rest_is_whole(&[], &[REGION])
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "a_token_that_ends_while_keys_are_described",
        script: |_| {
            let described = AtomicUsize::new(0);
            Arc::new(move |asked| {
                match described.fetch_add(usize::from(asked.operation().contains("DescribeKey")), Ordering::Relaxed) {
                    0..5 => Said::Real,
                    _ => expired(),
                }
            })
        },
        enough: None,
        check: |run| {
            Box::pin(async {
                run.nothing_is_dropped()?;
                let signed_out = |error: &domain::Error| error.kind() == Kind::SignedOut;
                let rows =
                    run.listing.items.iter().filter(|item| item.trouble.as_ref().is_some_and(signed_out)).count();
                let vaults = run.listing.troubles().filter(|(_, error)| signed_out(error)).count();
                ensure(rows + vaults > 0, "nobody says that the sign-in is over")
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "a_list_that_is_cut_short",
        script: |_| at("ListKeys", || Said::CutShort),
        enough: None,
        check: |run| Box::pin(async { a_broken_region(run, Kind::Interrupted).map(drop) }),
        control: Control::Honest,
    },
    Case {
        name: "an_item_that_is_cut_short",
        script: |place| at_key(place, "rsa-4096", || Said::CutShort),
        enough: None,
        check: |run| Box::pin(async { a_broken_row(run, "rsa-4096", Kind::Interrupted) }),
        control: Control::Honest,
    },
    Case {
        name: "a_page_where_a_list_was_due",
        script: |_| at("ListKeys", || Said::Page),
        enough: None,
        check: |run| Box::pin(async { a_broken_region(run, Kind::Invalid).map(drop) }),
        control: Control::Honest,
    },
    Case {
        name: "a_page_where_an_item_was_due",
        script: |place| at_key(place, "ecc-p256", || Said::Page),
        enough: None,
        check: |run| Box::pin(async { a_broken_row(run, "ecc-p256", Kind::Invalid) }),
        control: Control::Honest,
    },
    Case {
        name: "an_item_that_vanished_since_the_list",
        script: |place| at_key(place, "ecc-p256", || refused("NotFoundException", "Key does not exist")),
        enough: None,
        check: |run| Box::pin(async { a_broken_row(run, "ecc-p256", Kind::NotFound) }),
        control: Control::Honest,
    },
    Case {
        name: "one_denied_key",
        script: |place| at_key(place, "symmetric", || denied("kms:DescribeKey")),
        enough: None,
        check: |run| {
            Box::pin(async {
                let trouble = run.trouble("symmetric", Kind::Denied)?;
                ensure(trouble.permission() == Some("kms:DescribeKey"), format!("{trouble:?}"))?;
                run.the_rest_is_whole(&["symmetric"], &[])
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "one_denied_vault",
        script: |_| of_region(|asked| denied(&action(asked))),
        enough: None,
        check: |run| {
            Box::pin(async {
                let error = a_broken_region(run, Kind::Denied)?;
                ensure(error.permission().is_some_and(|it| it.contains("kms:List")), format!("{error:?}"))
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "denied_aliases_leave_the_keys",
        script: |_| at("ListAliases", || denied("kms:ListAliases")),
        enough: None,
        check: |run| {
            Box::pin(async {
                let error = a_broken_region(run, Kind::Denied)?;
                ensure(error.permission() == Some("kms:ListAliases"), format!("{error:?}"))?;
                let row = run.row("elsewhere")?;
                ensure(row.algorithm.is_some() && !row.name.is_empty(), format!("{row:?}"))
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "a_vault_that_hangs",
        script: |_| of_region(|_| Said::Hang),
        enough: Some(|listing| listing.end(REGION).is_some()),
        check: |run| {
            Box::pin(async {
                ensure(run.listing.end(OTHER_REGION).is_none(), "the hanging Region ended")?;
                run.the_rest_is_whole(&[], &[OTHER_REGION])
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "an_unknown_kind_of_key",
        script: |place| {
            let id = key_id(place, "ecc-p384");
            Arc::new(move |asked| match asked.operation() {
                "TrentService.DescribeKey" if asked.text("KeyId").contains(&id) => changed(of_unknown_kind),
                "TrentService.GetPublicKey" if asked.text("KeyId").contains(&id) => changed(with_unknown_key),
                _ => Said::Real,
            })
        },
        enough: None,
        check: |run| Box::pin(unknown_kind(run)),
        control: Control::Honest,
    },
    Case {
        name: "a_certificate_that_does_not_parse",
        script: |_| at_operation("CertificateManager.GetCertificate", || changed(with_garbage)),
        enough: None,
        check: |run| Box::pin(unreadable_certificate(run)),
        control: Control::Honest,
    },
    Case {
        name: "pages_that_go_round_in_a_circle",
        script: |_| at("ListKeys", || changed(with_more)),
        enough: None,
        check: |run| {
            Box::pin(async {
                once_each(run)?;
                a_broken_region(run, Kind::Invalid).map(drop)
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "an_empty_page_before_the_last",
        script: |_| {
            Arc::new(|asked| match is(asked, "ListKeys", REGION) && asked.text("Marker").is_empty() {
                true => Said::Json(200, json!({"Keys": [], "Truncated": true, "NextMarker": "more"})),
                false => Said::Real,
            })
        },
        enough: None,
        check: |run| {
            Box::pin(async {
                ensure(calls(run, "ListKeys", REGION) > 1, "no second page was asked for")?;
                once_each(run)
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "a_service_that_asks_for_fewer_requests_and_then_answers",
        script: |place| {
            let asked = AtomicUsize::new(0);
            at_key(place, "rsa-2048", move || match asked.fetch_add(1, Ordering::Relaxed) {
                0..2 => refused("ThrottlingException", "Rate exceeded"),
                _ => Said::Real,
            })
        },
        enough: None,
        check: |run| {
            Box::pin(async {
                let id = key_id(&run.place, "rsa-2048");
                let asked = run.hostile.asked();
                let tries = asked.iter().filter(|it| describes(it, &id)).count();
                ensure(tries == 3, format!("asked {tries} times"))?;
                run.the_rest_is_whole(&[], &[])
            })
        },
        control: Control::Honest,
    },
    Case {
        name: "a_redirect_to_another_host",
        script: |place| {
            let elsewhere = place.elsewhere.address();
            at("ListKeys", move || Said::Redirect(elsewhere.clone()))
        },
        enough: None,
        check: |run| {
            Box::pin(async {
                ensure(run.place.elsewhere.asked().is_empty(), "the other host was asked")?;
                let end = run.listing.end(OTHER_REGION).ok_or("the redirected Region has not ended")?;
                ensure(end.is_err(), "the redirected Region ended well")?;
                run.the_rest_is_whole(&[], &[OTHER_REGION])
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
                let asked = run.hostile.asked();
                let read = asked.iter().find(|asked| asked.operation().ends_with("GetSecretValue"));
                ensure(read.is_none(), "a value was read")?;
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

fn a_broken_region(run: &Run, kind: Kind) -> Result<&domain::Error, libtest_mimic::Failed> {
    let error = run.broken_off(OTHER_REGION, kind)?;
    run.the_rest_is_whole(&[], &[OTHER_REGION])?;
    Ok(error)
}

fn a_broken_row(run: &Run, name: &str, kind: Kind) -> Outcome {
    run.trouble(name, kind)?;
    run.the_rest_is_whole(&[name], &[])
}

fn once_each(run: &Run) -> Outcome {
    let twice: Vec<_> = run.listing.counts().into_iter().filter(|(_, count)| *count > 1).collect();
    ensure(twice.is_empty(), format!("listed more than once: {twice:?}"))?;
    run.nothing_is_dropped()
}

fn calls(run: &Run, operation: &str, region: &str) -> usize {
    run.hostile.asked().iter().filter(|asked| is(asked, operation, region)).count()
}

async fn unknown_kind(run: &Run) -> Outcome {
    let row = run.row("ecc-p384")?;
    let named = matches!(&row.algorithm, Some(Algorithm::Other(word)) if word == "ML_DSA_65");
    ensure(named, format!("the kind is {:?}", row.algorithm))?;
    run.the_rest_is_whole(&["ecc-p384"], &[])?;
    run.provider.inventory().open(&row.key).await?;
    match run.provider.inventory().public_key(&row.key, None).await {
        Ok(der) => ensure(der == unknown_spki(), "other bytes came out as the key"),
        Err(error) => ensure(error.kind() == Kind::Unsupported, format!("{error:?}")),
    }
}

async fn unreadable_certificate(run: &Run) -> Outcome {
    let certificate = run.place.known.items.iter().find(|item| item.chain.is_some()).ok_or("no certificate")?;
    let key = run.key(&certificate.name)?;
    run.the_rest_is_whole(&[], &[])?;
    let error = run.provider.inventory().public_key(&key, None).await.err().ok_or("a key came out")?;
    ensure(error.kind() == Kind::Invalid, format!("{error:?}"))
}

/// What a client does that follows every redirect with all its headers.
async fn follow_blindly(run: &Run) -> Outcome {
    let answer = reqwest::Client::new()
        .post(run.hostile.address())
        .header("X-Amz-Target", "TrentService.ListKeys")
        .header("X-Amz-Security-Token", "secret")
        .header("Authorization", format!("AWS4-HMAC-SHA256 Credential=test/20260101/{OTHER_REGION}/kms/aws4_request"))
        .body("{}");
    answer.send().await?;
    let seen = run.place.elsewhere.asked();
    ensure(seen.iter().any(|asked| asked.headers.contains_key("x-amz-security-token")), "the token did not arrive")
}
