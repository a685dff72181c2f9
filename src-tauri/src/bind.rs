//! The table of commands, bound to Tauri: one real command for each row, so that permissions mean something.

use app::App;
use contract::{
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
    SignedTest, SimulateAccess, SimulatedAccess, TakingWire, WatchInventory, WatchPrompts, WireError, WrapImport,
    WriteMode, with_commands,
};
use tauri::{
    State, Wry,
    ipc::{Channel, Invoke},
};

fn to_wire(error: domain::Error) -> WireError {
    tracing::warn!(kind = %error.kind(), operation = error.operation(), error = ?error, "a command failed");
    WireError::from(&error)
}

macro_rules! command {
    (Watch $name:ident $request:ty => $event:ty) => {
        #[tauri::command]
        pub(super) async fn $name(
            app: State<'_, App>,
            request: $request,
            channel: Channel<$event>,
        ) -> Result<(), WireError> {
            let sink = move |event: $event| channel.send(event).is_ok();
            app.$name(request, &sink).await.map_err(to_wire)
        }
    };
    ($effect:ident $name:ident $request:ty => $answer:ty) => {
        #[tauri::command]
        pub(super) async fn $name(app: State<'_, App>, request: $request) -> Result<$answer, WireError> {
            app.$name(request).await.map_err(to_wire)
        }
    };
}

macro_rules! bind {
    ($( #[doc = $doc:literal] $effect:ident $name:ident($request:ty) -> $answer:ty, touches [$($tag:ident),*]; )*) => {
        mod commands {
            use super::*;
            $(command!($effect $name $request => $answer);)*
        }

        /// Answers every command of the table.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$(commands::$name),*]
        }
    };
}
with_commands!(bind);
