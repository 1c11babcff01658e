import { PROTOCOL_VERSION, type ChainParameters } from '@zhtp/types';

/** Protocol of a chain before its first upgrade. */
const FIRST_PROTOCOL = 1;

/** Protocols this version can run a height on. */
export const SPOKEN_PROTOCOLS: readonly number[] = [PROTOCOL_VERSION];

type Scheduled = Pick<ChainParameters, 'upgrades'>;

/** The protocol a height runs on: that of the last upgrade at or below it (`upgrades` rises, `invalidParameters`). */
export const protocolAt = ({ upgrades }: Scheduled, height: bigint): number =>
  upgrades.findLast((upgrade) => upgrade.height <= height)?.protocol ?? FIRST_PROTOCOL;

/** Why a node must stop before `height`, or undefined (protocol.md, Blocks). */
export const missingProtocol = (
  parameters: Scheduled,
  height: bigint,
  spoken: readonly number[],
): string | undefined => {
  const protocol = protocolAt(parameters, height);
  return spoken.includes(protocol)
    ? undefined
    : `height ${String(height)} runs on protocol ${String(protocol)}, this version speaks ${spoken.join(', ')}: install a version that speaks protocol ${String(protocol)} and start it on the same data; everything below the height is kept`;
};
