// The list of imports.
import type { ImportList } from '../../host/contract.gen';
import { WizardList } from '../wizard/list.svelte';
import { linesOf, type Line } from './lines';

export class ImportsRoom extends WizardList<ImportList, Line> {
  constructor(query: ImportsRoom['query']) {
    super(query, (answer) => linesOf(answer.imports));
  }
}
