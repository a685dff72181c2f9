// Generated from crates/contract by `cargo xtask bindings`. Do not edit.

/**
 * What it takes to open a facet.
 */
export type AccessNeedWire = { 
/**
 * `certificate`, `key` or `secret`.
 */
facet: string, 
/**
 * What for.
 */
purpose: string, 
/**
 * The permission, literally.
 */
permission: string, 
/**
 * The least role that carries it.
 */
role: string | null, };

/**
 * What a draft may do.
 */
export type AccessReport = { 
/**
 * Who one is there.
 */
identity: string | null, 
/**
 * The whole identifier: an ARN, a tenant with an object.
 */
detail: string | null, 
/**
 * Until when.
 */
until: string | null, 
/**
 * Each thing that was tried.
 */
checks: Array<AccessRow>, };

/**
 * One thing that was tried.
 */
export type AccessRow = { 
/**
 * What it is.
 */
what: string, 
/**
 * The permission it needs, literally.
 */
permission: string, 
/**
 * Whether it works; `None` where it could not be tried.
 */
allowed: boolean | null, 
/**
 * Why it does not work.
 */
error: WireError | null, 
/**
 * Why it could not be tried.
 */
untested: string | null, };

/**
 * Whether a facet may be opened.
 */
export type AccessWire = { "is": "absent", 
/**
 * Why.
 */
because: string, } | { "is": "closed", 
/**
 * The missing permission, literally.
 */
permission: string, 
/**
 * One sentence.
 */
because: string, } | { "is": "open" } | { "is": "untested" };

/**
 * Saves a draft.
 */
export type AddConnection = { 
/**
 * The draft.
 */
draft: ConnectionDraft, };

/**
 * What to do with a key that was brought.
 */
export type AfterwardsWire = { 
/**
 * For what.
 */
title: string, 
/**
 * What must be known.
 */
says: string, 
/**
 * Lines for the shell, or texts to be put somewhere.
 */
lines: Array<string>, };

/**
 * The programs that consumers may be told by.
 */
export type AllowedCommands = { 
/**
 * Whole paths.
 */
programs: Array<string>, };

/**
 * What the window needs to draw itself.
 */
export type AppState = { 
/**
 * Claviger's version.
 */
version: string, 
/**
 * Whether secrets outlive this process: an OS keyring answers.
 */
keyring: boolean, 
/**
 * Things the person must know, such as a damaged settings file that was set aside.
 */
notices: Array<WireError>, 
/**
 * What the person chose.
 */
preferences: Preferences, 
/**
 * The item named on the command line, if any.
 */
openAt: string | null, 
/**
 * The export formats, in the order they are offered.
 */
formats: Array<FormatRow>, };

/**
 * Asks whether an item's key leaves its place.
 */
export type AskLeaving = { 
/**
 * The item's reference.
 */
reference: string, };

/**
 * Asks for the questions of a change.
 */
export type AskQuestions = { 
/**
 * The word of the ask: `disable`, `create-key`.
 */
ask: string, 
/**
 * Of what.
 */
target: TargetWire, };

/**
 * Asks what a vault takes.
 */
export type AskTakings = { 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The vault's id within the connection.
 */
vault: string, };

/**
 * What else an item shows.
 */
export type AspectWire = { "aspect": "access", 
/**
 * The model, in the place's word.
 */
model: string, 
/**
 * What each facet takes.
 */
needs: Array<AccessNeedWire>, 
/**
 * Who is let in, as far as could be read.
 */
principals: Array<PrincipalWire>, 
/**
 * Why that is not everybody.
 */
incomplete: string | null, } | { "aspect": "aliases", 
/**
 * The names.
 */
names: Array<string>, } | { "aspect": "certificate-policy", 
/**
 * Who issues it, in the place's word.
 */
issuer: string | null, 
/**
 * What happens before it ends, in a sentence.
 */
renewal: string, 
/**
 * Whether it is renewed without a person.
 */
renews: boolean, 
/**
 * Name and value.
 */
rules: Array<[string, string]>, } | { "aspect": "description", 
/**
 * The text.
 */
text: string, } | { "aspect": "grants", 
/**
 * The grants.
 */
grants: Array<GrantWire>, } | { "aspect": "issuance", 
/**
 * The place's word.
 */
status: string, 
/**
 * What the place says about it. Untrusted.
 */
detail: string | null, 
/**
 * Whether a signing request waits for an answer that a person brings.
 */
waitsForAnswer: boolean, 
/**
 * Why it failed. Untrusted.
 */
failure: string | null, } | { "aspect": "native", 
/**
 * Name and value.
 */
rows: Array<[string, string]>, } | { "aspect": "pending-deletion", 
/**
 * When.
 */
at: string, } | { "aspect": "release-policy", 
/**
 * The policy's own text: JSON.
 */
text: string, 
/**
 * Whether it can never be changed again.
 */
immutable: boolean, } | { "aspect": "rotation", 
/**
 * Whether they come by themselves.
 */
automatic: boolean | null, 
/**
 * How long from one to the next, in seconds.
 */
periodSeconds: number | null, 
/**
 * When the next one is due.
 */
next: string | null, 
/**
 * How many more can be made on demand, where that is limited.
 */
leftOnDemand: number | null, 
/**
 * The rules one by one, where the place has more than a period.
 */
rules: Array<RotationRuleWire>, } | { "aspect": "tags", 
/**
 * Key and value.
 */
tags: Array<[string, string]>, };

/**
 * One try to update a consumer.
 */
export type AttemptWire = { 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
actor: string, 
/**
 * How far it came.
 */
state: string, 
/**
 * On what grounds, or why not.
 */
says: string, };

/**
 * Begins the destruction of one or several items. What there is already is opened.
 */
export type BeginDestruction = { 
/**
 * The items' references.
 */
references: Array<string>, };

/**
 * Begins an import.
 */
export type BeginImport = { 
/**
 * The reference of the item that is to be brought, if that is known.
 */
source: string | null, 
/**
 * The number of an import whose key comes once more to the same item.
 */
again: string | null, 
/**
 * Whether it is other material, so that the item is rotated.
 */
newMaterial: boolean, };

/**
 * Begins a rotation of an item. What there is already is opened.
 */
export type BeginRotation = { 
/**
 * The item's reference.
 */
reference: string, };

/**
 * Has a command run or a webhook called that was shown.
 */
export type CallConsumer = { 
/**
 * The rotation's number.
 */
rotation: string, 
/**
 * The consumer's number.
 */
consumer: string, 
/**
 * The digest it was shown under.
 */
digest: string, };

/**
 * What a command or a webhook would be sent. Nothing is done.
 */
export type CallPreview = { 
/**
 * The program and its arguments, or the address.
 */
target: string, 
/**
 * What it gets, on its standard input or as the body: JSON.
 */
body: string, 
/**
 * Names exactly what is shown here.
 */
digest: string, 
/**
 * Why it cannot be done now: the program is not allowed, no secret is known, the connection is read-only.
 */
blocked: WireError | null, };

/**
 * Stops a running operation.
 */
export type Cancel = { 
/**
 * The operation's name.
 */
operation: string, };

/**
 * One certificate as read.
 */
export type CertificateReading = { 
/**
 * RFC 4514 text.
 */
subject: string, 
/**
 * RFC 4514 text.
 */
issuer: string, 
/**
 * Colon-separated upper-case hex.
 */
serial: string, 
/**
 * When it begins.
 */
notBefore: string, 
/**
 * When it ends.
 */
notAfter: string, 
/**
 * Subject alternative names, each with its kind: `DNS:api.example.com`.
 */
names: Array<string>, 
/**
 * Key usage and extended key usage, in words.
 */
usages: Array<string>, 
/**
 * Whether it may issue others.
 */
isAuthority: boolean, 
/**
 * The kind of key in it.
 */
algorithm: string, 
/**
 * How it was signed.
 */
signatureAlgorithm: string, 
/**
 * Colon-separated upper-case hex of SHA-1 over the DER.
 */
sha1: string, 
/**
 * Colon-separated upper-case hex of SHA-256 over the DER.
 */
sha256: string, 
/**
 * RFC 7515 `x5t`: base64url of the SHA-1.
 */
x5t: string, 
/**
 * RFC 7515 `x5t#S256`: base64url of the SHA-256.
 */
x5tS256: string, 
/**
 * RFC 7469 pin: base64 of SHA-256 over the SPKI.
 */
spkiPin: string, 
/**
 * Whether it is signed by its own key.
 */
selfSigned: boolean, };

/**
 * Whether the journal is as it was written.
 */
export type ChainWire = { 
/**
 * Whether everything fits.
 */
sound: boolean, 
/**
 * How many records there are.
 */
records: number, 
/**
 * The hash of the last record, in hex.
 */
head: string, 
/**
 * Where the head is sealed: `keyring`, or `memory` where there is no keyring, so that records cut off at the end
 * between two starts would not be seen.
 */
seal: string, 
/**
 * What does not fit.
 */
problem: WireError | null, 
/**
 * The place of the first record that does not fit.
 */
at: number | null, };

/**
 * The questions of a change, none if there is nothing to ask.
 */
export type ChangeForm = { 
/**
 * In the order they are asked.
 */
questions: Array<QuestionWire>, };

/**
 * What an operation that failed left behind.
 */
export type ChangedWire = { "is": "nothing" } | { "is": "exactly", "what": Array<string> } | { "is": "unknown" };

/**
 * Tries a draft.
 */
export type CheckAccess = { 
/**
 * The draft.
 */
draft: ConnectionDraft, };

/**
 * A file that a person chose.
 */
export type ChosenPath = { 
/**
 * Its path; `None` if the person cancelled.
 */
path: string | null, };

/**
 * Something was put on the clipboard.
 */
export type ClipboardDone = { 
/**
 * After how many seconds it will be cleared; absent for public text.
 */
clearsAfter: number | null, };

/**
 * Asks whether a pasted fingerprint is this key's.
 */
export type CompareFingerprint = { 
/**
 * The item.
 */
reference: string, 
/**
 * The version; the current one if absent.
 */
version: string | null, 
/**
 * What was pasted, such as a cell of `DESC USER`.
 */
pasted: string, };

/**
 * Confirms a plan that was read, and has it done.
 */
export type ConfirmChange = { 
/**
 * The plan's number.
 */
order: string, 
/**
 * The digest it was read under.
 */
digest: string, 
/**
 * The name as it was typed, for the tier `name`.
 */
typed: string | null, };

/**
 * Confirms the plan of a step that was read, and has it done.
 */
export type ConfirmDestruction = { 
/**
 * The destruction's number.
 */
destruction: string, 
/**
 * The word of the step.
 */
step: string, 
/**
 * The plan's number.
 */
order: string, 
/**
 * The digest it was read under.
 */
digest: string, 
/**
 * The name as it was typed, where that is wanted.
 */
typed: string | null, };

/**
 * Confirms the plan of an import's step.
 */
export type ConfirmImport = { 
/**
 * The import's number.
 */
import: string, 
/**
 * The step.
 */
step: string, 
/**
 * The number of the order that the plan becomes.
 */
order: string, 
/**
 * The digest of what was shown.
 */
digest: string, 
/**
 * The name as it was typed, where that is asked for.
 */
typed: string | null, };

/**
 * Confirms the plan of a step that was read, and has it done.
 */
export type ConfirmRotation = { 
/**
 * The rotation's number.
 */
rotation: string, 
/**
 * The word of the step.
 */
step: string, 
/**
 * The plan's number.
 */
order: string, 
/**
 * The digest it was read under.
 */
digest: string, 
/**
 * The name as it was typed, where that is wanted.
 */
typed: string | null, };

/**
 * A connection that is not saved yet. `Debug` hides the secrets.
 */
export type ConnectionDraft = { 
/**
 * Its name; becomes the first part of every reference.
 */
name: string, 
/**
 * The provider's short name.
 */
provider: string, 
/**
 * How it is marked.
 */
environment: EnvironmentMark | null, 
/**
 * The answers that are not secret.
 */
answers: { [key in string]: string }, 
/**
 * The secret answers: typed by the person, sent once, never sent back.
 */
secrets: { [key in string]: string }, 
/**
 * Whether to keep the secrets in the OS keyring; otherwise they live in memory until the app ends.
 */
keep: boolean, };

/**
 * Every saved connection.
 */
export type ConnectionList = { 
/**
 * By name.
 */
connections: Array<ConnectionRow>, };

/**
 * A saved connection.
 */
export type ConnectionRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * The provider's short name, for filters and for reading.
 */
provider: string, 
/**
 * The provider's name for a person.
 */
