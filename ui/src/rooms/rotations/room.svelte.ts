// The list of rotations.
import type { RotationList } from '../../host/contract.gen';
import { WizardList } from '../wizard/list.svelte';
import { linesOf, type Line } from './lines';

export class RotationsRoom extends WizardList<RotationList, Line> {
  constructor(query: RotationsRoom['query']) {
    super(query, (answer) => linesOf(answer.rotations));
  }
}
