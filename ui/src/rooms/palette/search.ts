// What the palette offers for what was typed: actions that fit, then items of the inventory by name, then what an address
// names, then actions that only hold the letters.
import { computeCommandScore } from 'bits-ui';
import { ACTIONS, type Action, type ActionContext } from '../../actions';
import { keysText } from '../../keys';
import { actions as words } from '../../words/actions';

export interface Choice {
  id: string;
  title: string;
  group: string;
  keys?: string | undefined;
  /** Why it cannot be run now. */
  reason: string | null;
  run: () => void;
}

/** How many items are offered beside the actions. */
const ITEMS = 12;
/** From this score on an action fits: the beginning of a word was typed. Below it letters are only somewhere in it. */
const FITS = 0.5;

export function choicesFor(text: string, context: ActionContext): Choice[] {
  const asked = text.trim().toLowerCase();
  // Many changes are possible, few with one item: before anything is typed only those are listed that can be had.
  const listed = asked === '' ? ACTIONS.filter((action) => action.group !== 'change' || isOffered(action, context)) : ACTIONS;
  const scored = listed.map((action) => ({ action, score: scoreOf(action, asked) })).filter(({ score }) => score > 0);
  if (asked !== '') scored.sort((a, b) => b.score - a.score);
  const offered = (those: typeof scored) => those.map(({ action }) => actionChoice(action, context));
  const fitting = scored.filter(({ score }) => score >= FITS);
  const weak = scored.filter(({ score }) => score < FITS);
  return [...offered(fitting), ...itemChoices(asked, context), ...addressChoice(text.trim(), context), ...offered(weak)];
}

function isOffered(action: Action, context: ActionContext): boolean {
  return context.offers !== null && action.enabled(context) === true;
}

function scoreOf(action: Action, asked: string): number {
  return asked === '' ? 1 : computeCommandScore(action.title, asked, action.also?.split(' ') ?? []);
}

function actionChoice(action: Action, context: ActionContext): Choice {
  const answer = action.enabled(context);
  return {
    id: action.id,
    title: action.title,
    group: words.groups[action.group],
    keys: action.keys ? keysText(action.keys) : undefined,
    reason: answer === true ? null : answer,
    run: () => void action.run(context),
  };
}

/**
 * A reference or an address (an ARN, a URL, a path) opens what it names, even where it cannot be listed. Which place it
 * belongs to is Rust's to say.
 */
function addressChoice(text: string, { navigation }: ActionContext): Choice[] {
  if (!/^[^\s/:]+[/:]\S+$/.test(text)) return [];
  const run = () => navigation.go({ room: 'item', reference: text });
  return [{ id: 'address', title: words.palette.openAddress(text), group: words.palette.address, reason: null, run }];
}

function itemChoices(asked: string, { inventory, navigation }: ActionContext): Choice[] {
  if (asked === '') return [];
  const found: Choice[] = [];
  for (const { row, haystack } of inventory.listing.entries) {
    if (!haystack.includes(asked)) continue;
    found.push({
      id: `item ${row.ref}`,
      title: row.name,
      group: `${words.palette.items} · ${row.connection}`,
      reason: null,
      run: () => navigation.go({ room: 'item', reference: row.ref }),
    });
    if (found.length === ITEMS) break;
  }
  return found;
}