title: string, 
/**
 * Where it leads: an address, a file, a profile with its Regions.
 */
place: string, 
/**
 * How it is marked.
 */
environment: EnvironmentMark | null, 
/**
 * Until when changes through it are allowed; `None` while it is read-only.
 */
writesUntil: string | null, 
/**
 * Who one is there, as far as asked.
 */
identity: string | null, 
/**
 * Until when.
 */
until: string | null, 
/**
 * Where its secrets are: `keyring`, `memory`, `none needed`, or `missing` after a restart without a keyring.
 */
secrets: string, };

/**
 * One question about a consumer.
 */
export type ConsumerFieldRow = { 
/**
 * Its name among the answers.
 */
name: string, 
/**
 * What a person reads.
 */
label: string, 
/**
 * One sentence that helps; may be empty.
 */
help: string, 
/**
 * Whether it must be answered.
 */
required: boolean, 
/**
 * `text`, `lines` or `number`.
 */
shape: string, };

/**
 * One kind of consumer.
 */
export type ConsumerKindRow = { 
/**
 * Its word: `snowflake-user`.
 */
kind: string, 
/**
 * What a person calls it.
 */
title: string, 
/**
 * What is asked of it.
 */
fields: Array<ConsumerFieldRow>, 
/**
 * How it is found out that one has the new key: `slots`, `published`, `presented`, `fingerprint` or `said`.
 */
check: string, 
/**
 * Whether it holds the old key beside the new one.
 */
holdsTwo: boolean, };

/**
 * The kinds of consumers, each with its questions.
 */
export type ConsumerKinds = { 
/**
 * The ones with most to take care of first.
 */
kinds: Array<ConsumerKindRow>, };

/**
 * Everybody who is known to use an item. It is never complete.
 */
export type ConsumerLedger = { 
/**
 * In the order in which they are told.
 */
consumers: Array<ConsumerWire>, 
/**
 * Found in the item's tags, its aliases and its last rotation, and not in the ledger yet.
 */
found: Array<FoundConsumer>, 
/**
 * How an application is to treat the key, if that was settled.
 */
definition: DefinitionRow | null, 
/**
 * The choices that each importance begins with.
 */
profiles: Array<DefinitionWire>, };

/**
 * A consumer.
 */
export type ConsumerWire = { 
/**
 * Its number; empty for one that is not in the ledger yet.
 */
id: string, 
/**
 * The word of its kind.
 */
kind: string, 
/**
 * What a person calls it.
 */
name: string, 
/**
 * Who looks after it; may be empty.
 */
owner: string, 
/**
 * Anything else; may be empty.
 */
note: string, 
/**
 * The answers to the questions of its kind.
 */
fields: { [key in string]: string }, 
/**
 * Whether it keeps what was made with the old key and has to read it still.
 */
roundTrip: boolean, 
/**
 * How many instances of it must be updated.
 */
instances: number, 
/**
 * How it is told.
 */
tell: TellWire, 
/**
 * Whether a message, a command and a webhook carry the public key itself, not its fingerprint alone.
 */
realValues: boolean, };

/**
 * Asks for an export on the clipboard.
 */
export type CopyExport = { 
/**
 * What to export.
 */
request: ExportRequest, };

/**
 * Asks for one secret value on the clipboard.
 */
export type CopySecret = { 
/**
 * The item.
 */
reference: string, 
/**
 * The version; the current one if absent.
 */
version: string | null, };

/**
 * Puts public text on the clipboard.
 */
export type CopyText = { 
/**
 * The text. Never secret: secrets are copied by reference.
 */
text: string, };

/**
 * A definition and the call that makes it.
 */
export type DefinitionRow = { 
/**
 * What was settled.
 */
definition: DefinitionWire, 
/**
 * The call in Python.
 */
python: string, };

/**
 * How an application is to treat a key.
 */
export type DefinitionWire = { 
/**
 * The name it has in the application.
 */
name: string, 
/**
 * `round-trip` or `one-way`.
 */
useCase: string, 
/**
 * Whether the application forgets between two starts which key it used last.
 */
stateless: boolean, 
/**
 * Whether the key is kept in memory between two uses.
 */
keepInCache: boolean, 
/**
 * The name of the application's function that reads the key.
 */
source: string, 
/**
 * `high`, `medium` or `low`.
 */
importance: string, 
/**
 * `halt`, `raise-immediately`, `skip-and-raise` or `skip`.
 */
strategy: string, };

/**
 * Every destruction, those that are not over first, the newest of each first.
 */
export type DestructionList = { 
/**
 * The rows.
 */
destructions: Array<DestructionRow>, };

/**
 * What a person says of a destruction.
 */
export type DestructionNote = { "is": "acknowledge", 
/**
 * Its name.
 */
finding: string, 
/**
 * Why.
 */
reason: string, } | { "is": "finish", 
/**
 * Anything to keep with it; may be empty.
 */
evidence: string, } | { "is": "go-on" } | { "is": "keep", 
/**
 * Why.
 */
reason: string, } | { "is": "look" } | { "is": "settle", 
/**
 * What was settled.
 */
settings: DestructionSettings, } | { "is": "start-over", 
/**
 * Why.
 */
reason: string, } | { "is": "withdraw", 
/**
 * Its name.
 */
finding: string, };

/**
 * An order of a destruction.
 */
export type DestructionOrderWire = { 
/**
 * For which step.
 */
step: string, 
/**
 * Its number in the journal.
 */
order: string, 
/**
 * When it was taken up.
 */
at: string, 
/**
 * Which part of the item it is about, where it is not about the whole.
 */
part: string | null, 
/**
 * `live`, `done`, `not-done` or `never-sent`.
 */
state: string, 
/**
 * Why it is not done.
 */
because: string | null, };

/**
 * An item whose destruction could not be begun.
 */
export type DestructionRefused = { 
/**
 * The reference that was asked for.
 */
reference: string, 
/**
 * Why.
 */
error: WireError, };

/**
 * One destruction in a list.
 */
export type DestructionRow = { 
/**
 * Its number.
 */
id: string, 
/**
 * The item's reference.
 */
reference: string, 
/**
 * What a person calls the item.
 */
name: string, 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The word of its phase: `evidence`, `disable`, `soak`, `schedule`, `waiting`, `done`, `kept`.
 */
phase: string, 
/**
 * Whether it is over.
 */
over: boolean, 
/**
 * What it waits for, as a sentence; empty if it is over.
 */
waitsFor: string, 
/**
 * Until when only time is in the way.
 */
until: string | null, 
/**
 * When it was begun.
 */
begun: string, 
/**
 * Until when the destruction that was ordered can be called off, if one was and the place tells it.
 */
ends: string | null, };

/**
 * What is settled for a destruction.
 */
export type DestructionSettings = { 
/**
 * Why; may be empty.
 */
reason: string, 
/**
 * A use in so many last days is in the way: 1 to 365.
 */
windowDays: number, 
/**
 * For how many days nobody touches it once it is disabled: up to 365. 0 is possible, and unwise.
 */
soakDays: number, 
/**
 * For how many days its destruction shall wait, where the place asks: within what it allows.
 */
waitDays: number, };

/**
 * A destruction as it stands.
 */
export type DestructionWire = { 
/**
 * What a list shows of it.
 */
row: DestructionRow, 
/**
 * Which state of it this is. What is done with it names the state that was seen.
 */
revision: number, 
/**
 * How the connection is marked: `production`, …
 */
environment: string | null, 
/**
 * What was settled.
 */
settings: DestructionSettings, 
/**
 * At least so many days may its destruction wait; `None` where the place settles that by itself.
 */
leastWaitDays: number | null, 
/**
 * At most so many.
 */
mostWaitDays: number | null, 
/**
 * What must be known of the place; empty if the item could not be read.
 */
facts: Array<RotationFactWire>, 
/**
 * What was found when somebody looked last.
 */
evidence: EvidenceWire | null, 
/**
 * When nothing of it could be used any more.
 */
disabled: MomentWire | null, 
/**
 * Until when nobody touches it.
 */
soaksUntil: string | null, 
/**
 * When its deletion was allowed, where that is a step.
 */
permitted: MomentWire | null, 
/**
 * When its destruction was ordered, where that waits.
 */
scheduled: MomentWire | null, 
/**
 * When it ended: gone or kept, with the reason.
 */
ended: MomentWire | null, 
/**
 * The steps at the place: `disable`, `enable`, `permit`, `forbid`, `schedule`, `cancel`, `destroy`.
 */
steps: Array<RotationStepWire>, 
/**
 * What is locked, by the word of what would be done: `acknowledge`, `finish`, `go-on`, `keep`, `look`, `settle`,
 * `start-over`. What is not here is open.
 */
locks: { [key in string]: LockWire }, 
/**
 * What was sent to the place, oldest first.
 */
orders: Array<DestructionOrderWire>, 
/**
 * What happened, oldest first.
 */
log: Array<LogWire>, 
/**
 * Why the item could not be read now.
 */
trouble: WireError | null, };

/**
 * What was begun, and what was not.
 */
export type DestructionsBegun = { 
/**
 * Those that are under way, in the order that was asked for.
 */
destructions: Array<DestructionWire>, 
/**
 * Those that could not be begun, each with its reason.
 */
refused: Array<DestructionRefused>, };

/**
 * One change of effect.
 */
export type DifferenceWire = { 
/**
 * `gains`, `loses`, `changes`, `unclear` or `nothing`.
 */
turn: string, 
/**
 * The sentence.
 */
says: string, };

/**
 * Forgets a plan that was not confirmed, with its secrets.
 */
export type DropPlan = { 
/**
 * The plan's number.
 */
order: string, };

/**
 * Writes one statement as a form has it.
 */
export type EditStatement = { 
/**
 * Which policy.
 */
target: PolicyTarget, 
/**
 * The text.
 */
text: string, 
/**
 * Its number, from 0; one beyond the last adds it.
 */
index: number, 
/**
 * The values of each field by its id; `None` removes the statement.
 */
fields: { [key in string]: Array<string> } | null, };

/**
 * What colours and words mark a connection.
 */
export type EnvironmentMark = "development" | "production" | "sandbox" | "staging";

/**
 * What was found when somebody looked.
 */
export type EvidenceWire = { 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
actor: string, 
/**
 * Until when it is taken for what is so now.
 */
holdsUntil: string, 
/**
 * How the item stood: `in-use`, `stopped`, `pending` or `gone`.
 */
standing: string, 
/**
 * `used`, `not-since` or `untold`.
 */
lastUse: string, 
/**
 * The same as a sentence. Untrusted.
 */
lastUseSays: string, 
/**
 * When it was used, or since when it was not.
 */
lastUseAt: string | null, 
/**
 * What told that: a call; empty where nothing does.
 */
source: string, 
/**
 * The rest, those in the way first.
 */
findings: Array<FindingWire>, };

/**
 * An export: files that were proven, and items that could not be exported.
 */
export type Export = { 
/**
 * One file for each item and version, or one for all where the form joins them (JWKS).
 */
files: Array<ExportFile>, 
/**
 * Items that could not be exported, by reference.
 */
failed: Array<[string, WireError]>, };

/**
 * One proven file.
 */
export type ExportFile = { 
/**
 * The item it came from; the first, where several were joined.
 */
reference: string, 
/**
 * The version it came from.
 */
version: string | null, 
/**
 * A file name that is safe on every system.
 */
fileName: string, 
/**
 * The whole text; for binary forms, its base64.
 */
text: string, 
/**
 * Whether `text` is base64 of the bytes.
 */
binary: boolean, 
/**
 * Which second parser read it back, for a person: "parsed back by AWS-LC: same RSA 2048 key".
 */
proof: string, 
/**
 * The key's fingerprints, where the form holds one key.
 */
fingerprints: Fingerprints | null, 
/**
 * What to check at the consumer afterwards, one line each: `DESC USER …`.
 */
checks: Array<string>, };

/**
 * Asks for an export to look at.
 */
export type ExportItems = { 
/**
 * What to export.
 */
request: ExportRequest, };

/**
 * What to export.
 */
export type ExportRequest = { 
/**
 * The items, by reference or address.
 */
references: Array<string>, 
/**
 * The versions; the current one if empty. With several items only the current ones are taken.
 */
versions: Array<string>, 
/**
 * The form.
 */
format: Format, 
/**
 * For [`Format::Openssh`]; the item's name if absent.
 */
comment: string | null, 
/**
 * For [`Format::Snowflake`].
 */
snowflake: SnowflakeUser | null, };

/**
 * One facet.
 */
