/** The newest samples of a stream, addressed by their position since it began. Memory is fixed. */
export interface SampleHistory {
  /** Position behind the newest sample. */
  readonly end: number;
  push(samples: Float32Array): void;
  /** Lets time pass without sound: what is remembered turns to silence. */
  skip(samples: number): void;
  /** Copies positions [from, to); silence stands where nothing came yet. `from` may lie `capacity` before `to` at most. */
  read(from: number, to: number): Float32Array;
}

/** A ring of the last `capacity` samples. */
export function createSampleHistory(capacity: number): SampleHistory {
  const ring = new Float32Array(capacity);
  let end = 0;

  return {
    get end() {
      return end;
    },
    push(samples) {
      const kept = samples.subarray(Math.max(0, samples.length - capacity));
      const at = (end + samples.length - kept.length) % capacity;
      const untilWrap = Math.min(kept.length, capacity - at);
      ring.set(kept.subarray(0, untilWrap), at);
      ring.set(kept.subarray(untilWrap), 0);
      end += samples.length;
    },
    skip(samples) {
      ring.fill(0);
      end += samples;
    },
    read(from, to) {
      const copy = new Float32Array(to - from);
      const first = Math.max(from, 0, end - capacity);
      const last = Math.min(to, end);
      for (let position = first; position < last; ) {
        const at = position % capacity;
        const run = Math.min(last - position, capacity - at);
        copy.set(ring.subarray(at, at + run), position - from);
        position += run;
      }
      return copy;
    },
  };
}
