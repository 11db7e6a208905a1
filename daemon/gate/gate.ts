import type { AudioWindow } from '../window/audio-window.js';
import { levelDbfs } from './level-dbfs.js';

export interface GateDecision {
  /** Whether the window is loud enough to be put into words. */
  readonly isOpen: boolean;
  /** RMS level of what was heard in the window; history and padding do not count. */
  readonly levelDbfs: number;
}

export type Gate = (window: AudioWindow) => GateDecision;

/** Lets windows pass that reach `thresholdDbfs`, so that silence costs no inference. */
export function createGate({ thresholdDbfs }: { readonly thresholdDbfs: number }): Gate {
  return ({ samples, historySamples, heardSamples }) => {
    const level = levelDbfs(samples.subarray(historySamples, historySamples + heardSamples));
    return { isOpen: level >= thresholdDbfs, levelDbfs: level };
  };
}
