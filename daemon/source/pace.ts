import type { Clock } from '../time/clock.js';
import type { Timers } from '../time/timers.js';
import { pause } from '../time/pause.js';

export interface Pacing {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly timers: Timers;
}

/** Chunks are cut to this many seconds, so that windows end when they would in life. */
const chunkSeconds = 0.1;

/** Hands sound on at the speed of life: each sample when it would just have been heard, or later. */
export async function* paceToLife(
  sound: AsyncIterable<Float32Array>, sampleRate: number, { clock, timers }: Pacing, signal: AbortSignal,
): AsyncGenerator<Float32Array, void> {
  const chunkSamples = Math.round(chunkSeconds * sampleRate);
  const start = clock.elapsed();
  let heard = 0;
  for await (const samples of sound) {
    for (let from = 0; from < samples.length; from += chunkSamples) {
      const chunk = samples.subarray(from, from + chunkSamples);
      heard += chunk.length;
      const early = start + (heard / sampleRate) * 1000 - clock.elapsed();
      if (early > 0) await pause(early, timers, signal);
      if (signal.aborted) return;
      yield chunk;
    }
  }
}