export type FacetWire = { 
/**
 * `certificate`, `key` or `secret`.
 */
kind: string, 
/**
 * What can leave through it.
 */
leaves: LeavesWire, 
/**
 * Whether it may be opened.
 */
access: AccessWire, 
/**
 * The operations the provider allows with it, in its words.
 */
operations: Array<string>, 
/**
 * The algorithms (RFC 7518) that a test token can be signed with, the one to prefer first; none where nothing can be
 * signed.
 */
signs: Array<string>, };

/**
 * One question.
 */
export type FieldRow = { 
/**
 * Its key among the answers.
 */
name: string, 
/**
 * What a person reads.
 */
label: string, 
/**
 * One sentence that helps; may be empty.
 */
help: string, 
/**
 * `choice`, `list`, `path`, `secret` or `text`.
 */
kind: string, 
/**
 * The choices, as value and label; empty unless the kind is `choice`.
 */
choices: Array<[string, string]>, 
/**
 * Whether it must be answered when shown.
 */
required: boolean, 
/**
 * Shown only while the field of that name has one of those values.
 */
shownWhen: [string, Array<string>] | null, };

/**
 * One thing that was found.
 */
export type FindingWire = { 
/**
 * Names it over time.
 */
id: string, 
/**
 * `alias`, `consumer`, `grant`, `note`, `principal`, `unread` or `use`.
 */
kind: string, 
/**
 * What, as a sentence. Untrusted.
 */
says: string, 
/**
 * Where it was found.
 */
source: string, 
/**
 * Whether it is in the way until a person has said why it is not.
 */
blocks: boolean, 
/**
 * When that was said, by whom and why.
 */
said: MomentWire | null, };

/**
 * The answer to a pasted fingerprint.
 */
export type FingerprintVerdict = "another-form" | "match" | "mismatch" | "not-a-fingerprint" | "ssh-fingerprint" | "ssh-fingerprint-of-another-key";

/**
 * Every way consumers name a public key.
 */
export type Fingerprints = { 
/**
 * `SHA256:` and padded base64 of SHA-256 over the SPKI DER. Snowflake's `RSA_PUBLIC_KEY_FP`.
 */
spkiSha256: string, 
/**
 * The same digest as lower-case hex.
 */
spkiSha256Hex: string, 
/**
 * `SHA256:` and unpadded base64 of SHA-256 over the SSH wire form; absent where SSH has no such key.
 */
opensshSha256: string | null, 
/**
 * RFC 7638 thumbprint; absent where JWK has no such key.
 */
jwkThumbprint: string | null, };

/**
 * One kind of place, with its questions.
 */
export type FormRow = { 
/**
 * The provider's short name; sent back in a [`ConnectionDraft`].
 */
provider: string, 
/**
 * Its name for a person.
 */
title: string, 
/**
 * One sentence on what will be listed.
 */
about: string, 
/**
 * The questions.
 */
fields: Array<FieldRow>, };

/**
 * A form that a consumer wants.
 */
export type Format = "cert-chain" | "cert-der" | "cert-p7b" | "cert-pem" | "csr-pem" | "fingerprints" | "jwk" | "jwks" | "openssh" | "pkcs1-pem" | "snowflake" | "spki-der" | "spki-pem";

/**
 * A format as the studio offers it.
 */
export type FormatRow = { 
/**
 * Which.
 */
format: Format, 
/**
 * What a person reads.
 */
label: string, 
/**
 * Who wants it.
 */
purpose: string, 
/**
 * What it comes from: the facet `key` or `certificate`, or the signing `request` of a certificate that is being issued.
 */
facet: string, };

/**
 * A consumer that was found.
 */
export type FoundConsumer = { 
/**
 * Where: "tag rotation:consumer", "alias/payments-sign", "the last rotation".
 */
from: string, 
/**
 * What is known of it; without a number.
 */
consumer: ConsumerWire, };

/**
 * One sign-in found on this computer.
 */
export type FoundSignIn = { 
/**
 * The provider's short name.
 */
provider: string, 
/**
 * The provider's name for a person.
 */
title: string, 
/**
 * A name for the connection.
 */
name: string, 
/**
 * What a person reads beside it.
 */
detail: string, 
/**
 * The answers that would connect with it.
 */
answers: { [key in string]: string }, 
/**
 * Whether a connection with the same answers is already saved.
 */
connected: boolean, };

/**
 * One generation of the item's material.
 */
export type GenerationWire = { 
/**
 * The reference of the item that holds it.
 */
reference: string, 
/**
 * Its version, where there are versions.
 */
version: string | null, 
/**
 * `SHA256:…` over its SPKI, where there is a public half.
 */
fingerprint: string | null, };

/**
 * One grant.
 */
export type GrantWire = { 
/**
 * The provider's identifier.
 */
id: string, 
/**
 * Its name.
 */
name: string | null, 
/**
 * Who may use the item.
 */
grantee: string, 
/**
 * Who may give it up, beside the grantee.
 */
retiring: string | null, 
/**
 * What is allowed, in the provider's words.
 */
operations: Array<string>, 
/**
 * What narrows it, as name and value.
 */
constraints: Array<[string, string]>, 
/**
 * Since when.
 */
created: string | null, };

/**
 * One line for the shell, with what it does.
 */
export type HandLineWire = { 
/**
 * The program that it is for. The lines of one program belong together; those of another are another way.
 */
program: string, 
/**
 * What it does.
 */
says: string, 
/**
 * The line.
 */
command: string, };

/**
 * Somebody and a power, before and afterwards.
 */
export type HolderWire = { 
/**
 * As a person reads it.
 */
who: string, 
/**
 * As the policy writes it.
 */
id: string, 
/**
 * The word of the power: `decrypt`, `administer`.
 */
power: string, 
/**
 * The power as a verb: "change the policy".
 */
verb: string, 
/**
 * What held before, in words; `None` if they could not.
 */
before: StandingWire | null, 
/**
 * What holds afterwards; `None` if they cannot.
 */
after: StandingWire | null, };

/**
 * Every import, those that are not over first, the newest of each first.
 */
export type ImportList = { 
/**
 * The rows.
 */
imports: Array<ImportRow>, };

/**
 * What is settled.
 */
export type ImportNote = { "is": "finish" } | { "is": "give-up" } | { "is": "set-source", 
/**
 * The source.
 */
source: ImportSourceWire, } | { "is": "set-target", 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The vault's id within the connection.
 */
vault: string, 
/**
 * The kind of key.
 */
algorithm: string, 
/**
 * How it is wrapped: one of those that the vault takes it by.
 */
wrap: WrapWire, 
/**
 * The answers to the vault's questions.
 */
answers: { [key in string]: string }, };

/**
 * What was tried to show that the target holds the same key.
 */
export type ImportProofWire = { 
/**
 * When, by whom, and what was seen.
 */
moment: MomentWire, 
/**
 * Whether it does.
 */
holds: boolean, 
/**
 * Whether that shows which key it is, beside that it works.
 */
identifies: boolean, };

/**
 * One import in a list.
 */
export type ImportRow = { 
/**
 * Its number.
 */
id: string, 
/**
 * What a person calls it: "AES-256 to eu-west-1".
 */
title: string, 
/**
 * Where from, in words; empty before that is settled.
 */
source: string, 
/**
 * The connection that it goes through; empty before that is settled.
 */
connection: string, 
/**
 * What a person calls the vault that it goes to; empty before that is settled.
 */
vault: string, 
/**
 * The reference of the key at the target, once it is there.
 */
item: string | null, 
/**
 * The word of its phase: `target`, `source`, `wrapping-key`, `wrap`, `import`, `prove`, `done`, `given-up`.
 */
phase: string, 
/**
 * Whether it is over.
 */
over: boolean, 
/**
 * What it waits for, as a sentence; empty if it is over.
 */
waitsFor: string, 
/**
 * When it was begun.
 */
begun: string, 
/**
 * When the imported material ends by itself, if it does.
 */
expires: string | null, };

/**
 * Where a key comes from.
 */
export type ImportSourceWire = { "from": "file" } | { "from": "generated" } | { "from": "item", 
/**
 * Its reference.
 */
reference: string, 
/**
 * Which version; the current one if `None`.
 */
version: string | null, 
/**
 * Whether its place wraps it inside.
 */
inside: boolean, } | { "from": "offline" };

/**
 * Where a key is brought to.
 */
export type ImportTargetWire = { 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The vault's id within the connection.
 */
vault: string, 
/**
 * What a person calls the vault.
 */
name: string, 
/**
 * How the connection is marked: `production`, …
 */
environment: string | null, 
/**
 * The kind of key.
 */
algorithm: string, 
/**
 * How it is wrapped.
 */
wrap: WrapWire, 
/**
 * The answers to the vault's questions.
 */
answers: { [key in string]: string }, 
/**
 * Whether the place makes an item first that waits for the material.
 */
waits: boolean, 
/**
 * Why no place wraps a key inside itself for this way; `None` if one may.
 */
inside: string | null, 
/**
 * Whether other material comes than the item has had.
 */
newMaterial: boolean, };

/**
 * A vault into which keys may be brought, as far as is known without asking it.
 */
export type ImportVaultRow = { 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The vault's id within the connection.
 */
vault: string, 
/**
 * What a person calls it.
 */
name: string, 
/**
 * The provider's word for it: "Region", "transit mount".
 */
kind: string, 
/**
 * How the connection is marked: `production`, …
 */
environment: string | null, };

/**
 * The vaults of all connections that take keys.
 */
export type ImportVaults = { 
/**
 * The rows, by connection and name.
 */
vaults: Array<ImportVaultRow>, 
/**
 * The connections that could not be asked, each with its reason.
 */
silent: Array<[string, WireError]>, };

/**
 * An import as it stands.
 */
export type ImportWire = { 
/**
 * What a list shows of it.
 */
row: ImportRow, 
/**
 * Which state of it this is. What is done with it names the state that was seen.
 */
revision: number, 
/**
 * The number of the import whose key comes once more.
 */
again: string | null, 
/**
 * Where to, and how.
 */
target: ImportTargetWire | null, 
/**
 * Where from.
 */
source: ImportSourceWire | null, 
/**
 * The steps at the places, in order, without those that this import has not.
 */
steps: Array<string>, 
/**
 * Whether a wrapping key is fetched and in memory.
 */
wrappingKey: WrappingKeyWire | null, 
/**
 * Wrapping keys that were loaded into the source's vault and are still there, by reference.
 */
loaded: Array<string>, 
/**
 * How it was wrapped last.
 */
wrapped: WrappedWire | null, 
/**
 * Whether the wrapped key is in memory, so that it can be sent.
 */
packed: boolean, 
/**
 * When the target took it.
 */
imported: MomentWire | null, 
/**
 * What was tried to show that it is the same key.
 */
proof: ImportProofWire | null, 
/**
 * What is locked, by the word of what would be done: `set-target`, `set-source`, `prepare`, `fetch`, `load`, `wrap`,
 * `remove`, `import`, `prove`, `finish`, `give-up`. What is not here is open.
 */
locks: { [key in string]: LockWire }, 
/**
 * What to do with the key now, once it is there.
 */
afterwards: Array<AfterwardsWire>, 
/**
 * What was sent to the places, oldest first.
 */
orders: Array<RotationOrderWire>, 
/**
 * What happened, oldest first.
 */
log: Array<LogWire>, };

/**
 * A text to copy.
 */
export type InstructionWire = { 
/**
 * What it is.
 */
label: string, 
/**
 * The text.
 */
text: string, 
/**
 * How it was proven, where it holds a key.
 */
proof: string | null, };

/**
 * Texts to copy, or why there are none yet.
 */
export type InstructionsWire = { 
/**
 * The texts.
 */
texts: Array<InstructionWire>, 
/**
 * Why they cannot be written yet.
 */
missing: WireError | null, };

/**
 * One event of a watch. Rows come in batches of at most 200.
 */
export type InventoryEvent = { "event": "rows", 
/**
 * The rows.
 */
rows: Array<ItemRow>, } | { "event": "gone", 
/**
 * Their references.
 */
references: Array<string>, } | { "event": "vault", 
/**
 * The vault.
 */
vault: VaultRow, } | { "event": "connection-failed", 
/**
 * The connection's name.
 */
connection: string, 
/**
 * Why.
 */
error: WireError, } | { "event": "finished", 
/**
 * Whether it was cancelled.
 */
cancelled: boolean, };

/**
 * One item of the inventory.
 */
