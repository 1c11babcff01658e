import { either as E } from 'fp-ts';
import { accusedBy, evidenceHeight } from '@zhtp/chain';
import type { NodeEvent } from '@zhtp/engine';
import { causeText, toJson, type IdentityId } from '@zhtp/types';
import type { Logger } from 'pino';
import { startApi } from './api/server.ts';
import { childReportCodec, type ChildReport } from './child-report.ts';
import { createClosing } from './closing.ts';
import { logLedgerBlock } from './log-ledger.ts';
import { answered, failure, type Failure, type Outcome } from './outcome.ts';
import { explainOwnEvidence } from './own-evidence.ts';
import { statusOf } from './status.ts';
import { wireNode, type NodeParts, type WiredNode } from './wiring.ts';

const reportJson = toJson(childReportCodec);

/** To the process that started this one, when it listens. */
const report = (message: ChildReport): void => {
  if (process.connected) process.send?.(reportJson(message), undefined, {}, () => undefined);
};

const logEvent = (logger: Logger, self: IdentityId | undefined, event: NodeEvent): void => {
  switch (event._tag) {
    case 'BlockCommitted': {
      const { header, transactions } = event.block;
      logger.info(
        {
          height: String(header.height),
          round: event.certificate.round,
          block: event.blockId,
          transactions: transactions.length,
        },
        'block committed',
      );
      return;
    }
    case 'Halted':
      logger.error({ reason: event.reason }, 'the node stopped itself');
      return;
    case 'ProposalWithheld':
      logger.warn({ height: String(event.height), round: event.round, reason: event.reason }, 'nothing proposed');
      return;
    case 'BlockRefused':
      logger.warn({ height: String(event.height), block: event.blockId, reason: event.reason }, 'block refused');
      return;
    case 'ExtensionRejected':
      logger.warn(
        { height: String(event.height), voter: event.voter, reason: event.reason },
        'vote extension rejected',
      );
      return;
    case 'SignerRefused':
      logger.warn({ height: String(event.height), round: event.round, reason: event.reason }, 'the signer refused');
      return;
    case 'EvidenceFound': {
      const accused = accusedBy(event.evidence);
      const found = { accused, height: String(evidenceHeight(event.evidence)), kind: event.evidence._tag };
      if (accused === self) logger.error(found, explainOwnEvidence(found.kind));
      else logger.warn(found, 'evidence of a faulty validator found');
      return;
    }
    case 'ResultDiverged':
      logger.error(
        {
          height: String(event.height),
          ours: event.ours.appHash,
          theirs: event.theirs.appHash,
          power: String(event.power),
          of: String(event.totalPower),
        },
        'other validators came to another result: compare versions and data with them',
      );
      return;
    case 'ConsensusStalled':
      logger.error(
        { height: String(event.height), silent: event.timedOutValidators, of: event.totalValidators },
        'consensus stalls: too many validators are silent; look at their machines and at the network between them',
      );
      return;
    case 'ConsensusRecovered':
      logger.info({ height: String(event.height) }, 'enough validators are heard again');
      return;
    case 'Replayed':
      logger.info({ height: String(event.height), records: event.records }, 'journal replayed');
      return;
    case 'PeerBound':
      logger.info({ peer: event.peer, validator: event.validator }, 'peer bound to validator');
      return;
    case 'StateSync': {
      const fields = { stage: event.stage, snapshot: String(event.height) };
      if (event.stage === 'Refused') logger.warn(fields, `state sync: ${event.detail}`);
      else logger.info(fields, `state sync: ${event.detail}`);
      return;
    }
    case 'PeerLost':
      logger.info({ peer: event.peer }, 'peer lost');
      return;
    case 'StepEntered':
      logger.debug({ height: String(event.height), round: event.round, step: event.step }, 'step');
      return;
    case 'HeightStarted':
    case 'ProposalAccepted':
    case 'VoteAccepted':
    case 'Decided':
    case 'Signed':
      return;
  }
};

const reportStatus = (wired: WiredNode): void => {
  const status = process.connected ? statusOf(wired) : undefined;
  if (status !== undefined) report({ _tag: 'Status', status });
};

