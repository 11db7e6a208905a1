import { describeError } from '../errors/describe-error.js';
import type { Clock } from '../event/clock.js';
import { sourceState, type Hearing, type SourceState } from '../event/source-state.js';
import type { Log } from '../log/create-log.js';
import type { Notifier } from '../service/notifier.js';

export interface HearingParts {
  readonly source: string;
  readonly publisher: { sourceState(source: string, state: SourceState): void };
  readonly notifier: Pick<Notifier, 'ready' | 'status'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What a change of hearing means to a person. */
const meanings: Record<Hearing, string> = {
  listening: 'listening',
  silent: 'nothing but digital silence comes in: muted or broken',
  recovering: 'sound was lost, trying again',
  deaf: 'nothing is heard, trying again until it works',
};

/** Tells broker, log and service manager how a source fares. To be called once a change. */
export type HearingReport = (state: Hearing, reason?: unknown) => void;

export function createHearingReport({ source, publisher, notifier, log, clock }: HearingParts): HearingReport {
  let isReady = false;

  return (state, reason) => {
    const why = reason === undefined ? undefined : describeError(reason);
    const fields = { source, state, ...(reason === undefined ? {} : { err: reason }) };
    if (state === 'listening') log.info(fields, meanings[state]);
    else log.warn(fields, meanings[state]);
    publisher.sourceState(source, sourceState(state, clock.now(), why));

    const status = `${source}: ${meanings[state]}${why === undefined ? '' : ` (${why})`}`;
    // Start-up is over when it is known whether there is sound; a missing microphone is told, not waited for.
    void (isReady ? notifier.status(status) : notifier.ready(status));
    isReady = true;
  };
}
