import type { CaptionEvent } from '../../event/caption-event.js';
import type { Clock } from '../../event/clock.js';
import type { DropReason, Outbox } from './outbox.js';

export interface OutboxOptions {
  /** Newest events kept. */
  readonly capacity: number;
  /** Older ones are not delivered any more, ms. */
  readonly expireAfterMs: number;
}

export const defaultOutbox: OutboxOptions = { capacity: 1000, expireAfterMs: 3_600_000 };

interface Waiting {
  readonly event: CaptionEvent;
  /** On the clock that never jumps. */
  readonly since: number;
}

/** An outbox that lives as long as the process. */
export function createMemoryOutbox(
  { capacity, expireAfterMs }: OutboxOptions,
  clock: Pick<Clock, 'elapsed'>,
  onDrop: (reason: DropReason, event: CaptionEvent) => void = () => undefined,
): Outbox {
  const waiting: Waiting[] = [];
  let taken: Waiting | undefined;
  let dropped = 0;

  const drop = (reason: DropReason, { event }: Waiting): void => {
    dropped += 1;
    onDrop(reason, event);
  };
  const dropExpired = (): void => {
    for (let first = waiting[0]; first !== undefined && clock.elapsed() - first.since >= expireAfterMs; first = waiting[0]) {
      waiting.shift();
      drop('expired', first);
    }
  };

  return {
    add(event) {
      waiting.push({ event, since: clock.elapsed() });
      dropExpired();
      const oldest = waiting.length > capacity ? waiting.shift() : undefined;
      if (oldest !== undefined) drop('overflow', oldest);
    },
    take() {
      dropExpired();
      taken = waiting.shift();
      if (taken === undefined) return undefined;
      const ageMs = clock.elapsed() - taken.since;
      return { event: taken.event, ageMs, expiresInMs: expireAfterMs - ageMs };
    },
    settle(outcome) {
      if (taken !== undefined && outcome === 'refused') drop('refused', taken);
      taken = undefined;
    },
    putBack() {
      if (taken !== undefined) waiting.unshift(taken);
      taken = undefined;
    },
    waiting: () => waiting.length + (taken === undefined ? 0 : 1),
    dropped: () => dropped,
    close: () => undefined,
  };
}