export type ItemRow = { 
/**
 * Names the item across all connections: `connection/vault/id`.
 */
ref: string, 
/**
 * The provider's short name, for filters and for reading; the window must not decide anything by it.
 */
provider: string, 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The vault's id within the connection.
 */
vault: string, 
/**
 * What a person calls the item. Untrusted.
 */
name: string, 
/**
 * The provider's word for what it is.
 */
kind: string, 
/**
 * `certificate`, `key`, `secret`: which facets it has.
 */
facets: Array<string>, 
/**
 * The kind of key, such as `RSA 2048`.
 */
algorithm: string | null, 
/**
 * `enabled`, `disabled`, `pending-deletion`, …, or the provider's own word.
 */
state: string, 
/**
 * When it was made.
 */
created: string | null, 
/**
 * When it ends by itself.
 */
expires: string | null, 
/**
 * Why parts of the row are missing.
 */
trouble: WireError | null, };

/**
 * One opened item.
 */
export type ItemWire = { 
/**
 * The row, read afresh.
 */
row: ItemRow, 
/**
 * The vault's name for a person.
 */
vaultName: string, 
/**
 * The version in use.
 */
currentVersion: string | null, 
/**
 * Certificate, key and secret, in this order; always all three. One that the item has not is `absent`.
 */
facets: Array<FacetWire>, 
/**
 * Newest first.
 */
versions: Array<VersionWire>, 
/**
 * The current certificate, leaf first with its chain; empty without a certificate facet that can be read.
 */
certificates: Array<CertificateReading>, 
/**
 * Why the certificate could not be read.
 */
certificateTrouble: WireError | null, 
/**
 * The current public key's fingerprints, where it can be read.
 */
fingerprints: Fingerprints | null, 
/**
 * Why the public key could not be read.
 */
publicKeyTrouble: WireError | null, 
/**
 * What else it shows.
 */
aspects: Array<AspectWire>, 
/**
 * What may be done now, and for everything else, why not.
 */
offers: Array<OfferWire>, };

/**
 * One entry.
 */
export type JournalEntry = { "entry": "accepted", 
/**
 * Its place in the chain.
 */
sequence: number, 
/**
 * When.
 */
at: string, 
/**
 * What was wrong.
 */
because: string, } | { "entry": "order", 
/**
 * The order.
 */
order: OrderWire, } | { "entry": "told", 
/**
 * The place of its record in the chain.
 */
sequence: number, 
/**
 * When.
 */
at: string, 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The item's reference.
 */
reference: string, 
/**
 * The rotation's number.
 */
rotation: string, 
/**
 * What a person calls the consumer.
 */
consumer: string, 
/**
 * The program, or the host of the webhook.
 */
target: string, 
/**
 * Whether it was taken; `None` for the record before it.
 */
done: boolean | null, 
/**
 * On what grounds, or why not; empty before.
 */
says: string, } | { "entry": "write-mode", 
/**
 * Its place in the chain.
 */
sequence: number, 
/**
 * When.
 */
at: string, 
/**
 * The connection's name.
 */
connection: string, 
/**
 * Until when; `None` for read-only again.
 */
until: string | null, };

/**
 * A page of the journal.
 */
export type JournalPage = { 
/**
 * Newest first.
 */
entries: Array<JournalEntry>, 
/**
 * Whether there are older ones.
 */
more: boolean, 
/**
 * How many orders are unsettled in the whole journal: unknown, or ended between two steps.
 */
unsettled: number, };

/**
 * What can leave the vault through a facet.
 */
export type LeavesWire = "nothing" | "private-material" | "public-part";

/**
 * Whether an item's key leaves its place.
 */
export type LeavingWire = { 
/**
 * The item's reference, in full.
 */
reference: string, 
/**
 * What a person calls it.
 */
name: string, 
/**
 * What kind of key it is, if that is known.
 */
algorithm: string | null, 
/**
 * The versions, newest first.
 */
versions: Array<string>, 
/**
 * Why the material does not leave as it is; `None` if it does.
 */
plain: string | null, 
/**
 * Why the place does not wrap it inside; `None` if it does.
 */
wrapped: string | null, };

/**
 * Asks for the ledger of an item.
 */
export type ListConsumers = { 
/**
 * The item's reference.
 */
reference: string, };

/**
 * Asks for a page of the journal, newest first.
 */
export type ListJournal = { 
/**
 * Words that must all occur in the entry; `result:unknown`, `connection:prod`, `ask:disable` and `actor:maria` look
 * at one thing only.
 */
filter: string, 
/**
 * Only what is about this item.
 */
reference: string | null, 
/**
 * Only entries that begin before this place in the chain; from the newest on if absent.
 */
before: number | null, 
/**
 * At most so many entries; 200 if absent.
 */
limit: number | null, };

/**
 * Why something cannot be done now.
 */
export type LockWire = { 
/**
 * What is in the way, without a full stop.
 */
because: string, 
/**
 * What to do first.
 */
next: string, 
/**
 * When it opens by itself.
 */
until: string | null, };

/**
 * Whether whoever changes a policy could change it again.
 */
export type LockoutWire = { 
/**
 * `keeps`, `loses` or `cannot-tell`.
 */
caller: string, 
/**
 * Why.
 */
says: string, 
/**
 * What to do where they would not.
 */
next: string | null, 
/**
 * Who else could, in words.
 */
others: Array<string>, };

/**
 * One line of what happened.
 */
export type LogWire = { 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
actor: string, 
/**
 * What.
 */
says: string, };

/**
 * Puts a template's part into a text, or takes it out.
 */
export type MergePolicy = { 
/**
 * Which policy.
 */
target: PolicyTarget, 
/**
 * The text.
 */
text: string, 
/**
 * The template.
 */
template: string, 
/**
 * The answers by question.
 */
answers: { [key in string]: string }, 
/**
 * Whether it is taken out instead.
 */
takeBack: boolean, };

/**
 * A text after a part was put in or taken out.
 */
export type MergedPolicy = { 
/**
 * The whole text.
 */
text: string, 
/**
 * Whether it changed.
 */
changed: boolean, 
/**
 * What was done.
 */
says: string, };

/**
 * Something that happened.
 */
export type MomentWire = { 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
actor: string, 
/**
 * On what grounds.
 */
evidence: string, };

/**
 * Names a destruction.
 */
export type NameDestruction = { 
/**
 * Its number.
 */
destruction: string, };

/**
 * Names an import.
 */
export type NameImport = { 
/**
 * Its number.
 */
import: string, };

/**
 * Names one order.
 */
export type NameOrder = { 
/**
 * Its number.
 */
order: string, };

/**
 * Names a sign-in that waits for a person.
 */
export type NamePrompt = { 
/**
 * Its number.
 */
id: number, };

/**
 * Names a rotation.
 */
export type NameRotation = { 
/**
 * Its number.
 */
rotation: string, };

/**
 * Names a consumer of a rotation.
 */
export type NameRun = { 
/**
 * The rotation's number.
 */
rotation: string, 
/**
 * The consumer's number.
 */
consumer: string, };

/**
 * Does something with a destruction that touches nothing at the place.
 */
export type NoteDestruction = { 
/**
 * Its number.
 */
destruction: string, 
/**
 * The state that was seen.
 */
revision: number, 
/**
 * What.
 */
note: DestructionNote, };

/**
 * Settles something of an import. Nothing is sent to a place.
 */
export type NoteImport = { 
/**
 * Its number.
 */
import: string, 
/**
 * The state that was seen.
 */
revision: number, 
/**
 * What.
 */
note: ImportNote, };

/**
 * Does something with a rotation that touches nothing at the place.
 */
export type NoteRotation = { 
/**
 * Its number.
 */
rotation: string, 
/**
 * The state that was seen.
 */
revision: number, 
/**
 * What.
 */
note: RotationNote, };

/**
 * An empty request or answer.
 */
export type Nothing = Record<symbol, never>;

/**
 * What may be done now.
 */
export type OfferWire = { 
/**
 * The word of the ask: `disable`, `export-public-key`.
 */
ask: string, 
/**
 * Whether it changes something, so that it takes a plan.
 */
changes: boolean, 
/**
 * Whether it will work; `None` where only trying will tell.
 */
allowed: boolean | null, 
/**
 * Why not, or which call would settle it.
 */
because: string | null, 
/**
 * The missing permission, literally.
 */
permission: string | null, };

/**
 * Opens one item.
 */
export type OpenItem = { 
/**
 * Its reference, or an address (an ARN, a URL) of any saved connection.
 */
reference: string, };

/**
 * Makes or opens the practice keystore.
 */
export type OpenPracticeKeystore = Record<symbol, never>;

/**
 * Asks what may be made in a vault.
 */
export type OpenVault = { 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The vault's id within the connection.
 */
vault: string, };

/**
 * What became of an order.
 */
export type OrderState = "abandoned" | "done" | "paused" | "running" | "unknown";

/**
 * One call of an order.
 */
export type OrderStep = { 
/**
 * What it does.
 */
says: string, 
/**
 * The provider's name of the call.
 */
operation: string, 
/**
 * The same as a line for the shell.
 */
command: string, 
/**
 * `intent`, `sent`, `observed`, `verified`, `unknown` or `abandoned`.
 */
state: string, 
/**
 * What a reading showed.
 */
evidence: string | null, 
/**
 * The provider's request id.
 */
requestId: string | null, };

/**
 * A confirmed change and what became of it.
 */
export type OrderWire = { 
/**
 * Its number.
 */
order: string, 
/**
 * The place of its first record in the chain.
 */
sequence: number, 
/**
 * When it was confirmed.
 */
at: string, 
/**
 * The connection's name.
 */
connection: string, 
/**
 * Who, as the provider said.
 */
actor: string, 
/**
 * The word of the ask.
 */
ask: string, 
/**
 * One line: "Disable payments-sign".
 */
title: string, 
/**
 * The item it is about, or that it made, if there is one to open.
 */
reference: string | null, 
/**
 * What became of it.
 */
state: OrderState, 
/**
 * The calls and what became of each.
 */
steps: Array<OrderStep>, 
/**
 * Why it is unknown or was given up.
 */
error: WireError | null, 
/**
 * Whether it can be taken back now.
 */
undo: UndoWire, 
/**
 * Every record, oldest first: place in the chain, time, and what it says.
 */
records: Array<RecordWire>, };

/**
 * Asks for the plan of a change. `Debug` hides the secrets, and they are wiped afterwards.
 */
export type PlanChange = { 
/**
 * The word of the ask.
 */
ask: string, 
/**
 * Of what.
 */
target: TargetWire, 
/**
 * The answers that are not secret.
 */
answers: { [key in string]: string }, 
/**
 * The secret answers: typed by the person, sent once, never sent back.
 */
secrets: { [key in string]: string }, };

/**
 * Asks for the plan of a step at the place.
 */
export type PlanDestruction = { 
/**
 * The destruction's number.
 */
destruction: string, 
/**
 * The word of the step.
 */
step: string, };

/**
 * Asks for the plan of an import's step.
 */
export type PlanImport = { 
/**
 * Its number.
 */
import: string, 
/**
 * The step: `prepare`, `load`, `remove` or `import`.
 */
step: string, };

/**
 * Asks for the plan of a step at the place.
 */
export type PlanRotation = { 
/**
 * The rotation's number.
 */
rotation: string, 
/**
 * The word of the step.
 */
step: string, };

/**
 * A plan as a person reads it. Nothing has been done.
 */
export type PlanWire = { 
/**
 * The number its order will have.
 */
order: string, 
/**
 * Names exactly what is shown here.
 */
digest: string, 
/**
 * The word of the ask.
 */
ask: string, 
/**
 * One line: "Disable payments-sign".
 */
title: string, 
/**
 * The name to type for the tier `name`.
 */
name: string, 
/**
 * The connection it goes through.
 */
connection: string, 
/**
 * How the connection is marked: `production`, …
 */
environment: string | null, 
/**
 * Who does it, as the provider says.
 */
actor: string, 
/**
 * What it takes to confirm.
 */
tier: TierWire, 
/**
 * What will be different afterwards.
 */
effects: Array<string>, 
/**
 * What must be known before.
 */
warnings: Array<string>, 
/**
 * The calls.
 */
steps: Array<StepWire>, 
/**
 * Whether it can be taken back afterwards.
 */
undo: UndoWire, 
/**
 * Why it cannot be confirmed now: the connection is read-only.
 */
blocked: WireError | null, };

/**
 * The policies that decide about an item.
 */
export type PoliciesWire = { 
/**
 * The item's reference.
 */
reference: string, 
/**
 * Its name for a person.
 */
name: string, 
/**
 * The connection's name.
 */
connection: string, 
/**
 * How the connection is marked: `production`, …
 */
environment: string | null, 
/**
 * Those that decide about this item first.
 */
policies: Array<PolicyRow>, 
/**
 * As whom they would be changed, in the place's words; `None` if that could not be told.
 */
caller: string | null, 
/**
 * What could not be read around them, a sentence each.
 */
unread: Array<string>, 
/**
 * Whether one of them may be changed at all.
 */
change: OfferWire, };

