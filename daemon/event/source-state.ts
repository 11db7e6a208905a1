import { isoTime } from './timeline.js';

/**
 * `silent` is a microphone that delivers nothing but zeros; `deaf` one that delivers nothing at all; `off` one that is
 * closed because somebody has switched it off.
 */
export const hearings = ['listening', 'silent', 'deaf', 'recovering', 'off'] as const;
export type Hearing = (typeof hearings)[number];

/** How a source fares. Field names are a contract with subscribers. */
export interface SourceState {
  readonly state: Hearing;
  /** ISO 8601. */
  readonly since: string;
  /** For a person: why it is so. */
  readonly reason?: string;
}

/** `since` in milliseconds since 1970. */
export function sourceState(state: Hearing, since: number, reason?: string): SourceState {
  return { state, since: isoTime(since), ...(reason === undefined ? {} : { reason }) };
}
