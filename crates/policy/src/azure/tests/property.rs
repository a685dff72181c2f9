//! Whatever the text: no panic, every span fits, every fix can be applied.

use proptest::prelude::*;

use crate::{
    Finding, Surroundings,
    azure::{access, release, roles},
};

fn pieces() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"objectId\"",
        "\"tenantId\"",
        "\"permissions\"",
        "\"keys\"",
        "\"sign\"",
        "\"all\"",
        "\"purge\"",
        "\"11111111-1111-1111-1111-111111111111\"",
        "\"value\"",
        "\"properties\"",
        "\"principalId\"",
        "\"roleDefinitionId\"",
        "\"Owner\"",
        "\"scope\"",
        "\"/subscriptions/1\"",
        "\"version\"",
        "\"anyOf\"",
        "\"allOf\"",
        "\"authority\"",
        "\"https://a.b\"",
        "\"claim\"",
        "\"equals\"",
        "\"condition\"",
        "true",
        "5",
        "null",
        "\"é\"",
        " ",
    ]);
    prop::collection::vec(word, 0..50).prop_map(|words| words.concat())
}

fn looked_at(text: &str) {
    let around = Surroundings::default();
    let check = |findings: Vec<Finding>| {
        for finding in findings {
            assert!(finding.span.fits(text), "{finding:?}");
            assert!(finding.fix.as_ref().is_none_or(|fix| fix.applied(text).is_some()), "{finding:?}");
        }
    };
    check(access::lint(text, &around));
    check(roles::lint(text, &around));
    check(release::lint(text, &around));
    for sentences in [access::explain(text, &around), roles::explain(text, &around), release::explain(text, &around)] {
        assert!(sentences.iter().all(|sentence| sentence.span.fits(text)));
    }
    for holders in [access::who(text, &around), roles::who(text, &around), release::who(text, &around)] {
        assert!(holders.iter().all(|holder| holder.span.is_none_or(|span| span.fits(text))));
    }
    access::lockout(text, &around);
    roles::lockout(text, &around);
    let _ = release::decide(text, "{}");
}

/// JSON of the shapes that are read, so that the depths of the readers are reached.
fn shapes() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "\"sign\"",
        "\"all\"",
        "1",
        "true",
        "null",
        "\"x-ms-attestation-type\"",
        "\"https://a.attest.azure.net\"",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 5, |inner| {
        let name = prop::sample::select(vec![
            "anyOf",
            "allOf",
            "authority",
            "claim",
            "equals",
            "condition",
            "value",
            "version",
            "keys",
            "permissions",
            "objectId",
            "tenantId",
            "principalId",
            "properties",
            "scope",
            "immutable",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec((name, inner), 0..5).prop_map(|items| {
                let items: Vec<String> =
                    items.into_iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
                format!("{{{}}}", items.join(", "))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_looked_at_without_a_panic(text in ".{0,200}") {
        looked_at(&text);
    }

    #[test]
    fn what_looks_like_a_policy_is_too(text in pieces()) {
        looked_at(&text);
    }

    #[test]
    fn so_is_json_of_every_shape(text in shapes()) {
        looked_at(&text);
    }
}