/**
 * A text that was begun and not applied.
 */
export type PolicyDraftWire = { 
/**
 * What the policy read when the draft was begun.
 */
base: string, 
/**
 * The draft.
 */
text: string, 
/**
 * When it was last kept, as RFC 3339.
 */
at: string, };

/**
 * One finding of a lint.
 */
export type PolicyFindingWire = { 
/**
 * Names the lint: `public-principal`.
 */
code: string, 
/**
 * `error`, `warning` or `note`.
 */
severity: string, 
/**
 * Where it begins.
 */
from: number, 
/**
 * Where it ends.
 */
to: number, 
/**
 * What is so.
 */
message: string, 
/**
 * What to do.
 */
next: string | null, 
/**
 * What a button that settles it says, and the whole text afterwards.
 */
fix: PolicyFixWire | null, };

/**
 * Edits that settle a finding.
 */
export type PolicyFixWire = { 
/**
 * As a button says it.
 */
says: string, 
/**
 * The whole text afterwards.
 */
text: string, };

/**
 * What a policy read before a change.
 */
export type PolicyPastWire = { 
/**
 * The number of the order that changed it.
 */
order: string, 
/**
 * When, as RFC 3339.
 */
at: string, 
/**
 * Who changed it.
 */
actor: string, 
/**
 * What it read before.
 */
before: string, };

/**
 * What a text means.
 */
export type PolicyReading = { 
/**
 * The word of its language.
 */
language: string, 
/**
 * What should be known, in the order of the text.
 */
findings: Array<PolicyFindingWire>, 
/**
 * What it says, a sentence or more for each statement.
 */
sentences: Array<PolicySentenceWire>, 
/**
 * Who could do what before and who could afterwards.
 */
who: Array<HolderWire>, 
/**
 * What changes in effect, in sentences.
 */
differences: Array<DifferenceWire>, 
/**
 * Whether whoever changes it could change it again.
 */
lockout: LockoutWire, 
/**
 * The statements as a form edits them; none where the language has no form.
 */
statements: Array<StatementWire>, };

/**
 * One policy.
 */
export type PolicyRow = { 
/**
 * Its name at the place.
 */
id: string, 
/**
 * What a person calls it: "Key policy", "ACL policy payments".
 */
title: string, 
/**
 * The word of its language: `aws-key`, `vault-acl`.
 */
language: string, 
/**
 * The text as it is; empty if it could not be read.
 */
text: string, 
/**
 * Why it could not be read.
 */
trouble: WireError | null, 
/**
 * What it decides about beside this item.
 */
reach: string, 
/**
 * Whether it says anything of this item; the others are the place's, and shown last.
 */
ofItem: boolean, 
/**
 * Whether this identity may write it.
 */
write: OfferWire, 
/**
 * What can be put into it by a form.
 */
templates: Array<TemplateWire>, 
/**
 * The draft that was begun, if one was.
 */
draft: PolicyDraftWire | null, 
/**
 * What it read before changes that were made here, newest first.
 */
history: Array<PolicyPastWire>, };

/**
 * One sentence about a part of a text.
 */
export type PolicySentenceWire = { 
/**
 * It.
 */
says: string, 
/**
 * Where the part begins.
 */
from: number, 
/**
 * Where it ends.
 */
to: number, };

/**
 * Names a policy of an item, or a text of a language that is of no item.
 */
export type PolicyTarget = { "is": "item", 
/**
 * The item's reference.
 */
reference: string, 
/**
 * The policy's name at the place.
 */
policy: string, } | { "is": "text", 
/**
 * The word of its language; told from the text if there is none.
 */
language: string | null, 
/**
 * The full address of the item that it is for, where that is known: an ARN.
 */
item: string | null, };

/**
 * What the person chose.
 */
export type Preferences = { 
/**
 * Light, dark or as the system says.
 */
theme: Theme, 
/**
 * Rows of 28 instead of 36 pixels.
 */
compact: boolean, 
/**
 * Whether single letters are shortcuts (WCAG 2.1.4 wants them to be switchable).
 */
singleKeys: boolean, 
/**
 * References of pinned items.
 */
pins: Array<string>, };

/**
 * Somebody who is let in.
 */
export type PrincipalWire = { 
/**
 * The identifier.
 */
id: string, 
/**
 * The kind, in the place's word.
 */
kind: string, 
/**
 * By what: a role, or permissions.
 */
by: string, 
/**
 * Where that was given.
 */
scope: string, 
/**
 * The faces it opens: `certificate`, `key`, `secret`.
 */
opens: Array<string>, };

/**
 * The form of a file with a private key. `Debug` hides the password.
 */
export type PrivateForm = { "is": "pem" } | { "is": "pfx", 
/**
 * Typed by the person, sent once, never sent back. Never empty.
 */
password: string, };

/**
 * All sign-ins that wait for a person.
 */
export type PromptList = { 
/**
 * The oldest first.
 */
prompts: Array<PromptRow>, };

/**
 * A sign-in that waits for a person.
 */
export type PromptRow = { 
/**
 * Its number, for [`NamePrompt`].
 */
id: number, 
/**
 * Where one signs in: "tenant contoso.onmicrosoft.com".
 */
place: string, 
/**
 * The address of the page.
 */
page: string, 
/**
 * The code to type there, where the page asks for one.
 */
code: string | null, 
/**
 * When it is too late.
 */
until: string, };

/**
 * One question.
 */
export type QuestionWire = { 
/**
 * Its name among the answers.
 */
name: string, 
/**
 * What a person reads.
 */
label: string, 
/**
 * One sentence that helps; may be empty.
 */
help: string, 
/**
 * `choice`, `file`, `flag`, `lines`, `list`, `number`, `pairs`, `secret`, `several` or `text`. Every answer is a
 * text: a file's is its path on this computer, a flag's is `true` or `false`, those of `list` and `several` are separated by commas, that of `pairs` is a JSON
 * array of arrays of two texts.
 */
kind: string, 
/**
 * The values of `choice` and `several`, each with its label.
 */
choices: Array<[string, string]>, 
/**
 * The least `number`, as text.
 */
least: string | null, 
/**
 * The greatest `number`, as text.
 */
most: string | null, 
/**
 * Whether it must be answered when shown.
 */
required: boolean, 
/**
 * Shown only while the question of that name has one of these answers.
 */
shownWhen: [string, Array<string>] | null, 
/**
 * The answer to begin with.
 */
preset: string | null, };

/**
 * Asks what a text means, and what it would change.
 */
export type ReadPolicy = { 
/**
 * Which policy.
 */
target: PolicyTarget, 
/**
 * What it read before: differences are told against it.
 */
base: string, 
/**
 * The text.
 */
text: string, };

/**
 * One record of the chain.
 */
export type RecordWire = { 
/**
 * Its place in the chain, from 1.
 */
sequence: number, 
/**
 * When, by this computer's clock.
 */
at: string, 
/**
 * What: `intent`, `sent`, `observed`, `verified`, `unknown` or `abandoned`.
 */
event: string, 
/**
 * Its hash, in hex.
 */
hash: string, };

/**
 * Forgets a connection.
 */
export type RemoveConnection = { 
/**
 * Its name.
 */
name: string, };

/**
 * Names a consumer of the ledger.
 */
export type RemoveConsumer = { 
/**
 * The item's reference.
 */
reference: string, 
/**
 * The consumer's number.
 */
consumer: string, };

/**
 * Asks for one secret value on screen.
 */
export type RevealSecret = { 
/**
 * The item.
 */
reference: string, 
/**
 * The version; the current one if absent.
 */
version: string | null, };

/**
 * One secret value, the only answer that carries one. Wiped on drop; `Debug` hides it.
 */
export type Revealed = { 
/**
 * The value as text; base64 where it is not UTF-8.
 */
value: string, 
/**
 * Whether `value` is base64.
 */
binary: boolean, 
/**
 * For how many seconds the window may show it.
 */
seconds: number, };

/**
 * What taking a rotation back means.
 */
export type RollBackWire = { 
/**
 * What is reverted, one sentence each.
 */
reverts: Array<string>, 
/**
 * What cannot be, one sentence each.
 */
stays: Array<string>, 
/**
 * The names of those who must be told again.
 */
tell: Array<string>, };

/**
 * What a place does or does not do, with its source.
 */
export type RotationFactWire = { 
/**
 * One sentence.
 */
says: string, 
/**
 * The page that says so.
 */
source: string, 
/**
 * When that was looked up: a day.
 */
checked: string, };

/**
 * Every rotation, those that are not over first, the newest of each first.
 */
export type RotationList = { 
/**
 * The rows.
 */
rotations: Array<RotationRow>, };

/**
 * One method at an item.
 */
export type RotationMethodWire = { 
/**
 * Its word: `in-place`, `new-key`, `new-version`, `renew`.
 */
method: string, 
/**
 * Why it does not work here; `None` if it does.
 */
refused: string | null, 
/**
 * The missing permission, if that is the reason.
 */
permission: string | null, 
/**
 * `at-once`, `by-alias` or `by-hand`.
 */
switch: string, 
/**
 * What must be known of it.
 */
facts: Array<RotationFactWire>, };

/**
 * What a person says of a rotation.
 */
export type RotationNote = { "is": "back" } | { "is": "choose", 
/**
 * Its word.
 */
method: string, } | { "is": "confirm-switch", 
/**
 * On what grounds.
 */
evidence: string, } | { "is": "confirm-switch-back", 
/**
 * On what grounds.
 */
evidence: string, } | { "is": "discard" } | { "is": "fail", 
/**
 * Its number.
 */
consumer: string, 
/**
 * Why.
 */
error: string, } | { "is": "finish", 
/**
 * Anything to keep with it; may be empty.
 */
evidence: string, } | { "is": "finish-roll-back" } | { "is": "forward" } | { "is": "go-on" } | { "is": "join", 
/**
 * Its number.
 */
consumer: string, } | { "is": "leave-back-path", 
/**
 * Its number.
 */
consumer: string, 
/**
 * On what grounds.
 */
evidence: string, } | { "is": "leave-out", 
/**
 * Its number.
 */
consumer: string, 
/**
 * Why.
 */
evidence: string, } | { "is": "paste-description", 
/**
 * The consumer's number.
 */
consumer: string, 
/**
 * The text.
 */
pasted: string, 
/**
 * Whether the older of two keys, which nobody uses, is replaced.
 */
replaceOlder: boolean, } | { "is": "paste-fingerprint", 
/**
 * The consumer's number.
 */
consumer: string, 
/**
 * The text.
 */
pasted: string, } | { "is": "pin", 
/**
 * On what grounds.
 */
evidence: string, } | { "is": "remove-old", 
/**
 * Its number.
 */
consumer: string, 
/**
 * On what grounds.
 */
evidence: string, } | { "is": "roll-back", 
/**
 * Why.
 */
reason: string, } | { "is": "set-scope", 
/**
 * What was settled.
 */
settings: RotationSettings, } | { "is": "succeed", 
/**
 * Its number.
 */
consumer: string, 
/**
 * How many more.
 */
instances: number, 
/**
 * On what grounds.
 */
evidence: string, } | { "is": "tell", 
/**
 * Its number.
 */
consumer: string, } | { "is": "tell-back", 
/**
 * Its number.
 */
consumer: string, 
/**
 * On what grounds.
 */
evidence: string, } | { "is": "verify", 
/**
 * Its number.
 */
consumer: string, 
/**
 * On what grounds.
 */
evidence: string, };

/**
 * An order of a rotation.
 */
export type RotationOrderWire = { 
/**
 * For which step.
 */
step: string, 
/**
 * Its number in the journal.
 */
order: string, 
/**
 * When it was taken up.
 */
at: string, 
/**
 * `live`, `done`, `not-done` or `never-sent`.
 */
state: string, 
/**
 * Why it is not done.
 */
because: string | null, };

/**
 * Claviger's own test of the new material, as it was made. The token itself is not handed out.
 */
export type RotationProof = { 
/**
 * The header of the token that was signed.
 */
header: string, 
/**
 * Its claims.
 */
claims: string, 
/**
 * Who verified it, with what.
 */
proof: string, 
/**
 * The rotation afterwards.
 */
rotation: RotationWire, };

/**
 * One rotation in a list.
 */
