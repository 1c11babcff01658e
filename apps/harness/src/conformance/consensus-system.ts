import { difference, failed, notUnderstood, verdictOf, type Outcome } from './case-outcome.ts';
import { ReplayedNode, votingSetOf } from './replayed-node.ts';
import { hasKeys, someIn } from './shape.ts';
import { isInternal, systemTrace, type SystemEvent, type SystemTrace } from './system-trace.ts';
import { runList, runSections, type VectorFormat } from './vector-format.ts';

/** Gives an event to its node; answers with what differed before it. */
const happen = (node: ReplayedNode, event: SystemEvent): string | undefined => {
  switch (event.ev) {
    case 'deliverVote':
      node.deliver({ vote: event.vote });
      return undefined;
    case 'deliverProposal':
      node.deliver({ proposal: event.proposal });
      return undefined;
    case 'deliverCertificate':
      node.deliver({ votes: event.votes });
      return undefined;
    case 'setNextValue':
      node.deliver({ value: event.value });
      return undefined;
    case 'newHeight':
      return node.newHeight(event.height, votingSetOf(event.validators));
    case 'step': {
      const { input, output, state, chainLength } = event;
      const wrong = isInternal(input) ? node.goOn() : node.take(input);
      return wrong ?? node.expect(output, state, chainLength);
    }
  }
};

const replay = (trace: SystemTrace): Outcome => {
  if (trace.steps.length === 0) return notUnderstood('the trace has no steps');
  const known = Object.keys(trace.validators);
  const nodes = new Map(trace.correct.map((id) => [id, new ReplayedNode(id, votingSetOf(trace.validators))]));
  for (const id of [...trace.correct, ...trace.faulty])
    if (!known.includes(id)) return notUnderstood(`${id} is not one of the validators`);
  for (const id of Object.keys(trace.final)) if (!nodes.has(id)) return notUnderstood(`final: ${id} is not correct`);
  for (const [index, event] of trace.steps.entries()) {
    const id = 'at' in event ? event.at : event.to;
    const node = nodes.get(id);
    if (node === undefined) return notUnderstood(`step ${String(index + 1)}: ${id} is not one of the correct nodes`);
    const wrong = happen(node, event);
    if (wrong !== undefined) return failed(`before step ${String(index + 1)}: ${wrong}`);
  }
  return verdictOf(
    ...[...nodes].map(([id, node]) => {
      const final = trace.final[id];
      if (final === undefined) return `final: ${id} is missing`;
      const { decided, ...state } = final;
      return (
        node.compare() ??
        difference(`final state of ${id}`, node.lastCompared(), state) ??
        difference(`final decisions of ${id}`, node.decided, decided)
      );
    }),
  );
};

/** Scenarios of Malachite's Quint specification with several nodes: deliveries, steps, timeouts, decisions. */
export const systemTraces: VectorFormat = {
  name: 'system traces',
  recognises: (document) => someIn(document, 'traces', (element) => hasKeys(element, 'correct', 'steps', 'final')),
  run: (document) => runSections(document, { traces: (content) => runList('traces', content, systemTrace, replay) }),
};
