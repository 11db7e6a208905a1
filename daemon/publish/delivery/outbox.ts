import type { CaptionEvent } from '../../event/caption-event.js';

/** A caption event on its way to the broker. */
export interface OutboxEntry {
  readonly event: CaptionEvent;
  /** How long it has been waiting, ms. */
  readonly ageMs: number;
  /** How long it is still worth delivering, ms. */
  readonly expiresInMs: number;
}

/** Why an event was given up. */
export type DropReason = 'overflow' | 'expired' | 'refused';

/**
 * Where caption events wait, oldest first, each for one delivery. Bounded: the oldest make way, and what has become
 * too old is left out. No method throws or takes noticeable time; a store that fails goes on in memory and says so.
 */
export interface Outbox {
  add(event: CaptionEvent): void;
  /** The oldest event still worth delivering, which stays the first and cannot be pushed out until it is settled. */
  take(): OutboxEntry | undefined;
  /** The broker has taken over the event that was taken, or will never take it. */
  settle(outcome: 'delivered' | 'refused'): void;
  /** The event that was taken did not get through; it is the first to be taken again. */
  putBack(): void;
  /** Events not settled. */
  waiting(): number;
  dropped(): number;
  close(): void;
}
