import type { CaptionEvent } from '../../event/caption-event.js';
import type { Clock } from '../../time/clock.js';
import type { DropReason, Outbox, OutboxOptions } from './outbox.js';

export const defaultOutbox: OutboxOptions = { capacity: 1000, expireAfterMs: 3_600_000 };

/** An event that waits. */
export interface Waiting {
  readonly event: CaptionEvent;
  /** On the clock that never jumps. */
  readonly since: number;
  /** It waited already when this process began. */
  readonly isRestored: boolean;
}

/** Whoever keeps a copy of what waits. */
export interface OutboxObserver {
  readonly added: (waiting: Waiting) => void;
  readonly gone: (event: CaptionEvent) => void;
}

export interface MemoryOutbox extends Outbox {
  /** Puts events, oldest first, before all that wait. */
  restore(events: readonly Waiting[]): void;
  /** What is not settled, oldest first. */
  list(): readonly Waiting[];
}

/** An outbox that lives as long as the process. */
export function createMemoryOutbox(
  { capacity, expireAfterMs }: OutboxOptions,
  clock: Pick<Clock, 'elapsed'>,
  onDrop: (reason: DropReason, event: CaptionEvent) => void = () => undefined,
  observer?: OutboxObserver,
): MemoryOutbox {
  let waiting: Waiting[] = [];
  let taken: Waiting | undefined;
  let dropped = 0;

  const remove = (entry: Waiting): void => {
    waiting = waiting.filter((other) => other !== entry);
    observer?.gone(entry.event);
  };
  const drop = (reason: DropReason, entry: Waiting): void => {
    remove(entry);
    dropped += 1;
    onDrop(reason, entry.event);
  };
  const age = ({ since }: Waiting): number => clock.elapsed() - since;
  // What is on its way has its place, however full or late it is.
  const dropExpired = (): void => {
    for (const entry of waiting.filter((entry) => entry !== taken && age(entry) >= expireAfterMs)) drop('expired', entry);
  };
  const makeRoom = (): void => {
    dropExpired();
    const others = waiting.filter((entry) => entry !== taken);
    for (const entry of others.slice(0, Math.max(0, others.length - capacity))) drop('overflow', entry);
  };

  return {
    add(event) {
      const entry = { event, since: clock.elapsed(), isRestored: false };
      waiting.push(entry);
      observer?.added(entry);
      makeRoom();
    },
    take(freshMs) {
      dropExpired();
      taken = freshMs === undefined ? waiting[0] : waiting.find((entry) => !entry.isRestored && age(entry) <= freshMs);
      return taken === undefined ? undefined : { event: taken.event, expiresInMs: expireAfterMs - age(taken) };
    },
    settle(outcome) {
      if (taken === undefined) return;
      if (outcome === 'refused') drop('refused', taken);
      else remove(taken);
      taken = undefined;
    },
    putBack() {
      taken = undefined;
    },
    restore(events) {
      waiting = [...events, ...waiting];
      makeRoom();
    },
    list: () => waiting,
    waiting: () => waiting.length,
    dropped: () => dropped,
    state: () => 'memory',
    close: () => Promise.resolve(),
  };
}
