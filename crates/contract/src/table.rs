//! THE table of commands. A row is: doc comment, effect, name, request and answer, and the caches it makes stale.
//!
//! `Read` asks and changes nothing. `Keep` changes only what Claviger itself keeps on this computer (connections, pins,
//! preferences, the clipboard, a saved file). `Watch` answers with a stream of events and ends. A row that changes
//! something at a provider is a `Change`, and is refused while its connection is read-only.

/// What a command does to the world.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Changes something at a provider.
    Change,
    /// Changes only what Claviger keeps on this computer.
    Keep,
    /// Changes nothing.
    Read,
    /// Changes nothing and answers with a stream.
    Watch,
}

/// A cache of the window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tag {
    /// The list of connections.
    Connections,
    /// Destructions that are under way or over.
    Destructions,
    /// Keys on their way from one place to another.
    Imports,
    /// The rows of the inventory.
    Inventory,
    /// The journal of changes.
    Journal,
    /// Pins, theme and other preferences.
    Preferences,
    /// Rotations and the ledger of consumers.
    Rotations,
}

/// One row of the table, as data.
#[derive(Clone, Copy, Debug)]
pub struct CommandRow {
    /// The command's name, as the window invokes it.
    pub name: &'static str,
    /// What it does to the world.
    pub effect: Effect,
    /// The caches it makes stale.
    pub touches: &'static [Tag],
}

