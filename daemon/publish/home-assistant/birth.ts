import type { Surroundings } from '../surroundings.js';

const earliestMs = 1000;
const latestMs = 10_000;

/**
 * Listens for Home Assistant's birth message, after which it wants to be told everything again; a little later and
 * not to the second, for all the devices of a house hear it at once.
 */
export function createBirthListener(repeat: () => void, { timers, random }: Pick<Surroundings, 'timers' | 'random'>) {
  let cancel: (() => void) | undefined;

  return {
    heard: (payload: string, isRetained: boolean): void => {
      // A retained one is old: it comes with the subscription, when everything has just been said.
      if (payload !== 'online' || isRetained || cancel !== undefined) return;
      cancel = timers.after(earliestMs + random() * (latestMs - earliestMs), () => {
        cancel = undefined;
        repeat();
      });
    },
    stop: (): void => {
      cancel?.();
      cancel = undefined;
    },
  };
}
