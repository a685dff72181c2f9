// For tests only: a host that answers by hand, and items to show.
import type { AppState, Commands, FacetWire, FieldRow, FormRow, ImportWire, ItemWire, OrderWire, PlanWire, QuestionWire, RotationWire, WireError } from '../host/contract.gen';
import type { Host } from '../host/host';

type Answers = { [C in keyof Commands]?: (request: Commands[C]['request']) => Promise<Commands[C]['answer']> | Commands[C]['answer'] };

/** A host that knows the given commands; any other is an error, so that no test asks more than it says. */
export function hostWith(answers: Answers): Host & { asked: [keyof Commands, unknown][] } {
  const asked: [keyof Commands, unknown][] = [];
  const ask = async (command: keyof Commands, request: unknown) => {
    asked.push([command, request]);
    const answer = answers[command] as ((request: unknown) => unknown) | undefined;
    if (!answer) throw wireError({ message: `${command} is not expected in this test` });
    return answer(request);
  };
  return { ask, watch: async () => undefined, asked } as unknown as Host & { asked: [keyof Commands, unknown][] };
}

/** A promise with its two ends. */
export function pending<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

export function wireError(parts: Partial<WireError> = {}): WireError {
  return {
    kind: 'denied',
    operation: 'read the item',
    message: 'The service refused.',
    changed: { is: 'nothing' },
    next: 'Ask for the permission.',
    permission: null,
    refusedBy: null,
    requestId: null,
    ...parts,
  };
}

export function field(parts: Partial<FieldRow> & { name: string }): FieldRow {
  return { label: parts.name, help: '', kind: 'text', choices: [], required: false, shownWhen: null, ...parts };
}

export function formOf(...fields: FieldRow[]): FormRow {
  return { provider: 'cellar', title: 'Cellar', about: 'Lists what lies in the cellar.', fields };
}

export function facet(kind: string, parts: Partial<FacetWire> = {}): FacetWire {
  return { kind, leaves: 'public-part', access: { is: 'open' }, operations: [], signs: [], ...parts };
}

export function itemOf(parts: Partial<ItemWire> = {}): ItemWire {
  return {
    row: {
      ref: 'home/cellar/sign',
      provider: 'cellar',
      connection: 'home',
      vault: 'cellar',
      name: 'sign',
      kind: 'key',
      facets: ['key'],
      algorithm: 'RSA 2048',
      state: 'enabled',
      created: '2026-01-01T00:00:00Z',
      expires: null,
      trouble: null,
    },
    vaultName: 'Cellar',
    currentVersion: '3',
    facets: [
      facet('certificate', { access: { is: 'absent', because: 'This key has no certificate.' } }),
      facet('key'),
      facet('secret', { leaves: 'private-material', access: { is: 'closed', permission: 'cellar:ReadSecret', because: 'The role may not read values.' } }),
    ],
    versions: [],
    certificates: [],
    certificateTrouble: null,
    fingerprints: null,
    publicKeyTrouble: null,
    aspects: [],
    offers: [],
    ...parts,
  };
}

export function appState(parts: Partial<AppState> = {}): AppState {
  return {
    version: '0.0.0',
    keyring: true,
    notices: [],
    preferences: { theme: 'system', compact: false, singleKeys: true, pins: [] },
    openAt: null,
    formats: [],
    ...parts,
  };
}

export function question(parts: Partial<QuestionWire> & { name: string }): QuestionWire {
  return { label: parts.name, help: '', kind: 'text', choices: [], least: null, most: null, required: false, shownWhen: null, preset: null, ...parts };
}

const STEP = { says: 'Lock the door', operation: 'cellar:Lock', command: 'cellar lock sign' };

