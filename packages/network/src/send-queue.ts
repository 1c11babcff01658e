/** Frames that wait for one peer. When it is full the oldest gives way: a newer vote is worth more than an older one. */
export interface SendQueue {
  /** Answers how many queued frames were dropped to make room. The newest always stays. */
  readonly push: (frame: Uint8Array) => number;
  readonly shift: () => Uint8Array | undefined;
  readonly peek: () => Uint8Array | undefined;
  readonly length: () => number;
  readonly queuedBytes: () => number;
  readonly clear: () => void;
}

/** How much waits for one peer before the oldest is dropped. */
export interface SendQueueLimits {
  readonly framesMax: number;
  readonly bytesMax: number;
}

/** How many taken slots may stay in the array before it is compacted. */
const COMPACT_AT = 1_024;

export const createSendQueue = ({ framesMax, bytesMax }: SendQueueLimits): SendQueue => {
  let frames: Uint8Array[] = [];
  let head = 0;
  let bytes = 0;

  const shift = (): Uint8Array | undefined => {
    const frame = frames[head];
    if (frame === undefined) return undefined;
    head += 1;
    bytes -= frame.length;
    if (head === frames.length || head >= COMPACT_AT) {
      frames = frames.slice(head);
      head = 0;
    }
    return frame;
  };

  const length = (): number => frames.length - head;

  return {
    push: (frame) => {
      let dropped = 0;
      while (length() > 0 && (length() >= framesMax || bytes + frame.length > bytesMax)) {
        shift();
        dropped += 1;
      }
      frames.push(frame);
      bytes += frame.length;
      return dropped;
    },
    shift,
    peek: () => frames[head],
    length,
    queuedBytes: () => bytes,
    clear: () => {
      frames = [];
      head = 0;
      bytes = 0;
    },
  };
};
