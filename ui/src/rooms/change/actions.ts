// The changes among the actions: one for each ask, from the words; what may be done is the offers' to say.
import type { Action, ActionContext } from '../../actions';
import { offerOf, reasonOf } from '../../aspects/offering';
import type { OfferWire } from '../../host/contract.gen';
import { actions as actionWords } from '../../words/actions';
import { askWords, change as words, ITEM_ASKS, VAULT_ASKS } from '../../words/change';

const ID = 'change ';

function allowed(offers: readonly OfferWire[] | null, ask: string): true | string {
  // Not read yet: the plan will say whether it can be.
  if (offers === null) return true;
  return reasonOf(offerOf(offers, ask)) ?? true;
}

function oneItem({ subject }: ActionContext): true | string {
  if (subject.length === 0) return actionWords.because.nothingChosen;
  return subject.length === 1 || actionWords.because.oneOnly;
}

const ofItem = ITEM_ASKS.map((ask): Action => ({
  id: ID + ask,
  title: askWords(ask).title,
  group: 'change',
  enabled: (context) => {
    const one = oneItem(context);
    return one === true ? allowed(context.offers, ask) : one;
  },
  run: ({ shell, navigation, subject, inventory }) => {
    const reference = subject[0] ?? '';
    // A policy is no answer to a question: it has a room of its own.
    if (ask === 'change-policy') return navigation.go({ room: 'policy', reference });
    const name = inventory.find(reference)?.row.name ?? reference;
    shell.change({ ask, target: { is: 'item', reference }, name, about: null });
  },
}));

const ofVault = VAULT_ASKS.map((ask): Action => ({
  id: ID + ask,
  title: askWords(ask).title,
  group: 'vault',
  enabled: ({ inventory, navigation, vaultOffers }) =>
    navigation.here.room === 'inventory' && inventory.scope?.vault ? allowed(vaultOffers, ask) : words.offers.vaultFirst,
  run: ({ shell, inventory }) => {
    const scope = inventory.scope;
    if (!scope || scope.vault === null) return;
    const name = inventory.vaultOf(scope.connection, scope.vault)?.name ?? scope.vault;
    shell.change({ ask, target: { is: 'vault', connection: scope.connection, vault: scope.vault }, name, about: null });
  },
}));

export const CHANGE_ACTIONS: readonly Action[] = [
  ...ofVault,
  {
    id: 'write-mode',
    title: words.writing.toggle,
    group: 'vault',
    keys: 'Ctrl+Shift+R',
    also: actionWords.also.writeMode,
    enabled: ({ connection }) => connection !== null || words.writing.noConnection,
    run: async ({ connection, writing, inventory }) => {
      if (connection === null) return;
      const open = writing.secondsLeft(connection.name) !== null;
      inventory.problem = await (open ? writing.stop(connection.name) : writing.allow(connection.name));
    },
  },
  ...ofItem,
];
