import type { CaptionEvent } from '../../event/caption-event.js';
import type { Surroundings } from '../surroundings.js';

/** A caption event on its way to the broker. */
export interface OutboxEntry {
  readonly event: CaptionEvent;
  /** How long it is still worth delivering, ms. */
  readonly expiresInMs: number;
}

/** Why an event was given up. */
export type DropReason = 'overflow' | 'expired' | 'refused';

export interface OutboxOptions {
  /** Newest events kept. */
  readonly capacity: number;
  /** Older ones are not delivered any more, ms. */
  readonly expireAfterMs: number;
}

/** What an outbox needs of the publisher. */
export interface OutboxParts extends Surroundings {
  readonly onDrop: (reason: DropReason, event: CaptionEvent) => void;
  /** An event may be taken that could not be taken before. */
  readonly onReady: () => void;
}

/** Where events wait: on disk, or in memory because nothing else is wanted, or `failing`, because the disk does not work. */
export type OutboxState = 'disk' | 'memory' | 'failing';

/**
 * Where caption events wait, oldest first, each for one delivery. Bounded: the oldest make way, and what has become
 * too old is left out. No method throws or takes noticeable time; a store that fails goes on in memory and says so.
 */
export interface Outbox {
  add(event: CaptionEvent): void;
  /**
   * The oldest event still worth delivering, which cannot be pushed out until it is settled or put back. With
   * `freshMs`, the oldest that has waited no longer than that, and in this process alone.
   */
  take(freshMs?: number): OutboxEntry | undefined;
  /** The broker has taken over the event that was taken, or will never take it. */
  settle(outcome: 'delivered' | 'refused'): void;
  /** The event that was taken did not get through; it is in its old place again. */
  putBack(): void;
  /** Events not settled. */
  waiting(): number;
  dropped(): number;
  state(): OutboxState;
  /** Resolves when all that can be kept is kept. Never rejects. */
  close(): Promise<void>;
}
