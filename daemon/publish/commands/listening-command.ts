import { atMostEvery } from '../../time/at-most-every.js';
import type { Listener } from '../listener.js';
import type { Surroundings } from '../surroundings.js';

export const listeningPayloads = { on: 'ON', off: 'OFF' } as const;

export interface CommandParts {
  readonly source: string;
  readonly topic: string;
  readonly onSwitch: (isOn: boolean) => void;
}

/** A switch that is flicked all the time opens and closes a sound card no more often. */
const switchEveryMs = 1000;
const complainEveryMs = 60_000;
const longestQuoted = 40;

/**
 * Takes the one command there is, to listen or not to: `ON` or `OFF`, to the letter. A retained one is the wish of some
 * earlier day, which must not be obeyed again at each connection [MQTT-3.3.1-8].
 */
export function createListeningCommand({ source, topic, onSwitch }: CommandParts, { clock, timers, log }: Pick<Surroundings, 'clock' | 'timers' | 'log'>): Listener {
  const switching = atMostEvery<boolean>(switchEveryMs, onSwitch, clock, timers);
  const remedy = `Send ${listeningPayloads.on} or ${listeningPayloads.off} to ${topic}, not retained.`;
  const complain = (message: string): void => log.warn({ source, code: 'COMMAND_REFUSED', remedy }, message);
  const complaining = atMostEvery<string>(complainEveryMs, complain, clock, timers);

  return {
    topic,
    unheard: {
      code: 'COMMANDS_UNHEARD',
      message: `Whether ${source} is to listen cannot be commanded`,
      remedy: `Allow the user to read ${topic}, or set mqtt.commands to false.`,
    },
    heard(payload, isRetained) {
      const isOn = payload === listeningPayloads.on;
      if (!isOn && payload !== listeningPayloads.off) complaining.offer(`A command to ${topic} is none: ${quote(payload)}`);
      else if (isRetained) complaining.offer(`A command to ${topic} was retained by the broker and is not obeyed: ${quote(payload)}`);
      else switching.offer(isOn);
    },
    /** Obeys what is still waiting; nothing is said any more. */
    stop() {
      switching.flush();
      complaining.drop();
    },
  };
}

/** In bounds and without control characters: it was written by a stranger. */
function quote(payload: string): string {
  // JSON leaves those from U+007F on, which some terminals obey too.
  const start = JSON.stringify(payload.slice(0, longestQuoted)).replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return payload.length > longestQuoted ? `${start} and ${payload.length - longestQuoted} characters more` : start;
}