export type RotationRow = { 
/**
 * Its number.
 */
id: string, 
/**
 * The item's reference.
 */
reference: string, 
/**
 * What a person calls the item.
 */
name: string, 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The word of its phase: `scope`, `method`, `consumers`, `create`, `distribute`, `verify`, `switch`, `retire`, `done`,
 * `rolling-back`, `rolled-back`.
 */
phase: string, 
/**
 * Whether it is over.
 */
over: boolean, 
/**
 * What it waits for, as a sentence; empty if it is over.
 */
waitsFor: string, 
/**
 * Until when only time is in the way.
 */
until: string | null, 
/**
 * When it was begun.
 */
begun: string, 
/**
 * By when everybody is to be done.
 */
due: string | null, 
/**
 * How many consumers take part.
 */
consumers: number, 
/**
 * How many of them have the new material.
 */
updated: number, 
/**
 * How many could not be told or updated.
 */
failed: number, 
/**
 * How many are on the back path.
 */
onBackPath: number, };

/**
 * One rule of rotation.
 */
export type RotationRuleWire = { 
/**
 * What happens, in words.
 */
says: string, 
/**
 * The same as the place writes it: `P18M`.
 */
written: string, 
/**
 * When it is due next.
 */
next: string | null, };

/**
 * What is settled for a run.
 */
export type RotationSettings = { 
/**
 * Why; may be empty.
 */
reason: string, 
/**
 * `halt`, `raise-immediately`, `skip-and-raise` or `skip`.
 */
strategy: string, 
/**
 * How long both are kept valid after the switch, in hours: up to 8,760.
 */
soakHours: number, 
/**
 * How long the old material stays disabled before its destruction is ordered, in days: up to 365.
 */
waitDays: number, 
/**
 * By when everybody is to be done: RFC 3339.
 */
due: string | null, };

/**
 * A step at the place.
 */
export type RotationStepWire = { 
/**
 * Its word.
 */
step: string, 
/**
 * Why the place has no such step by this method; `None` if it has.
 */
absent: string | null, 
/**
 * Why it is locked now; `None` if it is open.
 */
lock: LockWire | null, };

/**
 * A rotation as it stands.
 */
export type RotationWire = { 
/**
 * What a list shows of it.
 */
row: RotationRow, 
/**
 * Which state of it this is. What is done with it names the state that was seen.
 */
revision: number, 
/**
 * How the connection is marked: `production`, …
 */
environment: string | null, 
/**
 * What was settled for the run.
 */
settings: RotationSettings, 
/**
 * The methods at this item; empty if the item could not be read, and then `trouble` says why.
 */
methods: Array<RotationMethodWire>, 
/**
 * The word of the chosen method.
 */
method: string | null, 
/**
 * How users come to the new material: `at-once`, `by-alias` or `by-hand`.
 */
switch: string | null, 
/**
 * The name that users know, for `by-alias`.
 */
alias: string | null, 
/**
 * What is replaced.
 */
old: GenerationWire, 
/**
 * What was made.
 */
new: GenerationWire | null, 
/**
 * Whether signers must be said to name the old version before the new one is made.
 */
needsPin: boolean, 
/**
 * When that was said.
 */
pinned: MomentWire | null, 
/**
 * Everybody who must hear of it, in order.
 */
runs: Array<RunWire>, 
/**
 * Claviger's own test of the new material.
 */
proof: MomentWire | null, 
/**
 * Whether such a test can be made here.
 */
provable: boolean, 
/**
 * When the users came to the new material.
 */
switched: MomentWire | null, 
/**
 * Until when both are kept valid.
 */
soaksUntil: string | null, 
/**
 * When the use of the old material was stopped.
 */
disabled: MomentWire | null, 
/**
 * Until when it stays so before it is destroyed.
 */
waitsUntil: string | null, 
/**
 * When its destruction was ordered.
 */
deleted: MomentWire | null, 
/**
 * The steps at the place: `create`, `switch`, `disable-old`, `delete-old`, `keep-old`, `enable-old`, `switch-back`,
 * `disable-new`.
 */
steps: Array<RotationStepWire>, 
/**
 * What is locked, by the word of what would be done: `go-on`, `back`, `finish`, `confirm-switch`, `roll-back`,
 * `forward`, `finish-roll-back`, `confirm-switch-back`, `discard`, `pin`, `prove`; with a consumer's number behind a
 * colon `tell:ID`, `succeed:ID`, `fail:ID`, `verify:ID`, `look:ID`, `take-slots:ID`, `leave-back-path:ID`,
 * `remove-old:ID`, `leave-out:ID`, `tell-back:ID`. What is not here is open.
 */
locks: { [key in string]: LockWire }, 
/**
 * What taking it back means now.
 */
rollBack: RollBackWire, 
/**
 * What was sent to the place, oldest first.
 */
orders: Array<RotationOrderWire>, 
/**
 * What happened, oldest first.
 */
log: Array<LogWire>, 
/**
 * Why the item could not be read now.
 */
trouble: WireError | null, };

/**
 * One consumer in a rotation.
 */
export type RunWire = { 
/**
 * Who it is.
 */
consumer: ConsumerWire, 
/**
 * `PENDING`, `IN_PROGRESS`, `SUCCEEDED` or `FAILED`.
 */
state: string, 
/**
 * Every try, oldest first.
 */
attempts: Array<AttemptWire>, 
/**
 * How many instances are updated.
 */
instancesDone: number, 
/**
 * Since when it is shown to work with the new material.
 */
verified: MomentWire | null, 
/**
 * Whether something of it still needs the old material.
 */
onBackPath: boolean, 
/**
 * Since when it does not, if it did.
 */
offBackPath: MomentWire | null, 
/**
 * Whether it holds the old key beside the new one.
 */
holdsTwo: boolean, 
/**
 * Since when the old one is gone from it.
 */
oldRemoved: MomentWire | null, 
/**
 * When it went back to the old material.
 */
toldBack: MomentWire | null, 
/**
 * Why it takes no part any more.
 */
left: MomentWire | null, 
/**
 * How it is found out that it has the new key: as [`ConsumerKindRow::check`](crate::ConsumerKindRow).
 */
check: string, 
/**
 * Its slots, where it has two and they are known.
 */
slots: SlotsWire | null, 
/**
 * What its address publishes, where it has one and was looked at.
 */
watched: WatchedWire | null, 
/**
 * How it gets the new key.
 */
update: InstructionsWire, 
/**
 * How the old one is taken away from it.
 */
removal: InstructionsWire, 
/**
 * How it goes back.
 */
back: InstructionsWire, 
/**
 * The text for its owner.
 */
message: string, };

/**
 * Asks for a backup of an item as a file.
 */
export type SaveBackup = { 
/**
 * The item, by reference or address.
 */
reference: string, };

/**
 * Keeps a consumer. `Debug` hides the secret, and it is wiped afterwards.
 */
export type SaveConsumer = { 
/**
 * The item's reference.
 */
reference: string, 
/**
 * The consumer; with an empty number it is a new one.
 */
consumer: ConsumerWire, 
/**
 * The secret that its webhook is signed with; `None` keeps the one that is there.
 */
secret: string | null, };

/**
 * Keeps the definition of an item's key.
 */
export type SaveDefinition = { 
/**
 * The item's reference.
 */
reference: string, 
/**
 * What was settled.
 */
definition: DefinitionWire, };

/**
 * Saves the evidence sheet of a destruction.
 */
export type SaveDestructionSheet = { 
/**
 * The destruction's number.
 */
destruction: string, 
/**
 * As what.
 */
form: SheetForm, };

/**
 * Asks for an export as a file or several.
 */
export type SaveExport = { 
/**
 * What to export.
 */
request: ExportRequest, };

/**
 * Keeps a draft, or forgets it.
 */
export type SavePolicyDraft = { 
/**
 * The item's reference.
 */
reference: string, 
/**
 * The policy's name at the place.
 */
policy: string, 
/**
 * What the policy read when the draft was begun.
 */
base: string, 
/**
 * The draft; `None` forgets it.
 */
text: string | null, };

/**
 * Asks for a certificate with its private key as a file.
 */
export type SavePrivateKey = { 
/**
 * The item, by reference or address.
 */
reference: string, 
/**
 * The version; the current one if absent.
 */
version: string | null, 
/**
 * The form of the file.
 */
form: PrivateForm, };

/**
 * Where the files went.
 */
export type Saved = { 
/**
 * The paths; empty if the person cancelled.
 */
paths: Array<string>, };

/**
 * Pins or unpins an item.
 */
export type SetPin = { 
/**
 * The item.
 */
reference: string, 
/**
 * Whether it shall be pinned.
 */
pinned: boolean, };

/**
 * Keeps theme, density and shortcuts; the pins in it are ignored.
 */
export type SetPreferences = { 
/**
 * The choices.
 */
preferences: Preferences, };

/**
 * Allows changes through a connection for fifteen minutes, or no longer.
 */
export type SetWriteMode = { 
/**
 * The connection's name.
 */
connection: string, 
/**
 * Whether changes shall be allowed.
 */
on: boolean, };

/**
 * The form of an evidence sheet.
 */
export type SheetForm = "html" | "json";

/**
 * Sign-ins found on this computer.
 */
export type SignInList = { 
/**
 * The sign-ins.
 */
found: Array<FoundSignIn>, };

/**
 * Asks for a test token, signed by a key where it is.
 */
export type SignTest = { 
/**
 * The item, by reference or address.
 */
reference: string, 
/**
 * The version; the current one if absent.
 */
version: string | null, 
/**
 * One of the facet's `signs`; the first if absent.
 */
algorithm: string | null, };

/**
 * A test token. It is for nobody and lasts a minute.
 */
export type SignedTest = { 
/**
 * How it was signed.
 */
algorithm: string, 
/**
 * The token in its compact form (RFC 7515, 7.1).
 */
token: string, 
/**
 * Its header, as JSON that a person reads.
 */
header: string, 
/**
 * Its claims, as JSON that a person reads.
 */
claims: string, 
/**
 * Who verified the signature, and with what.
 */
proof: string, };

/**
 * Asks which statement would answer a request.
 */
export type SimulateAccess = { 
/**
 * Which policy.
 */
target: PolicyTarget, 
/**
 * The text.
 */
text: string, 
/**
 * Who asks, by the place's full name.
 */
caller: string, 
/**
 * What for, in the place's word: `kms:Decrypt`.
 */
action: string, 
/**
 * What else is known of the request: the condition's key and its values.
 */
context: { [key in string]: Array<string> }, };

/**
 * What the answer would be.
 */
export type SimulatedAccess = { 
/**
 * `allowed`, `denied`, `not-allowed`, `depends` or `unknown`.
 */
verdict: string, 
/**
 * Why, as a sentence.
 */
says: string, 
/**
 * The statements that answer.
 */
by: Array<PolicySentenceWire>, };

/**
 * Which of two slots is used how.
 */
export type SlotsWire = { 
/**
 * The property that the new key is set in.
 */
set: string, 
/**
 * The property that keeps the working key.
 */
keeps: string | null, 
/**
 * The fingerprint of a key that is replaced.
 */
replaces: string | null, };

/**
 * Which of Snowflake's two key slots.
 */
export type SnowflakeSlot = "first" | "second";

/**
 * Whom the Snowflake statement is for.
 */
export type SnowflakeUser = { 
/**
 * The user's name as `DESC USER` shows it.
 */
user: string, 
/**
 * Which slot to set.
 */
slot: SnowflakeSlot, };

/**
 * Whether somebody can, and by what.
 */
export type StandingWire = { 
/**
 * `can`, `when`, `depends-on` or `denied`.
 */
is: string, 
/**
 * The conditions, or what it depends on, in words.
 */
terms: Array<string>, 
/**
 * The statements that say so.
 */
by: Array<string>, };

/**
 * One part of a statement.
 */
export type StatementFieldWire = { 
/**
 * Names it.
 */
id: string, 
/**
 * As the language names it.
 */
label: string, 
/**
 * How the values look.
 */
hint: string, 
/**
 * Whether it may hold several values, one a line.
 */
several: boolean, 
/**
 * The words of which one is the value; none where it is a text.
 */
choices: Array<string>, 
/**
 * The values.
 */
values: Array<string>, };

/**
 * One statement as a form edits it.
 */
export type StatementWire = { 
/**
 * How people speak of it.
 */
label: string, 
/**
 * Where it begins.
 */
from: number, 
/**
 * Where it ends.
 */
to: number, 
/**
 * Its parts, in the order a form shows them.
 */
fields: Array<StatementFieldWire>, };

/**
 * One call of a plan.
 */
export type StepWire = { 
/**
 * What it does.
 */
says: string, 
/**
 * The provider's name of the call.
 */
operation: string, 
/**
 * The same as a line for the shell.
 */
command: string, };