/// Hands every row of the table to the macro it is given.
#[macro_export]
macro_rules! with_commands {
    ($use:ident) => {
        $use! {
            /// What the window needs to draw itself: version, keyring, notices, preferences, the item to open first.
            Read app_state(Nothing) -> AppState, touches [];
            /// The kinds of places one can connect to, each with its questions.
            Read connection_forms(Nothing) -> Vec<FormRow>, touches [];
            /// Sign-ins that are already on this computer.
            Read found_sign_ins(Nothing) -> SignInList, touches [];
            /// Tries what reading needs, before anything is saved.
            Read check_access(CheckAccess) -> AccessReport, touches [];
            /// Saves a connection, and its secrets in the OS keyring or in memory.
            Keep add_connection(AddConnection) -> ConnectionRow, touches [Connections, Inventory];
            /// Forgets a connection, its secrets and its last known rows.
            Keep remove_connection(RemoveConnection) -> Nothing, touches [Connections, Inventory];
            /// Makes the practice keystore if it is not there yet, and connects to it.
            Keep open_practice_keystore(OpenPracticeKeystore) -> ConnectionRow, touches [Connections, Inventory];
            /// Every saved connection, with who one is there as far as known. Asks no provider.
            Read list_connections(Nothing) -> ConnectionList, touches [];
            /// The last known rows at once, then what the providers say, as it arrives.
            Watch watch_inventory(WatchInventory) -> InventoryEvent, touches [];
            /// The sign-ins that wait for a person, now and whenever they change.
            Watch watch_prompts(WatchPrompts) -> PromptList, touches [];
            /// Opens the page of a sign-in in the browser.
            Keep open_prompt(NamePrompt) -> Nothing, touches [];
            /// Ends a sign-in that waits for a person.
            Keep cancel_prompt(NamePrompt) -> Nothing, touches [];
            /// Stops a running watch, or the telling of a consumer that goes by the digest it was shown under.
            Keep cancel(Cancel) -> Nothing, touches [];
            /// Pins an item to the top of the list, or lets it go.
            Keep set_pin(SetPin) -> Nothing, touches [Preferences];
            /// One item read afresh: facets, versions, certificate, aspects, and what may be done.
            Read open_item(OpenItem) -> ItemWire, touches [];
            /// A test token that a key signs where it is, and its verification. Nothing is changed by it.
            Read sign_test(SignTest) -> SignedTest, touches [];
            /// Public keys and certificates in the consumer's form, each parsed back by a second parser.
            Read export_items(ExportItems) -> Export, touches [];
            /// The same, put on the clipboard.
            Keep copy_export(CopyExport) -> ClipboardDone, touches [];
            /// The same, saved where the person says.
            Keep save_export(SaveExport) -> Saved, touches [];
            /// A certificate with its private key, in a file that is its owner's alone, where the person says.
            Keep save_private_key(SavePrivateKey) -> Saved, touches [];
            /// A backup that only the same kind of place can take back, saved where the person says.
            Keep save_backup(SaveBackup) -> Saved, touches [];
            /// A file on this computer, as the person chooses it in the desktop's own dialog.
            Read choose_path(Nothing) -> ChosenPath, touches [];
            /// Public text (an identifier, a fingerprint) put on the clipboard.
            Keep copy_text(CopyText) -> ClipboardDone, touches [];
            /// Says whether a pasted fingerprint is this key's, and in which form.
            Read compare_fingerprint(CompareFingerprint) -> FingerprintVerdict, touches [];
            /// One secret value, for 20 seconds on screen.
            Read reveal_secret(RevealSecret) -> Revealed, touches [];
            /// One secret value on the clipboard, kept out of its history and cleared after 30 seconds.
            Keep copy_secret(CopySecret) -> ClipboardDone, touches [];
            /// The policies that decide about an item, with drafts, history, and what is known around them.
            Read open_policies(OpenItem) -> PoliciesWire, touches [];
            /// What a policy's text means, who could do what by it, and what it would change.
            Read read_policy(ReadPolicy) -> PolicyReading, touches [];
            /// A policy's text with a template's part put in, or taken out.
            Read merge_policy(MergePolicy) -> MergedPolicy, touches [];
            /// A policy's text with one statement as a form has it.
            Read edit_statement(EditStatement) -> MergedPolicy, touches [];
            /// Which statement of a policy would answer a request. Asks nobody.
            Read simulate_access(SimulateAccess) -> SimulatedAccess, touches [];
            /// Keeps the draft of a policy, or forgets it.
            Keep save_policy_draft(SavePolicyDraft) -> Nothing, touches [];
            /// What may be made in a vault now, and for everything else, why not.
            Read vault_offers(OpenVault) -> Vec<OfferWire>, touches [];
            /// What must be asked before a change, with what is there now as presets.
            Read change_questions(AskQuestions) -> ChangeForm, touches [];
            /// The exact calls a change would make. Nothing is done.
            Read plan_change(PlanChange) -> PlanWire, touches [];
            /// Carries out a plan that was read: each step journalled, sent once, and looked at.
            Change confirm_change(ConfirmChange) -> OrderWire, touches [Inventory, Journal];
            /// Forgets a plan that was not confirmed.
            Keep drop_plan(DropPlan) -> Nothing, touches [];
            /// Allows changes through a connection for fifteen minutes, or no longer.
            Keep set_write_mode(SetWriteMode) -> WriteMode, touches [Connections, Journal];
            /// The journal of changes, newest first.
            Read list_journal(ListJournal) -> JournalPage, touches [];
            /// Reads at the provider what became of an order whose outcome is unknown. Never sends it again.
            Keep check_order(NameOrder) -> OrderWire, touches [Inventory, Journal];
            /// Sends the steps of an order that were not sent when Claviger ended.
            Change continue_order(NameOrder) -> OrderWire, touches [Inventory, Journal];
            /// Gives up the steps of an order that were not sent.
            Keep abandon_order(NameOrder) -> OrderWire, touches [Journal];
            /// The plan that would take an order back. Nothing is done.
            Read plan_undo(NameOrder) -> PlanWire, touches [];
            /// Whether the journal is as it was written.
            Read verify_journal(Nothing) -> ChainWire, touches [];
            /// Goes on from a journal that does not follow from what was sealed. That is journalled too.
            Keep accept_journal(Nothing) -> ChainWire, touches [Journal];
            /// The journal for an auditor, with a verifier that stands alone, saved where the person says.
            Keep export_journal(Nothing) -> Saved, touches [];
            /// Every rotation, those that are not over first.
            Read list_rotations(Nothing) -> RotationList, touches [];
            /// A rotation as it stands: its item read afresh, what is locked and why, what each consumer needs.
            Read open_rotation(NameRotation) -> RotationWire, touches [];
            /// Begins a rotation of an item, saved from here on; opens the one that is under way.
            Keep begin_rotation(BeginRotation) -> RotationWire, touches [Rotations];
            /// Does something with a rotation that touches nothing at the place: settles, tells, confirms, goes on.
            Keep note_rotation(NoteRotation) -> RotationWire, touches [Rotations];
            /// Looks at what a consumer's address publishes or presents.
            Keep look_at_consumer(NameRun) -> RotationWire, touches [Rotations];
            /// Has the new material sign a token that is not handed out, and verifies it.
            Keep prove_rotation(NameRotation) -> RotationProof, touches [Rotations];
            /// The exact calls of a rotation's step. Nothing is done.
            Read plan_rotation(PlanRotation) -> PlanWire, touches [];
            /// Carries out the plan of a rotation's step that was read.
            Change confirm_rotation(ConfirmRotation) -> RotationWire, touches [Inventory, Journal, Rotations];
            /// Reads at the place what became of a rotation's order whose end is not known. Never sends it again.
            Keep check_rotation(NameRotation) -> RotationWire, touches [Inventory, Journal, Rotations];
            /// What a consumer's command or webhook would be sent. Nothing is done.
            Read preview_call(NameRun) -> CallPreview, touches [];
            /// Has a consumer's command run or its webhook called, as it was shown.
            Change call_consumer(CallConsumer) -> RotationWire, touches [Rotations];
            /// Every destruction, those that are not over first.
            Read list_destructions(Nothing) -> DestructionList, touches [];
            /// A destruction as it stands: its item read afresh, the evidence, what is locked and why.
            Read open_destruction(NameDestruction) -> DestructionWire, touches [];
            /// Begins the destruction of items, saved from here on; opens those that are under way. Looks who uses them.
            Keep begin_destruction(BeginDestruction) -> DestructionsBegun, touches [Destructions];
            /// Does something with a destruction that touches nothing at the place: settles, looks, says, goes on, keeps.
            Keep note_destruction(NoteDestruction) -> DestructionWire, touches [Destructions];
            /// The exact calls of a destruction's step. Nothing is done.
            Read plan_destruction(PlanDestruction) -> PlanWire, touches [];
            /// Carries out the plan of a destruction's step that was read.
            Change confirm_destruction(ConfirmDestruction) -> DestructionWire, touches [Destructions, Inventory, Journal];
            /// Reads at the place what became of a destruction's order whose end is not known. Never sends it again.
            Keep check_destruction(NameDestruction) -> DestructionWire, touches [Destructions, Inventory, Journal];
            /// The evidence sheet of a destruction, saved where the person says.
            Keep save_destruction_sheet(SaveDestructionSheet) -> Saved, touches [];
            /// Everybody who is known to use an item, and how its key is defined.
            Read list_consumers(ListConsumers) -> ConsumerLedger, touches [];
            /// The kinds of consumers, each with its questions.
            Read consumer_kinds(Nothing) -> ConsumerKinds, touches [];
            /// Keeps a consumer in an item's ledger.
            Keep save_consumer(SaveConsumer) -> ConsumerWire, touches [Rotations];
            /// Takes a consumer out of an item's ledger, with the secret of its webhook.
            Keep remove_consumer(RemoveConsumer) -> Nothing, touches [Rotations];
            /// Keeps how an application is to treat an item's key, and tells the call that says so.
            Keep save_definition(SaveDefinition) -> DefinitionRow, touches [Rotations];
            /// The programs that consumers may be told by.
            Read allowed_commands(Nothing) -> AllowedCommands, touches [];
            /// Sets the programs that consumers may be told by.
            Keep set_allowed_commands(AllowedCommands) -> AllowedCommands, touches [Rotations];
            /// What ends and what is due, as a calendar file, saved where the person says.
            Keep save_calendar(Nothing) -> Saved, touches [];
            /// Every import of a key, those that are not over first.
            Read list_imports(Nothing) -> ImportList, touches [];
            /// The vaults of all connections into which keys may be brought.
            Read import_vaults(Nothing) -> ImportVaults, touches [];
            /// What a vault does with each kind of key, before anything is made.
            Read import_takings(AskTakings) -> Vec<TakingWire>, touches [];
            /// Whether an item's key leaves its place, and how.
            Read ask_leaving(AskLeaving) -> LeavingWire, touches [];
            /// An import as it stands, and what is locked and why.
            Read open_import(NameImport) -> ImportWire, touches [];
            /// Begins an import, saved from here on.
            Keep begin_import(BeginImport) -> ImportWire, touches [Imports];
            /// Settles something of an import. Nothing is sent to a place.
            Keep note_import(NoteImport) -> ImportWire, touches [Imports];
            /// Fetches the key that the target wants the key wrapped with, and keeps it in memory.
            Keep fetch_wrapping_key(NameImport) -> ImportWire, touches [Imports];
            /// Puts the wrapping key on the disk, where the person says, for a machine without a connection.
            Keep save_wrapping_key(NameImport) -> Saved, touches [];
            /// Reads the key and wraps it, in memory.
            Keep wrap_import(WrapImport) -> ImportWire, touches [Imports];
            /// The exact calls of an import's step. Nothing is done.
            Read plan_import(PlanImport) -> PlanWire, touches [];
            /// Carries out the plan of an import's step that was read.
            Change confirm_import(ConfirmImport) -> ImportWire, touches [Imports, Inventory, Journal];
            /// Reads at the place what became of an import's order whose end is not known. Never sends it again.
            Keep check_import(NameImport) -> ImportWire, touches [Imports, Inventory, Journal];
            /// Has the target work with the key, and compares.
            Keep prove_import(NameImport) -> ImportWire, touches [Imports];
            /// The provenance of a key that was brought, saved where the person says.
            Keep save_import_record(NameImport) -> Saved, touches [];
            /// Theme, density and single-key shortcuts.
            Keep set_preferences(SetPreferences) -> Nothing, touches [Preferences];
        }
    };
}

macro_rules! rows {
    ($( #[doc = $doc:literal] $effect:ident $name:ident($request:ty) -> $answer:ty, touches [$($tag:ident),*]; )*) => {
        /// Every command, in the table's order.
        pub const COMMANDS: &[CommandRow] = &[
            $(CommandRow { name: stringify!($name), effect: Effect::$effect, touches: &[$(Tag::$tag),*] }),*
        ];
    };
}
with_commands!(rows);