export function planOf(parts: Partial<PlanWire> = {}): PlanWire {
  return {
    order: '01J0PLAN',
    digest: 'abc',
    ask: 'disable',
    title: 'Disable sign',
    name: 'sign',
    connection: 'home',
    environment: null,
    actor: 'maria',
    tier: 'consequences',
    effects: ['Nobody can sign with it.'],
    warnings: [],
    steps: [STEP],
    undo: 'whole',
    blocked: null,
    ...parts,
  };
}

export function orderOf(parts: Partial<OrderWire> = {}): OrderWire {
  return {
    order: '01J0PLAN',
    sequence: 7,
    at: '2026-11-25T10:00:00Z',
    connection: 'home',
    actor: 'maria',
    ask: 'disable',
    title: 'Disable sign',
    reference: 'home/cellar/sign',
    state: 'done',
    steps: [{ ...STEP, state: 'verified', evidence: 'A reading shows the door locked.', requestId: 'req-1' }],
    error: null,
    undo: 'whole',
    records: [{ sequence: 7, at: '2026-11-25T10:00:00Z', event: 'intent', hash: 'ab'.repeat(32) }],
    ...parts,
  };
}

export function rotationOf(parts: Partial<RotationWire> & { phase?: string } = {}): RotationWire {
  const { phase = 'distribute', ...rest } = parts;
  return {
    row: {
      id: '01J0ROT',
      reference: 'home/cellar/sign',
      name: 'sign',
      connection: 'home',
      phase,
      over: phase === 'done' || phase === 'rolled-back',
      waitsFor: '',
      until: null,
      begun: '2026-11-25T10:00:00Z',
      due: null,
      consumers: 0,
      updated: 0,
      failed: 0,
      onBackPath: 0,
    },
    revision: 4,
    environment: null,
    settings: { reason: '', strategy: 'halt', soakHours: 48, waitDays: 30, due: null },
    methods: [],
    method: null,
    switch: null,
    alias: null,
    old: { reference: 'home/cellar/sign', version: '3', fingerprint: 'SHA256:old' },
    new: null,
    needsPin: false,
    pinned: null,
    runs: [],
    proof: null,
    provable: true,
    switched: null,
    soaksUntil: null,
    disabled: null,
    waitsUntil: null,
    deleted: null,
    steps: [],
    locks: {},
    rollBack: { reverts: [], stays: [], tell: [] },
    orders: [],
    log: [],
    trouble: null,
    ...rest,
  };
}

const WAY = { wrap: 'oaep-sha256', bits: 4096, native: 'OAEP with RSA 4096', legacy: false };

/** An import whose key waits in the cellar and comes from a file, unless told otherwise. */
export function importOf(parts: Partial<ImportWire> & { phase?: string; item?: string | null } = {}): ImportWire {
  const { phase = 'wrap', item = 'home/cellar/chest', ...rest } = parts;
  return {
    row: {
      id: '01J0IMP',
      title: 'AES-256 to Cellar',
      source: 'a file',
      connection: 'home',
      vault: 'Cellar',
      item,
      phase,
      over: phase === 'done' || phase === 'given-up',
      waitsFor: '',
      begun: '2026-11-25T10:00:00Z',
      expires: null,
    },
    revision: 4,
    again: null,
    target: { connection: 'home', vault: 'cellar', name: 'Cellar', environment: null, algorithm: 'AES-256', wrap: WAY, answers: { name: 'chest' }, waits: true, newMaterial: false, inside: null },
    source: { from: 'file' },
    steps: ['prepare', 'import'],
    wrappingKey: null,
    loaded: [],
    wrapped: null,
    packed: false,
    imported: null,
    proof: null,
    locks: {},
    afterwards: [],
    orders: [],
    log: [],
    ...rest,
  };
}

export function wrappingKey(seconds: number | null = 3600): NonNullable<ImportWire['wrappingKey']> {
  return { pem: 'PEM', algorithm: 'RSA 4096', fingerprint: 'SHA256:wrap', until: seconds === null ? null : new Date(Date.now() + seconds * 1000).toISOString(), byHand: [] };
}
