import type { AudioWindow } from './audio-window.js';
import { createSampleHistory } from './sample-history.js';

export interface WindowOptions {
  readonly windowSamples: number;
  readonly hopSamples: number;
  /** Samples handed over before each window; see docs/bundle.md "Log-mel". */
  readonly historySamples: number;
  /** Asked after each window, for a hop other than `hopSamples`. */
  readonly nextHopSamples?: () => number;
}

/** Cuts one source's sound into overlapping windows, on a grid of hops from its first sample. */
export interface WindowSlider {
  /** Takes the next samples, returns the windows that they complete. */
  push(chunk: Float32Array): AudioWindow[];
  /**
   * The sound has ended. When its last samples were in no window, returns the one window of the grid that
   * holds them, padded with silence; so all of a sound is heard, and one shorter than a window is heard once.
   */
  flush(): AudioWindow[];
  /**
   * Sound of this length was lost. What came before is forgotten, no window spans the gap, and the grid
   * begins anew behind it; positions go on counting as if the lost samples had come.
   */
  skip(lostSamples: number): void;
}

export function createWindowSlider(options: WindowOptions): WindowSlider {
  const { windowSamples, hopSamples, historySamples, nextHopSamples = () => hopSamples } = options;
  const history = createSampleHistory(historySamples + windowSamples);
  let index = 0;
  let windowStart = 0;
  let coveredUntil = 0;

  const takeWindow = (): AudioWindow => {
    const window = {
      index,
      startSample: windowStart,
      samples: history.read(windowStart - historySamples, windowStart + windowSamples),
      historySamples,
      heardSamples: Math.min(windowSamples, history.end - windowStart),
    };
    index += 1;
    coveredUntil = windowStart + window.heardSamples;
    windowStart += nextHopSamples();
    return window;
  };

  return {
    push(chunk) {
      const windows: AudioWindow[] = [];
      let rest = chunk;
      while (rest.length > 0) {
        const missing = windowStart + windowSamples - history.end;
        history.push(rest.subarray(0, missing));
        rest = rest.subarray(missing);
        if (history.end === windowStart + windowSamples) windows.push(takeWindow());
      }
      return windows;
    },
    flush() {
      return history.end > Math.max(coveredUntil, windowStart) ? [takeWindow()] : [];
    },
    skip(lostSamples) {
      history.skip(lostSamples);
      windowStart = history.end;
      coveredUntil = history.end;
    },
  };
}
