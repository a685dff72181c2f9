//! Every row of the table of commands has its answer, of the type it says, that any thread may wait for.

use app::{App, Sink};
use contract::{
    AccessReport, AddConnection, AllowedCommands, AppState, AskLeaving, AskQuestions, AskTakings, BeginDestruction,
    BeginImport, BeginRotation, COMMANDS, CallConsumer, CallPreview, Cancel, ChainWire, ChangeForm, CheckAccess,
    ChosenPath, ClipboardDone, CompareFingerprint, ConfirmChange, ConfirmDestruction, ConfirmImport, ConfirmRotation,
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
    with_commands,
};
use domain::Result;

fn answers<T>(answer: impl Future<Output = Result<T>> + Send) {
    drop(answer);
}

macro_rules! call {
    (Watch $app:ident $name:ident $request:ty => $event:ty) => {
        |request: $request, sink: &Sink<$event>| answers::<()>($app.$name(request, sink))
    };
    ($effect:ident $app:ident $name:ident $request:ty => $answer:ty) => {
        |request: $request| answers::<$answer>($app.$name(request))
    };
}

macro_rules! every_row {
    ($( #[doc = $doc:literal] $effect:ident $name:ident($request:ty) -> $answer:ty, touches [$($tag:ident),*]; )*) => {
        fn answered(app: &App) -> Vec<&'static str> {
            vec![$({
                let _ = call!($effect app $name $request => $answer);
                stringify!($name)
            }),*]
        }
    };
}
with_commands!(every_row);

#[tokio::test]
async fn every_row_of_the_table_is_answered() {
    let names: Vec<_> = COMMANDS.iter().map(|row| row.name).collect();
    assert_eq!(answered(&crate::world::World::scripted().app), names);
}
