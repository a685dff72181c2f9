//! Who uses an item: kept, replaced, found, and handed to the rotation; how its key is defined; which programs may be run.

use contract::{
    AllowedCommands, ConsumerWire, DefinitionWire, ListConsumers, Nothing, RemoveConsumer, RotationNote,
    SaveDefinition, TellWire,
};
use domain::{Algorithm, Curve, Kind, Timestamp};
use local::{Entry, make};

use super::{KEY, Rotated, assert_refused, at_once, by_hand, consumer, files, holds, keystore, keystore_of, save};
use crate::world::World;

async fn names(world: &World) -> Vec<String> {
    let ledger = world.app.list_consumers(ListConsumers { reference: KEY.into() }).await.unwrap();
    ledger.consumers.into_iter().map(|one| one.name).collect()
}

async fn remove(world: &World, consumer: &str) -> domain::Result<Nothing> {
    let request = RemoveConsumer { reference: KEY.into(), consumer: consumer.to_owned() };
    world.app.remove_consumer(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_its_order_and_what_does_not_fit_is_not_kept() {
    let (world, _keyring) = keystore(&Algorithm::Ec(Curve::P256)).await;
    let mut saved = Vec::new();
    for name in ["c", "a", "b"] {
        saved.push(save(&world.app, by_hand(name), None).await.unwrap());
    }
    let changed = ConsumerWire { name: "c again".into(), ..saved[0].clone() };
    assert_eq!(save(&world.app, changed, None).await.unwrap().id, saved[0].id);
    assert_eq!(names(&world).await, ["c again", "a", "b"]);
    for (unfit, said) in [
        (by_hand(" "), "no name"),
        (ConsumerWire { instances: 0, ..by_hand("d") }, "no instance"),
        (consumer("carrier-pigeon", "d", &[]), "\"carrier-pigeon\" is no kind"),
        (consumer("snowflake-user", "d", &[("user", "D")]), "\"Account\" must be answered"),
        (consumer("by-hand", "d", &[("user", "D")]), "nothing called \"user\""),
        (consumer("jwks-endpoint", "d", &[("url", "http://plain.test/")]), "no https address"),
        (
            ConsumerWire {
                tell: TellWire::Webhook { url: "http://plain.test/".into(), authority: String::new() },
                ..by_hand("d")
            },
            "https address",
        ),
        (
            ConsumerWire {
                tell: TellWire::Webhook { url: "https://me:pa55word@hooks.test/".into(), authority: String::new() },
                ..by_hand("d")
            },
            "a user's name or password",
        ),
    ] {
        assert_refused(&save(&world.app, unfit, None).await.unwrap_err(), Kind::Invalid, said);
    }
    let told = TellWire::Webhook { url: "https://hooks.test/1".into(), authority: String::new() };
    let webhook = ConsumerWire { tell: told, ..by_hand("d") };
    assert_refused(&save(&world.app, webhook.clone(), Some("")).await.unwrap_err(), Kind::Invalid, "is empty");
    assert_eq!(names(&world).await, ["c again", "a", "b"]);
    assert!(holds(&files(&world), "c again") && !holds(&files(&world), "pa55word"));
    save(&world.app, webhook, Some("a secret to search for")).await.unwrap();
    assert!(holds(&files(&world), "hooks.test") && !holds(&files(&world), "a secret to search for"));
    remove(&world, &saved[1].id).await.unwrap();
    assert_eq!(names(&world).await, ["c again", "b", "d"]);
    assert_eq!(remove(&world, &saved[1].id).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_the_tags_or_was_told_last_is_found_and_never_told_by_itself() {
    let entry =
        Entry::new("etl", Timestamp::now(), make::key(&Algorithm::Ec(Curve::P256)).unwrap()).unwrap().with_tags(&[
            ("rotation:consumer", "snowflake-user:ETL_USER"),
            ("rotation:consumer-2", "the night shift"),
            ("rotation:consumers", "no tag of ours"),
            ("team", "data"),
        ]);
    let rotated = Rotated::begin(keystore_of(entry).await, vec![by_hand("a"), by_hand("gone")]).await;
    let found = async |rotated: &Rotated| {
        let ledger = rotated.app().list_consumers(ListConsumers { reference: KEY.into() }).await.unwrap();
        let mut found: Vec<(String, String, String)> =
            ledger.found.into_iter().map(|one| (one.from, one.consumer.kind, one.consumer.name)).collect();
        found.sort();
        found
    };
    let of = |from: &str, kind: &str, name: &str| (from.to_owned(), kind.to_owned(), name.to_owned());
    let user = of("tag rotation:consumer", "snowflake-user", "ETL_USER");
    let shift = of("tag rotation:consumer-2", "by-hand", "the night shift");
    assert_eq!(found(&rotated).await, [user.clone(), shift.clone()]);
    rotated.to_create(at_once("halt")).await;
    rotated.to_distribute().await;
    assert_eq!(rotated.open().await.runs.len(), 2, "only who is in the ledger is told");
    rotated.updates("a").await;
    let gone = rotated.number("gone").await;
    rotated.note(RotationNote::LeaveOut { consumer: gone.clone(), evidence: "it was shut down".into() }).await;
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    rotated.note(RotationNote::ConfirmSwitch { evidence: "its log".into() }).await;
    rotated.goes_on("retire").await;
    rotated.note(RotationNote::Finish { evidence: String::new() }).await;
    for consumer in [rotated.number("a").await, gone] {
        remove(&rotated.world, &consumer).await.unwrap();
    }
    // Who was left out is not brought up again.
    assert_eq!(found(&rotated).await, [user, shift, of("the last rotation", "by-hand", "a")]);
    // One that is taken up is not found any more.
    save(rotated.app(), by_hand("The Night Shift"), None).await.unwrap();
    assert_eq!(found(&rotated).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_tells_who_is_in_the_ledger_when_it_goes_on_and_begins_by_the_definition() {
    let (world, keyring) = keystore(&Algorithm::Ec(Curve::P256)).await;
    let list = || ListConsumers { reference: KEY.into() };
    let profiles = world.app.list_consumers(list()).await.unwrap().profiles;
    let strategies: Vec<(&str, &str)> =
        profiles.iter().map(|one| (one.importance.as_str(), one.strategy.as_str())).collect();
    assert_eq!(strategies, [("high", "halt"), ("medium", "skip-and-raise"), ("low", "skip")]);
    let definition = DefinitionWire { name: "etl_key".into(), source: "store".into(), ..profiles[1].clone() };
    let define = |definition| SaveDefinition { reference: KEY.into(), definition };
    let row = world.app.save_definition(define(definition.clone())).await.unwrap();
    for said in ["keys_management.define_key(", "\"etl_key\"", "store,", "SKIP_AND_RAISE", "ROUND_TRIP"] {
        assert!(row.python.contains(said), "{}", row.python);
    }
    for (wrong, said) in [
        (DefinitionWire { strategy: "HALT".into(), ..definition.clone() }, "error strategy"),
        (DefinitionWire { importance: "vital".into(), ..definition.clone() }, "importance"),
        (DefinitionWire { use_case: "both".into(), ..definition.clone() }, "use case"),
        (DefinitionWire { name: " ".into(), ..definition }, "no name"),
    ] {
        assert_refused(&world.app.save_definition(define(wrong)).await.unwrap_err(), Kind::Invalid, said);
    }
    let kept = world.app.list_consumers(list()).await.unwrap().definition.unwrap();
    assert_eq!(kept.python, row.python);

    let rotated = Rotated::begin((world, keyring), vec![by_hand("a"), by_hand("b")]).await;
    assert_eq!(rotated.open().await.settings.strategy, "skip-and-raise");
    rotated.to_create(at_once("halt")).await;
    let late = save(rotated.app(), by_hand("late"), None).await.unwrap();
    let first = rotated.number("a").await;
    remove(&rotated.world, &first).await.unwrap();
    assert_eq!(rotated.open().await.runs.len(), 2, "the plan is as it was made");
    rotated.note(RotationNote::Back).await;
    rotated.goes_on("create").await;
    let told: Vec<String> = rotated.open().await.runs.into_iter().map(|run| run.consumer.name).collect();
    assert_eq!(told, ["b", "late"]);
    rotated.to_distribute().await;
    remove(&rotated.world, &late.id).await.unwrap();
    let open = rotated.open().await;
    assert_eq!(open.runs.len(), 2, "who takes part stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_programs_has_whole_paths_each_once() {
    let (world, _keyring) = keystore(&Algorithm::Ec(Curve::P256)).await;
    assert!(world.app.allowed_commands(Nothing {}).await.unwrap().programs.is_empty());
    let set = |programs: &[&str]| AllowedCommands { programs: programs.iter().map(|one| (*one).to_owned()).collect() };
    let kept = world.app.set_allowed_commands(set(&["/b/tell", " /a/tell ", "", "/b/tell"])).await.unwrap();
    assert_eq!(kept.programs, ["/a/tell", "/b/tell"]);
    for short in ["tell", "./tell", "~/tell"] {
        let refused = world.app.set_allowed_commands(set(&["/c", short])).await.unwrap_err();
        assert_refused(&refused, Kind::Invalid, "is no whole path");
    }
    assert_eq!(world.app.allowed_commands(Nothing {}).await.unwrap().programs, kept.programs);
}
