import type { Listener } from '../listener.js';
import type { Surroundings } from '../surroundings.js';
import { birthTopic } from './discovery.js';

const earliestMs = 1000;
const latestMs = 10_000;

/**
 * Listens for Home Assistant's birth message, after which it wants to be told everything again; a little later and
 * not to the second, for all the devices of a house hear it at once.
 */
export function createBirthListener(prefix: string, repeat: () => void, { timers, random }: Pick<Surroundings, 'timers' | 'random'>): Listener {
  let cancel: (() => void) | undefined;

  return {
    topic: birthTopic(prefix),
    unheard: {
      code: 'HOME_ASSISTANT_UNHEARD',
      message: "Home Assistant's start cannot be noticed",
      remedy: 'Allow the user to read the status topic of Home Assistant.',
    },
    heard: (payload, isRetained) => {
      // A retained one is old: it comes with the subscription, when everything has just been said.
      if (payload !== 'online' || isRetained || cancel !== undefined) return;
      cancel = timers.after(earliestMs + random() * (latestMs - earliestMs), () => {
        cancel = undefined;
        repeat();
      });
    },
    stop: () => {
      cancel?.();
      cancel = undefined;
    },
  };
}
