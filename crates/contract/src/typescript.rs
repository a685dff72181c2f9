//! Writes `ui/src/host/contract.gen.ts` from the table. `tests/house` compares the committed file with this.

use std::collections::BTreeMap;

use ts_rs::{Config, TS, TypeVisitor};

use crate::{
    AccessReport, AddConnection, AllowedCommands, AppState, AskLeaving, AskQuestions, AskTakings, BeginDestruction,
    BeginImport, BeginRotation, CallConsumer, CallPreview, Cancel, ChainWire, ChangeForm, CheckAccess, ChosenPath,
    ClipboardDone, CompareFingerprint, ConfirmChange, ConfirmDestruction, ConfirmImport, ConfirmRotation,
    ConnectionList, ConnectionRow, ConsumerKinds, ConsumerLedger, ConsumerWire, CopyExport, CopySecret, CopyText,
    DefinitionRow, DestructionList, DestructionWire, DestructionsBegun, DropPlan, EditStatement, Export, ExportItems,
    FingerprintVerdict, FormRow, ImportList, ImportVaults, ImportWire, InventoryEvent, ItemWire, JournalPage,
    LeavingWire, ListConsumers, ListJournal, MergePolicy, MergedPolicy, NameDestruction, NameImport, NameOrder,
    NamePrompt, NameRotation, NameRun, NoteDestruction, NoteImport, NoteRotation, Nothing, OfferWire, OpenItem,
    OpenPracticeKeystore, OpenVault, OrderWire, PlanChange, PlanDestruction, PlanImport, PlanRotation, PlanWire,
    PoliciesWire, PolicyReading, PromptList, ReadPolicy, RemoveConnection, RemoveConsumer, RevealSecret, Revealed,
    RotationList, RotationProof, RotationWire, SaveBackup, SaveConsumer, SaveDefinition, SaveDestructionSheet,
    SaveExport, SavePolicyDraft, SavePrivateKey, Saved, SetPin, SetPreferences, SetWriteMode, SignInList, SignTest,
    SignedTest, SimulateAccess, SimulatedAccess, TakingWire, WatchInventory, WatchPrompts, WrapImport, WriteMode,
    table::Effect, with_commands,
};

/// The whole text of the generated file.
pub fn generate() -> String {
    let config = Config::default();
    let mut declarations = Declarations { config: &config, seen: Vec::new(), out: BTreeMap::new() };
    let (commands, effects) = interface(&config, &mut declarations);
    format!(
        "// Generated from crates/contract by `cargo xtask bindings`. Do not edit.\n\n{}\n{commands}\n{effects}",
        declarations.out.into_values().collect::<String>()
    )
}

struct Declarations<'a> {
    config: &'a Config,
    seen: Vec<std::any::TypeId>,
    // By name: ts-rs visits what a type depends on in an order that changes from one compilation to the next.
    out: BTreeMap<String, String>,
}

impl Declarations<'_> {
    fn add<T: TS + 'static + ?Sized>(&mut self) {
        if self.seen.contains(&std::any::TypeId::of::<T>()) {
            return;
        }
        self.seen.push(std::any::TypeId::of::<T>());
        T::visit_dependencies(self);
        T::visit_generics(self);
        // Only our own types have a file name; primitives and collections are written inline.
        if T::output_path().is_some() {
            let text = format!("{}export {}\n\n", T::docs().unwrap_or_default(), T::decl(self.config));
            self.out.insert(T::name(self.config), text);
        }
    }
}

impl TypeVisitor for Declarations<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}

macro_rules! interface {
    ($( #[doc = $doc:literal] $effect:ident $name:ident($request:ty) -> $answer:ty, touches [$($tag:ident),*]; )*) => {
        fn interface(config: &Config, declarations: &mut Declarations<'_>) -> (String, String) {
            let mut commands = String::from("/** Every command, with its request and its answer (for `watch`, its events). */\nexport interface Commands {\n");
            let mut effects = String::from("/** What each command does, and which caches it makes stale. */\nexport const commands = {\n");
            $(
                declarations.add::<$request>();
                declarations.add::<$answer>();
                commands.push_str(&format!(
                    "  /**{} */\n  {}: {{ request: {}; answer: {} }};\n",
                    $doc, stringify!($name), <$request as TS>::name(config), <$answer as TS>::name(config),
                ));
                let effect = match Effect::$effect { Effect::Change => "change", Effect::Keep => "keep", Effect::Read => "read", Effect::Watch => "watch" };
                let tags: &[&str] = &[$(concat!("'", stringify!($tag), "'")),*];
                effects.push_str(&format!("  {}: {{ effect: '{effect}', touches: [{}] }},\n", stringify!($name), tags.join(", ")));
            )*
            commands.push_str("}\n");
            effects.push_str("} as const;\n");
            (commands, effects)
        }
    };
}
with_commands!(interface);
