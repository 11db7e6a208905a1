import type { Clock } from '../event/clock.js';
import type { Hearing } from '../event/source-state.js';
import { backOffDelay, type BackOffOptions } from '../publish/connection/back-off.js';
import type { Timers } from '../publish/surroundings.js';
import { pause } from '../run/pause.js';
import type { AudioSource } from './audio-source.js';
import { createLiveness } from './liveness.js';

export interface KeepListeningOptions {
  /** The rate that the source's samples come at, in Hz. */
  readonly sampleRate: number;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly timers: Timers;
  readonly random: () => number;
  /** See `LivenessOptions`. Must not throw. */
  readonly onState: (state: Hearing, reason?: unknown) => void;
  /** Called before the first sound behind a gap with how many samples the gap has cost. Must not throw. */
  readonly onGap: (lostSamples: number) => void;
  readonly backOff?: BackOffOptions;
}

/** A card that was pulled out is often put back at once; one that is busy is not helped by haste. */
const defaultBackOff: BackOffOptions = { firstMs: 1000, longestMs: 30_000 };

/** A source that opens another whenever it is lost: its sound has gaps, but until aborted neither end nor failure. */
export function keepListening(source: AudioSource, options: KeepListeningOptions): AudioSource {
  const { sampleRate, clock, timers, random, onState, onGap, backOff = defaultBackOff } = options;

  async function* stream(signal: AbortSignal): AsyncGenerator<Float32Array, void> {
    const isAborted = (): boolean => signal.aborted;
    const liveness = createLiveness({ sampleRate, timers, onState });
    let failures = 0;
    let heardAt: number | undefined;
    try {
      while (!isAborted()) {
        let reason: unknown;
        try {
          for await (const samples of source.stream(signal)) {
            const now = clock.elapsed();
            if (failures > 0 && heardAt !== undefined) onGap(Math.max(0, Math.round(((now - heardAt) / 1000) * sampleRate) - samples.length));
            failures = 0;
            heardAt = now;
            liveness.heard(samples);
            yield samples;
          }
        } catch (error) {
          reason = error;
        }
        if (isAborted()) return;
        failures += 1;
        liveness.lost(reason);
        await pause(backOffDelay(failures, backOff, random), timers, signal);
      }
    } finally {
      liveness.stop();
    }
  }

  return { name: source.name, kind: source.kind, isLive: source.isLive, stream };
}
