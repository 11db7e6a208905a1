import type { Clock } from '../time/clock.js';
import { createBell } from '../time/bell.js';
import type { Timers } from '../time/timers.js';
import type { AudioSource } from './audio-source.js';
import type { ListeningSwitch } from './listening-switch.js';

export interface SwitchSourceOptions {
  readonly listening: ListeningSwitch;
  /** The rate that the source's samples come at, in Hz. */
  readonly sampleRate: number;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly timers: Timers;
  /** Called when the source has been closed because it was switched off. Must not throw. */
  readonly onOff: () => void;
  /** Called now and then while it is off: waiting is then the work. Must not throw. */
  readonly onRest: () => void;
  /** Called when it is switched on again with how many samples that has cost. Must not throw. */
  readonly onGap: (lostSamples: number) => void;
}

const restMs = 5000;

/** A source that is closed while it is switched off: nothing is captured then, not merely nothing told. */
export function switchSource(source: AudioSource, options: SwitchSourceOptions): AudioSource {
  const { listening, sampleRate, clock, timers, onOff, onRest, onGap } = options;

  const restUntilOn = async (signal: AbortSignal): Promise<void> => {
    const bell = createBell(timers);
    const forget = listening.onChange(() => bell.ring());
    const end = (): void => bell.ring();
    signal.addEventListener('abort', end, { once: true });
    while (!listening.isOn() && !signal.aborted) {
      onRest();
      await bell.wait(restMs);
    }
    forget();
    signal.removeEventListener('abort', end);
  };

  async function* streamUntilOff(signal: AbortSignal, off: AbortController): AsyncGenerator<Float32Array, void> {
    const close = (): void => off.abort();
    const forget = listening.onChange(close);
    signal.addEventListener('abort', close, { once: true });
    try {
      yield* source.stream(off.signal);
    } finally {
      forget();
      signal.removeEventListener('abort', close);
    }
  }

  async function* stream(signal: AbortSignal): AsyncGenerator<Float32Array, void> {
    while (!signal.aborted) {
      if (listening.isOn()) {
        const off = new AbortController();
        yield* streamUntilOff(signal, off);
        // It has ended by itself.
        if (!off.signal.aborted) return;
      } else {
        const since = clock.elapsed();
        onOff();
        await restUntilOn(signal);
        onGap(Math.round(((clock.elapsed() - since) / 1000) * sampleRate));
      }
    }
  }

  return { ...source, stream };
}
