import type { DropReason } from './delivery/outbox.js';
import type { Listener } from './listener.js';
import type { PublishError } from './publish-error.js';
import type { Log } from './surroundings.js';

const reasons: Record<Exclude<DropReason, 'refused'>, string> = {
  overflow: 'More caption events are waiting for the MQTT broker than are kept; the oldest are dropped',
  expired: 'Caption events have waited too long for the MQTT broker; they are dropped',
};

/** Says what is not delivered: each thing once between two connections, however many events it meets. */
export function createDropReport(log: Log) {
  const said = new Set<string>();
  const once = (key: string, fields: object, message: string): void => {
    if (said.has(key)) return;
    said.add(key);
    log.warn(fields, message);
  };

  return {
    dropped: (reason: DropReason): void => {
      // A refusal is said with its own reason.
      if (reason !== 'refused') once(reason, { code: `EVENTS_${reason.toUpperCase()}` }, reasons[reason]);
    },
    refused: (failure: PublishError): void => {
      once(failure.message, { code: failure.code, remedy: failure.remedy }, failure.message);
    },
    unheard: ({ topic, unheard: { code, remedy, message } }: Listener, failure: unknown): void => {
      once(topic, { code, remedy }, `${message}: ${failure instanceof Error ? failure.message : String(failure)}`);
    },
    connected: (waiting: number): void => {
      said.clear();
      if (waiting > 0) log.info({ events_waiting: waiting }, `${waiting} caption events have waited for the MQTT broker and follow`);
    },
  };
}
