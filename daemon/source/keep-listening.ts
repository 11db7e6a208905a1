import type { Clock } from '../time/clock.js';
import type { Hearing } from '../event/source-state.js';
import { backOffDelay, type BackOffOptions } from '../time/back-off.js';
import type { Timers } from '../time/timers.js';
import { pause } from '../time/pause.js';
import type { AudioSource } from './audio-source.js';
import { createLiveness } from './liveness.js';
import { wrongPace } from './sound-complaints.js';
import { createSoundPace } from './sound-pace.js';
import type { SourceError } from './source-error.js';

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
  /** See `LivenessOptions`. */
  readonly silentAfterSeconds?: number | undefined;
  readonly backOff?: BackOffOptions;
}

/** A card that was pulled out is often put back at once; looking for one costs little, so that it is soon heard again. */
const defaultBackOff: BackOffOptions = { firstMs: 1000, longestMs: 10_000 };

/** A source that opens another whenever it is lost: its sound has gaps, but until aborted neither end nor failure. */
export function keepListening(source: AudioSource, options: KeepListeningOptions): AudioSource {
  const { sampleRate, clock, timers, random, onState, onGap, silentAfterSeconds, backOff = defaultBackOff } = options;

  async function* stream(signal: AbortSignal): AsyncGenerator<Float32Array, void> {
    const isAborted = (): boolean => signal.aborted;
    const liveness = createLiveness({ sampleRate, clock, timers, onState, silentAfterSeconds });
    const pace = createSoundPace(sampleRate, clock);
    /** Told once, in the same words, for as long as it lasts. */
    let complaint: SourceError | undefined;
    let failures = 0;
    let isBehindGap = false;
    let heardAt: number | undefined;

    const hear = (samples: Float32Array): void => {
      const now = clock.elapsed();
      if (isBehindGap && heardAt !== undefined) onGap(Math.max(0, Math.round(((now - heardAt) / 1000) * sampleRate) - samples.length));
      isBehindGap = false;
      heardAt = now;
      const off = pace.heard(samples.length);
      complaint = off === undefined ? undefined : (complaint ?? wrongPace(off, sampleRate));
      liveness.heard(samples, complaint);
      // A source that only ever lasts for a moment is not sought as hastily as one that was lost once.
      if (liveness.isSteady()) failures = 0;
    };

    try {
      while (!isAborted()) {
        let reason: unknown;
        try {
          pace.opened();
          for await (const samples of source.stream(signal)) {
            hear(samples);
            yield samples;
          }
        } catch (error) {
          reason = error;
        }
        if (isAborted()) return;
        failures += 1;
        isBehindGap = true;
        liveness.lost(reason);
        await pause(backOffDelay(failures, backOff, random), timers, signal);
      }
    } finally {
      liveness.stop();
    }
  }

  return { name: source.name, kind: source.kind, isLive: source.isLive, stream };
}