/**
 * What a vault does with one kind of key.
 */
export type TakingWire = { 
/**
 * The kind of key: `AES-256`, `RSA 2048`.
 */
algorithm: string, 
/**
 * How it may come, the best first.
 */
wraps: Array<WrapWire>, 
/**
 * Why it cannot come; `None` if it can.
 */
refused: string | null, 
/**
 * What must be asked before it comes.
 */
questions: Array<QuestionWire>, };

/**
 * What a change is about.
 */
export type TargetWire = { "is": "item", 
/**
 * Its reference.
 */
reference: string, } | { "is": "vault", 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The vault's id within the connection.
 */
vault: string, };

/**
 * How a consumer is told.
 */
export type TellWire = { "is": "checklist" } | { "is": "command", 
/**
 * Its whole path.
 */
program: string, 
/**
 * Its arguments.
 */
arguments: Array<string>, } | { "is": "message" } | { "is": "webhook", 
/**
 * `https` only.
 */
url: string, 
/**
 * PEM of a private authority to trust for it; may be empty.
 */
authority: string, };

/**
 * One question of a template.
 */
export type TemplateQuestionWire = { 
/**
 * Under which name the answer is given.
 */
id: string, 
/**
 * What is asked.
 */
label: string, 
/**
 * How the answer looks.
 */
hint: string, 
/**
 * Whether it takes several lines.
 */
lines: boolean, 
/**
 * The words of which one is the answer, each with its label; none where it is a text.
 */
choices: Array<[string, string]>, 
/**
 * Whether it may stay empty.
 */
optional: boolean, };

/**
 * A part that is put into a policy, and what has to be asked first.
 */
export type TemplateWire = { 
/**
 * Names it.
 */
id: string, 
/**
 * As a list shows it.
 */
title: string, 
/**
 * What the policy will say afterwards.
 */
explains: string, 
/**
 * Where its statements come from.
 */
source: string, 
/**
 * In the order they are asked.
 */
questions: Array<TemplateQuestionWire>, 
/**
 * Answers that many need: a label, and the answers by question.
 */
presets: Array<[string, { [key in string]: string }]>, };

/**
 * Light, dark or as the system says.
 */
export type Theme = "dark" | "light" | "system";

/**
 * What it takes to confirm a plan.
 */
export type TierWire = "consequences" | "name" | "undo";

/**
 * Whether a change can be taken back.
 */
export type UndoWire = "no" | "roll-back" | "whole";

/**
 * One vault and how far its list can be trusted.
 */
export type VaultRow = { 
/**
 * The connection's name.
 */
connection: string, 
/**
 * The vault's id within the connection.
 */
id: string, 
/**
 * What a person calls it.
 */
name: string, 
/**
 * The provider's word for what it is.
 */
kind: string, 
/**
 * How many items are known.
 */
count: number, 
/**
 * How far the list can be trusted.
 */
state: VaultState, };

/**
 * How far a vault's list can be trusted.
 */
export type VaultState = { "is": "denied", 
/**
 * Why, with the permission.
 */
error: WireError, } | { "is": "fresh", 
/**
 * When the list was complete.
 */
at: string, } | { "is": "listing" } | { "is": "partial", 
/**
 * How many items could be read in full.
 */
read: number, 
/**
 * How many are known to exist.
 */
known: number, 
/**
 * The first reason.
 */
error: WireError, } | { "is": "stale", 
/**
 * When they were read.
 */
since: string, } | { "is": "unreachable", 
/**
 * Why.
 */
error: WireError, };

/**
 * One version.
 */
export type VersionWire = { 
/**
 * The provider's identifier.
 */
id: string, 
/**
 * As in [`ItemRow::state`].
 */
state: string, 
/**
 * When it was made.
 */
created: string | null, 
/**
 * When it ends.
 */
expires: string | null, 
/**
 * Whether it is the one in use.
 */
current: boolean, 
/**
 * Whether a public key of its own can be read.
 */
hasPublicKey: boolean, };

/**
 * Asks for the inventory.
 */
export type WatchInventory = { 
/**
 * Names this watch, so that [`Cancel`] can stop it.
 */
operation: string, 
/**
 * Only these connections; all of them if empty.
 */
connections: Array<string>, 
/**
 * Whether to ask the providers; otherwise only the last known rows are sent.
 */
refresh: boolean, };

/**
 * Asks for the sign-ins that wait for a person, now and whenever they change.
 */
export type WatchPrompts = { 
/**
 * Names this watch, so that [`Cancel`](crate::Cancel) can stop it.
 */
operation: string, };

/**
 * What an address publishes.
 */
export type WatchedWire = { 
/**
 * When it was looked at last.
 */
looked: string | null, 
/**
 * Since when it publishes the new key.
 */
newSince: string | null, 
/**
 * Whether it publishes the old key.
 */
hasOld: boolean, 
/**
 * When every reader knows the new key.
 */
knownAt: string | null, };

/**
 * An error as the window shows it: what happened, what was changed, what to do next.
 */
export type WireError = { 
/**
 * One of the closed kinds: `conflict`, `denied`, `interrupted`, `invalid`, `not-found`, `signed-out`,
 * `throttled`, `unexpected`, `unsupported`.
 */
kind: string, 
/**
 * What was being done, as an infinitive.
 */
operation: string, 
/**
 * What happened.
 */
message: string, 
/**
 * What was and was not changed.
 */
changed: ChangedWire, 
/**
 * What to do next.
 */
next: string, 
/**
 * The missing permission, literally.
 */
permission: string | null, 
/**
 * Who refused.
 */
refusedBy: string | null, 
/**
 * The service's request id.
 */
requestId: string | null, };

/**
 * Wraps the key of an import, in memory.
 */
export type WrapImport = { 
/**
 * Its number.
 */
import: string, 
/**
 * The path of the file, where the source is one, or of the wrapped bytes of a machine without a connection.
 */
path: string | null, };

/**
 * One way in which a key comes.
 */
export type WrapWire = { 
/**
 * `oaep-sha1`, `oaep-sha256`, `plain`, `rsa-aes-sha1` or `rsa-aes-sha256`.
 */
wrap: string, 
/**
 * The length of the wrapping key in bits; 0 where there is none.
 */
bits: number, 
/**
 * The place's own word for it.
 */
native: string, 
/**
 * Whether it is there for older HSMs alone.
 */
legacy: boolean, };

/**
 * What is kept of a wrapped key.
 */
export type WrappedWire = { 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
actor: string, 
/**
 * By which way, in the place's words.
 */
native: string, 
/**
 * SHA-256 of the wrapped bytes, in lower-case hex; `None` where nothing is wrapped.
 */
sha256: string | null, 
/**
 * How many bytes the key has, if it was seen.
 */
before: number | null, 
/**
 * How many bytes it has wrapped.
 */
after: number | null, 
/**
 * The key check value of a symmetric key.
 */
checkValue: string | null, 
/**
 * `SHA256:…` over the public half's SPKI, of a key pair.
 */
fingerprint: string | null, 
/**
 * How it will be shown that it is the same key: `mac`, `none`, `public-key` or `sealed`.
 */
witness: string, };

/**
 * A wrapping key, to be carried to where the key is.
 */
export type WrappingKeyWire = { 
/**
 * The public key as SPKI PEM.
 */
pem: string, 
/**
 * Its kind: `RSA 4096`.
 */
algorithm: string, 
/**
 * `SHA256:…` over its SPKI.
 */
fingerprint: string, 
/**
 * Until when the target takes what is wrapped with it.
 */
until: string | null, 
/**
 * The lines with which a machine without a connection wraps a key; none for any other source.
 */
byHand: Array<HandLineWire>, };

/**
 * How long changes are allowed.
 */
export type WriteMode = { 
/**
 * Until when; `None` for read-only.
 */
until: string | null, };


