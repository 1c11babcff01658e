import { declared } from './declarations.ts';
import { closed, hasKeys, prose, someIn } from './shape.ts';
import { runList, runSections, type VectorFormat } from './vector-format.ts';

const NAME = 'inflation';

const rateRow = closed({ bondedRatio: prose, inflation: prose, change: prose });
const provision = closed({ annualProvisions: prose, perBlock: prose });

/** Inflation by bonded share (Cosmos SDK): read strictly enough to count its cases, and declared, since no such rule is here. */
export const inflation: VectorFormat = {
  name: NAME,
  recognises: (document) =>
    someIn(document, 'rows', (element) => hasKeys(element, 'bondedRatio', 'inflation', 'change')) ||
    someIn(document, 'blockProvision', (element) => hasKeys(element, 'annualProvisions', 'perBlock')),
  run: (document) =>
    runSections(
      document,
      {
        rows: (content) => runList('rows', content, rateRow, () => declared(NAME, 'rows')),
        blockProvision: (content) =>
          runList('blockProvision', content, provision, () => declared(NAME, 'blockProvision')),
      },
      ['params'],
    ),
};
