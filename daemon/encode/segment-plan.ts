import type { AudioWindow } from '../window/audio-window.js';

/** One segment of a window. */
export interface PlannedSegment {
  /** Position of its first sample since the source began. */
  readonly startSample: number;
  /** History and segment as log-mel takes them; a view into the window, not a copy. */
  readonly samples: Float32Array;
  /** False where padding reaches into it, so that its embeddings belong to this window alone. */
  readonly isWhole: boolean;
}

/** Cuts a window into its segments, in order. The window's history must be that of a segment. */
export function planSegments(window: AudioWindow, segmentSamples: number): PlannedSegment[] {
  const { historySamples, heardSamples, startSample, samples } = window;
  const count = (samples.length - historySamples) / segmentSamples;
  if (!Number.isInteger(count)) {
    throw new RangeError(`a window of ${samples.length - historySamples} samples is not a whole number of segments of ${segmentSamples}`);
  }
  return Array.from({ length: count }, (_, index) => {
    const from = index * segmentSamples;
    return {
      startSample: startSample + from,
      samples: samples.subarray(from, from + historySamples + segmentSamples),
      isWhole: from + segmentSamples <= heardSamples,
    };
  });
}