/** Every command, with its request and its answer (for `watch`, its events). */
export interface Commands {
  /** What the window needs to draw itself: version, keyring, notices, preferences, the item to open first. */
  app_state: { request: Nothing; answer: AppState };
  /** The kinds of places one can connect to, each with its questions. */
  connection_forms: { request: Nothing; answer: Array<FormRow> };
  /** Sign-ins that are already on this computer. */
  found_sign_ins: { request: Nothing; answer: SignInList };
  /** Tries what reading needs, before anything is saved. */
  check_access: { request: CheckAccess; answer: AccessReport };
  /** Saves a connection, and its secrets in the OS keyring or in memory. */
  add_connection: { request: AddConnection; answer: ConnectionRow };
  /** Forgets a connection, its secrets and its last known rows. */
  remove_connection: { request: RemoveConnection; answer: Nothing };
  /** Makes the practice keystore if it is not there yet, and connects to it. */
  open_practice_keystore: { request: OpenPracticeKeystore; answer: ConnectionRow };
  /** Every saved connection, with who one is there as far as known. Asks no provider. */
  list_connections: { request: Nothing; answer: ConnectionList };
  /** The last known rows at once, then what the providers say, as it arrives. */
  watch_inventory: { request: WatchInventory; answer: InventoryEvent };
  /** The sign-ins that wait for a person, now and whenever they change. */
  watch_prompts: { request: WatchPrompts; answer: PromptList };
  /** Opens the page of a sign-in in the browser. */
  open_prompt: { request: NamePrompt; answer: Nothing };
  /** Ends a sign-in that waits for a person. */
  cancel_prompt: { request: NamePrompt; answer: Nothing };
  /** Stops a running watch, or the telling of a consumer that goes by the digest it was shown under. */
  cancel: { request: Cancel; answer: Nothing };
  /** Pins an item to the top of the list, or lets it go. */
  set_pin: { request: SetPin; answer: Nothing };
  /** One item read afresh: facets, versions, certificate, aspects, and what may be done. */
  open_item: { request: OpenItem; answer: ItemWire };
  /** A test token that a key signs where it is, and its verification. Nothing is changed by it. */
  sign_test: { request: SignTest; answer: SignedTest };
  /** Public keys and certificates in the consumer's form, each parsed back by a second parser. */
  export_items: { request: ExportItems; answer: Export };
  /** The same, put on the clipboard. */
  copy_export: { request: CopyExport; answer: ClipboardDone };
  /** The same, saved where the person says. */
  save_export: { request: SaveExport; answer: Saved };
  /** A certificate with its private key, in a file that is its owner's alone, where the person says. */
  save_private_key: { request: SavePrivateKey; answer: Saved };
  /** A backup that only the same kind of place can take back, saved where the person says. */
  save_backup: { request: SaveBackup; answer: Saved };
  /** A file on this computer, as the person chooses it in the desktop's own dialog. */
  choose_path: { request: Nothing; answer: ChosenPath };
  /** Public text (an identifier, a fingerprint) put on the clipboard. */
  copy_text: { request: CopyText; answer: ClipboardDone };
  /** Says whether a pasted fingerprint is this key's, and in which form. */
  compare_fingerprint: { request: CompareFingerprint; answer: FingerprintVerdict };
  /** One secret value, for 20 seconds on screen. */
  reveal_secret: { request: RevealSecret; answer: Revealed };
  /** One secret value on the clipboard, kept out of its history and cleared after 30 seconds. */
  copy_secret: { request: CopySecret; answer: ClipboardDone };
  /** The policies that decide about an item, with drafts, history, and what is known around them. */
  open_policies: { request: OpenItem; answer: PoliciesWire };
  /** What a policy's text means, who could do what by it, and what it would change. */
  read_policy: { request: ReadPolicy; answer: PolicyReading };
  /** A policy's text with a template's part put in, or taken out. */
  merge_policy: { request: MergePolicy; answer: MergedPolicy };
  /** A policy's text with one statement as a form has it. */
  edit_statement: { request: EditStatement; answer: MergedPolicy };
  /** Which statement of a policy would answer a request. Asks nobody. */
  simulate_access: { request: SimulateAccess; answer: SimulatedAccess };
  /** Keeps the draft of a policy, or forgets it. */
  save_policy_draft: { request: SavePolicyDraft; answer: Nothing };
  /** What may be made in a vault now, and for everything else, why not. */
  vault_offers: { request: OpenVault; answer: Array<OfferWire> };
  /** What must be asked before a change, with what is there now as presets. */
  change_questions: { request: AskQuestions; answer: ChangeForm };
  /** The exact calls a change would make. Nothing is done. */
  plan_change: { request: PlanChange; answer: PlanWire };
  /** Carries out a plan that was read: each step journalled, sent once, and looked at. */
  confirm_change: { request: ConfirmChange; answer: OrderWire };
  /** Forgets a plan that was not confirmed. */
  drop_plan: { request: DropPlan; answer: Nothing };
  /** Allows changes through a connection for fifteen minutes, or no longer. */
  set_write_mode: { request: SetWriteMode; answer: WriteMode };
  /** The journal of changes, newest first. */
  list_journal: { request: ListJournal; answer: JournalPage };
  /** Reads at the provider what became of an order whose outcome is unknown. Never sends it again. */
  check_order: { request: NameOrder; answer: OrderWire };
  /** Sends the steps of an order that were not sent when Claviger ended. */
  continue_order: { request: NameOrder; answer: OrderWire };
  /** Gives up the steps of an order that were not sent. */
  abandon_order: { request: NameOrder; answer: OrderWire };
  /** The plan that would take an order back. Nothing is done. */
  plan_undo: { request: NameOrder; answer: PlanWire };
  /** Whether the journal is as it was written. */
  verify_journal: { request: Nothing; answer: ChainWire };
  /** Goes on from a journal that does not follow from what was sealed. That is journalled too. */
  accept_journal: { request: Nothing; answer: ChainWire };
  /** The journal for an auditor, with a verifier that stands alone, saved where the person says. */
  export_journal: { request: Nothing; answer: Saved };
  /** Every rotation, those that are not over first. */
  list_rotations: { request: Nothing; answer: RotationList };
  /** A rotation as it stands: its item read afresh, what is locked and why, what each consumer needs. */
  open_rotation: { request: NameRotation; answer: RotationWire };
  /** Begins a rotation of an item, saved from here on; opens the one that is under way. */
  begin_rotation: { request: BeginRotation; answer: RotationWire };
  /** Does something with a rotation that touches nothing at the place: settles, tells, confirms, goes on. */
  note_rotation: { request: NoteRotation; answer: RotationWire };
  /** Looks at what a consumer's address publishes or presents. */
  look_at_consumer: { request: NameRun; answer: RotationWire };
  /** Has the new material sign a token that is not handed out, and verifies it. */
  prove_rotation: { request: NameRotation; answer: RotationProof };
  /** The exact calls of a rotation's step. Nothing is done. */
  plan_rotation: { request: PlanRotation; answer: PlanWire };
  /** Carries out the plan of a rotation's step that was read. */
  confirm_rotation: { request: ConfirmRotation; answer: RotationWire };
  /** Reads at the place what became of a rotation's order whose end is not known. Never sends it again. */
  check_rotation: { request: NameRotation; answer: RotationWire };
  /** What a consumer's command or webhook would be sent. Nothing is done. */
  preview_call: { request: NameRun; answer: CallPreview };
  /** Has a consumer's command run or its webhook called, as it was shown. */
  call_consumer: { request: CallConsumer; answer: RotationWire };
  /** Every destruction, those that are not over first. */
  list_destructions: { request: Nothing; answer: DestructionList };
  /** A destruction as it stands: its item read afresh, the evidence, what is locked and why. */
  open_destruction: { request: NameDestruction; answer: DestructionWire };
  /** Begins the destruction of items, saved from here on; opens those that are under way. Looks who uses them. */
  begin_destruction: { request: BeginDestruction; answer: DestructionsBegun };
  /** Does something with a destruction that touches nothing at the place: settles, looks, says, goes on, keeps. */
  note_destruction: { request: NoteDestruction; answer: DestructionWire };
  /** The exact calls of a destruction's step. Nothing is done. */
  plan_destruction: { request: PlanDestruction; answer: PlanWire };
  /** Carries out the plan of a destruction's step that was read. */
  confirm_destruction: { request: ConfirmDestruction; answer: DestructionWire };
  /** Reads at the place what became of a destruction's order whose end is not known. Never sends it again. */
  check_destruction: { request: NameDestruction; answer: DestructionWire };
  /** The evidence sheet of a destruction, saved where the person says. */
  save_destruction_sheet: { request: SaveDestructionSheet; answer: Saved };
  /** Everybody who is known to use an item, and how its key is defined. */
  list_consumers: { request: ListConsumers; answer: ConsumerLedger };
  /** The kinds of consumers, each with its questions. */
  consumer_kinds: { request: Nothing; answer: ConsumerKinds };
  /** Keeps a consumer in an item's ledger. */
  save_consumer: { request: SaveConsumer; answer: ConsumerWire };
  /** Takes a consumer out of an item's ledger, with the secret of its webhook. */
  remove_consumer: { request: RemoveConsumer; answer: Nothing };
  /** Keeps how an application is to treat an item's key, and tells the call that says so. */
  save_definition: { request: SaveDefinition; answer: DefinitionRow };
  /** The programs that consumers may be told by. */
  allowed_commands: { request: Nothing; answer: AllowedCommands };
  /** Sets the programs that consumers may be told by. */
  set_allowed_commands: { request: AllowedCommands; answer: AllowedCommands };
  /** What ends and what is due, as a calendar file, saved where the person says. */
  save_calendar: { request: Nothing; answer: Saved };
  /** Every import of a key, those that are not over first. */
  list_imports: { request: Nothing; answer: ImportList };
  /** The vaults of all connections into which keys may be brought. */
  import_vaults: { request: Nothing; answer: ImportVaults };
  /** What a vault does with each kind of key, before anything is made. */
  import_takings: { request: AskTakings; answer: Array<TakingWire> };
  /** Whether an item's key leaves its place, and how. */
  ask_leaving: { request: AskLeaving; answer: LeavingWire };
  /** An import as it stands, and what is locked and why. */
  open_import: { request: NameImport; answer: ImportWire };
  /** Begins an import, saved from here on. */
  begin_import: { request: BeginImport; answer: ImportWire };
  /** Settles something of an import. Nothing is sent to a place. */
  note_import: { request: NoteImport; answer: ImportWire };
  /** Fetches the key that the target wants the key wrapped with, and keeps it in memory. */
  fetch_wrapping_key: { request: NameImport; answer: ImportWire };
  /** Puts the wrapping key on the disk, where the person says, for a machine without a connection. */
  save_wrapping_key: { request: NameImport; answer: Saved };
  /** Reads the key and wraps it, in memory. */
  wrap_import: { request: WrapImport; answer: ImportWire };
  /** The exact calls of an import's step. Nothing is done. */
  plan_import: { request: PlanImport; answer: PlanWire };
  /** Carries out the plan of an import's step that was read. */
  confirm_import: { request: ConfirmImport; answer: ImportWire };
  /** Reads at the place what became of an import's order whose end is not known. Never sends it again. */
  check_import: { request: NameImport; answer: ImportWire };
  /** Has the target work with the key, and compares. */
  prove_import: { request: NameImport; answer: ImportWire };
  /** The provenance of a key that was brought, saved where the person says. */
  save_import_record: { request: NameImport; answer: Saved };
  /** Theme, density and single-key shortcuts. */
  set_preferences: { request: SetPreferences; answer: Nothing };
}

/** What each command does, and which caches it makes stale. */
export const commands = {
  app_state: { effect: 'read', touches: [] },
  connection_forms: { effect: 'read', touches: [] },
  found_sign_ins: { effect: 'read', touches: [] },
  check_access: { effect: 'read', touches: [] },
  add_connection: { effect: 'keep', touches: ['Connections', 'Inventory'] },
  remove_connection: { effect: 'keep', touches: ['Connections', 'Inventory'] },
  open_practice_keystore: { effect: 'keep', touches: ['Connections', 'Inventory'] },
  list_connections: { effect: 'read', touches: [] },
  watch_inventory: { effect: 'watch', touches: [] },
  watch_prompts: { effect: 'watch', touches: [] },
  open_prompt: { effect: 'keep', touches: [] },
  cancel_prompt: { effect: 'keep', touches: [] },
  cancel: { effect: 'keep', touches: [] },
  set_pin: { effect: 'keep', touches: ['Preferences'] },
  open_item: { effect: 'read', touches: [] },
  sign_test: { effect: 'read', touches: [] },
  export_items: { effect: 'read', touches: [] },
  copy_export: { effect: 'keep', touches: [] },
  save_export: { effect: 'keep', touches: [] },
  save_private_key: { effect: 'keep', touches: [] },
  save_backup: { effect: 'keep', touches: [] },
  choose_path: { effect: 'read', touches: [] },
  copy_text: { effect: 'keep', touches: [] },
  compare_fingerprint: { effect: 'read', touches: [] },
  reveal_secret: { effect: 'read', touches: [] },
  copy_secret: { effect: 'keep', touches: [] },
  open_policies: { effect: 'read', touches: [] },
  read_policy: { effect: 'read', touches: [] },
  merge_policy: { effect: 'read', touches: [] },
  edit_statement: { effect: 'read', touches: [] },
  simulate_access: { effect: 'read', touches: [] },
  save_policy_draft: { effect: 'keep', touches: [] },
  vault_offers: { effect: 'read', touches: [] },
  change_questions: { effect: 'read', touches: [] },
  plan_change: { effect: 'read', touches: [] },
  confirm_change: { effect: 'change', touches: ['Inventory', 'Journal'] },
  drop_plan: { effect: 'keep', touches: [] },
  set_write_mode: { effect: 'keep', touches: ['Connections', 'Journal'] },
  list_journal: { effect: 'read', touches: [] },
  check_order: { effect: 'keep', touches: ['Inventory', 'Journal'] },
  continue_order: { effect: 'change', touches: ['Inventory', 'Journal'] },
  abandon_order: { effect: 'keep', touches: ['Journal'] },
  plan_undo: { effect: 'read', touches: [] },
  verify_journal: { effect: 'read', touches: [] },
  accept_journal: { effect: 'keep', touches: ['Journal'] },
  export_journal: { effect: 'keep', touches: [] },
  list_rotations: { effect: 'read', touches: [] },
  open_rotation: { effect: 'read', touches: [] },
  begin_rotation: { effect: 'keep', touches: ['Rotations'] },
  note_rotation: { effect: 'keep', touches: ['Rotations'] },
  look_at_consumer: { effect: 'keep', touches: ['Rotations'] },
  prove_rotation: { effect: 'keep', touches: ['Rotations'] },
  plan_rotation: { effect: 'read', touches: [] },
  confirm_rotation: { effect: 'change', touches: ['Inventory', 'Journal', 'Rotations'] },
  check_rotation: { effect: 'keep', touches: ['Inventory', 'Journal', 'Rotations'] },
  preview_call: { effect: 'read', touches: [] },
  call_consumer: { effect: 'change', touches: ['Rotations'] },
  list_destructions: { effect: 'read', touches: [] },
  open_destruction: { effect: 'read', touches: [] },
  begin_destruction: { effect: 'keep', touches: ['Destructions'] },
  note_destruction: { effect: 'keep', touches: ['Destructions'] },
  plan_destruction: { effect: 'read', touches: [] },
  confirm_destruction: { effect: 'change', touches: ['Destructions', 'Inventory', 'Journal'] },
  check_destruction: { effect: 'keep', touches: ['Destructions', 'Inventory', 'Journal'] },
  save_destruction_sheet: { effect: 'keep', touches: [] },
  list_consumers: { effect: 'read', touches: [] },
  consumer_kinds: { effect: 'read', touches: [] },
  save_consumer: { effect: 'keep', touches: ['Rotations'] },
  remove_consumer: { effect: 'keep', touches: ['Rotations'] },
  save_definition: { effect: 'keep', touches: ['Rotations'] },
  allowed_commands: { effect: 'read', touches: [] },
  set_allowed_commands: { effect: 'keep', touches: ['Rotations'] },
  save_calendar: { effect: 'keep', touches: [] },
  list_imports: { effect: 'read', touches: [] },
  import_vaults: { effect: 'read', touches: [] },
  import_takings: { effect: 'read', touches: [] },
  ask_leaving: { effect: 'read', touches: [] },
  open_import: { effect: 'read', touches: [] },
  begin_import: { effect: 'keep', touches: ['Imports'] },
  note_import: { effect: 'keep', touches: ['Imports'] },
  fetch_wrapping_key: { effect: 'keep', touches: ['Imports'] },
  save_wrapping_key: { effect: 'keep', touches: [] },
  wrap_import: { effect: 'keep', touches: ['Imports'] },
  plan_import: { effect: 'read', touches: [] },
  confirm_import: { effect: 'change', touches: ['Imports', 'Inventory', 'Journal'] },
  check_import: { effect: 'keep', touches: ['Imports', 'Inventory', 'Journal'] },
  prove_import: { effect: 'keep', touches: ['Imports'] },
  save_import_record: { effect: 'keep', touches: [] },
  set_preferences: { effect: 'keep', touches: ['Preferences'] },
} as const;
