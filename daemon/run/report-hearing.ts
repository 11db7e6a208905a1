import { describeError } from '../errors/describe-error.js';
import type { Clock } from '../time/clock.js';
import { sourceState, type Hearing, type SourceState } from '../event/source-state.js';
import type { Log } from '../log/create-log.js';
import { hideSecrets } from '../log/hide-secrets.js';
import type { ServiceStatus } from '../service/service-status.js';

export interface HearingParts {
  readonly source: string;
  readonly publisher: { sourceState(source: string, state: SourceState): void };
  readonly service: Pick<ServiceStatus, 'hearing'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What a change of hearing means to a person. */
const meanings: Record<Hearing, string> = {
  listening: 'listening',
  silent: 'nothing but digital silence comes in: muted or broken',
  recovering: 'sound was lost, trying again',
  deaf: 'nothing is heard, trying again until it works',
  off: 'switched off: the source is closed until it is switched on',
};

/** Tells broker, log and service manager how a source fares. To be called once a change. */
export type HearingReport = (state: Hearing, reason?: unknown) => void;

export function createHearingReport({ source, publisher, service, log, clock }: HearingParts): HearingReport {
  return (state, reason) => {
    // A capture command may hold the password of a camera, and complain of it.
    const why = reason === undefined ? undefined : hideSecrets(describeError(reason));
    const fields = { source, state, ...(reason === undefined ? {} : { err: reason }) };
    if ((state === 'listening' && reason === undefined) || state === 'off') log.info(fields, meanings[state]);
    else log.warn(fields, meanings[state]);
    publisher.sourceState(source, sourceState(state, clock.now(), why));
    service.hearing(state, why);
  };
}