const reportEvent = (wired: WiredNode, event: NodeEvent): void => {
  if (event._tag !== 'BlockCommitted') return;
  const { height, proposer, time } = event.block.header;
  report({
    _tag: 'Block',
    block: { height, proposer, time, round: event.certificate.round, transactions: event.block.transactions.length },
  });
  reportStatus(wired);
};

const STATUS_EVERY_MS = 1_000;

const reportStatusRegularly = (wired: WiredNode): (() => void) => {
  const timer = setInterval(() => {
    reportStatus(wired);
  }, STATUS_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
};

/** Two runs of one program differ by these: who stops it, and where its lines go. */
export interface RunOptions {
  readonly parts: Omit<NodeParts, 'log' | 'warn'>;
  readonly logger: Logger;
  /** Aborted when somebody asks the node to stop. */
  readonly stop: AbortSignal;
}

/** Runs a node until it is told to stop, which is success, or stops itself, which is not. Closes what it opened in either case. */
export const runNode = async ({ parts, logger, stop }: RunOptions): Outcome<void> => {
  const closing = createClosing((cause) => {
    logger.warn({ reason: causeText(cause) }, 'closing failed');
  });
  try {
    const ended = await run(parts, logger, stop, closing);
    await closing.closeAll();
    // A start that was refused says why in one line, and that is all.
    if (E.isRight(ended)) logger.info('stopped');
    return ended;
  } finally {
    await closing.closeAll();
  }
};

const run = async (
  parts: RunOptions['parts'],
  logger: Logger,
  stop: AbortSignal,
  closing: ReturnType<typeof createClosing>,
): Outcome<void> => {
  const wired = await wireNode(
    {
      ...parts,
      log: (line) => {
        logger.info(line);
      },
      warn: (line) => {
        logger.warn(line);
      },
    },
    closing,
  );
  if (E.isLeft(wired)) return wired;
  const { node, network } = wired.right;
  const ended = new Promise<Failure | undefined>((resolve) => {
    stop.addEventListener('abort', () => {
      resolve(undefined);
    });
    if (stop.aborted) resolve(undefined);
    node.events$.subscribe((event) => {
      logEvent(logger, wired.right.validator, event);
      reportEvent(wired.right, event);
      if (event._tag === 'Halted') resolve(failure(event.reason));
    });
  });
  wired.right.application.watchCommits((block) => {
    logLedgerBlock(logger, block);
  });
  // The API first: a port that is taken ends the start before anything was signed.
  const api = await startApi(wired.right);
  if (E.isLeft(api)) return api;
  closing.add(api.right.close);
  const isJoining = parts.stateSync !== undefined;
  // The node subscribes before the network begins to deliver.
  const recovered = answered<void>((done) => {
    node.start(done);
  });
  // Who joins by a snapshot needs its peers before it has anything to start from.
  const early = isJoining ? await network.start() : E.right(undefined);
  if (E.isLeft(early)) return E.left(failure(early.left.message));
  const started = await Promise.race([
    recovered,
    ended.then((reason) => (reason === undefined ? E.right(undefined) : E.left(reason))),
  ]);
  if (E.isLeft(started)) return started;
  if (stop.aborted) return E.right(undefined);
  const listening = isJoining ? E.right(undefined) : await network.start();
  if (E.isLeft(listening)) return E.left(failure(listening.left.message));
  // Peers that came earlier announced themselves to a node that knew no validators.
  if (isJoining) network.validatorsChanged();
  closing.add(async () => {
    stopReports();
  });
  const stopReports = reportStatusRegularly(wired.right);
  const addresses = network.multiaddrs().join(', ');
  logger.info(
    { api: `http://127.0.0.1:${String(api.right.port)}`, peers: addresses, chain: parts.genesis.chainId },
    'running',
  );
  report({ _tag: 'Ready', apiPort: api.right.port, listening: addresses });
  const reason = await ended;
  return reason === undefined ? E.right(undefined) : E.left(reason);
};
