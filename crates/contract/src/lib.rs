//! Every word that crosses the wire between the window and the core. Read [`table`](self) first: it is THE table of
//! commands. From it come the Tauri commands, the permission list, the TypeScript interface and the window's cache
//! invalidation; there is no second list.
//!
//! No behaviour lives here, and no secret: the one answer that carries a value is [`Revealed`].

mod activity;
pub mod capabilities;
mod changes;
mod connections;
mod consumers;
mod destructions;
mod exports;
mod imports;
mod items;
mod policies;
mod private;
mod prompts;
mod proofs;
mod rotations;
mod rows;
mod table;
pub mod typescript;

pub use activity::{
    ChainWire, JournalEntry, JournalPage, ListJournal, NameOrder, OrderState, OrderStep, OrderWire, RecordWire,
};
pub use changes::{
    AskQuestions, ChangeForm, ConfirmChange, DropPlan, OpenVault, PlanChange, PlanWire, QuestionWire, SetWriteMode,
    StepWire, TargetWire, TierWire, UndoWire, WriteMode,
};
pub use connections::{
    AccessReport, AccessRow, AddConnection, AppState, CheckAccess, ConnectionDraft, ConnectionList, ConnectionRow,
    EnvironmentMark, FieldRow, FormRow, FoundSignIn, Nothing, OpenPracticeKeystore, Preferences, RemoveConnection,
    SetPreferences, SignInList, Theme,
};
pub use consumers::{
    AllowedCommands, ConsumerFieldRow, ConsumerKindRow, ConsumerKinds, ConsumerLedger, ConsumerWire, DefinitionRow,
    DefinitionWire, FoundConsumer, ListConsumers, RemoveConsumer, SaveConsumer, SaveDefinition, TellWire,
};
pub use destructions::{
    BeginDestruction, ConfirmDestruction, DestructionList, DestructionNote, DestructionOrderWire, DestructionRefused,
    DestructionRow, DestructionSettings, DestructionWire, DestructionsBegun, EvidenceWire, FindingWire,
    NameDestruction, NoteDestruction, PlanDestruction, SaveDestructionSheet, SheetForm,
};
pub use exports::{
    ChosenPath, ClipboardDone, CompareFingerprint, CopyExport, CopySecret, CopyText, Export, ExportFile, ExportItems,
    ExportRequest, FingerprintVerdict, Fingerprints, Format, FormatRow, RevealSecret, Revealed, SaveExport, Saved,
    SnowflakeSlot, SnowflakeUser,
};
pub use imports::{
    AfterwardsWire, AskLeaving, AskTakings, BeginImport, ConfirmImport, HandLineWire, ImportList, ImportNote,
    ImportProofWire, ImportRow, ImportSourceWire, ImportTargetWire, ImportVaultRow, ImportVaults, ImportWire,
    LeavingWire, NameImport, NoteImport, PlanImport, TakingWire, WrapImport, WrapWire, WrappedWire, WrappingKeyWire,
};
pub use items::{
    AccessNeedWire, AccessWire, AspectWire, CertificateReading, FacetWire, GrantWire, ItemWire, LeavesWire, OfferWire,
    OpenItem, PrincipalWire, RotationRuleWire, SignTest, SignedTest, VersionWire,
};
pub use policies::{
    DifferenceWire, EditStatement, HolderWire, LockoutWire, MergePolicy, MergedPolicy, PoliciesWire, PolicyDraftWire,
    PolicyFindingWire, PolicyFixWire, PolicyPastWire, PolicyReading, PolicyRow, PolicySentenceWire, PolicyTarget,
    ReadPolicy, SavePolicyDraft, SimulateAccess, SimulatedAccess, StandingWire, StatementFieldWire, StatementWire,
    TemplateQuestionWire, TemplateWire,
};
pub use private::{PrivateForm, SaveBackup, SavePrivateKey};
pub use prompts::{NamePrompt, PromptList, PromptRow, WatchPrompts};
pub use proofs::{CopyableEvent, CopyableRow, ProofWire, ProofsWire, WatchCopyable};
pub use rotations::{
    AttemptWire, BeginRotation, CallConsumer, CallPreview, ConfirmRotation, GenerationWire, InstructionWire,
    InstructionsWire, LockWire, LogWire, MomentWire, NameRotation, NameRun, NoteRotation, PlanRotation, RollBackWire,
    RotationFactWire, RotationList, RotationMethodWire, RotationNote, RotationOrderWire, RotationProof, RotationRow,
    RotationSettings, RotationStepWire, RotationWire, RunWire, SlotsWire, WatchedWire,
};
pub use rows::{Cancel, ChangedWire, InventoryEvent, ItemRow, SetPin, VaultRow, VaultState, WatchInventory, WireError};
pub use table::{COMMANDS, CommandRow, Effect, Tag};
