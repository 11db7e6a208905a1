/** A stretch of sound to be put into words. */
export interface AudioWindow {
  /** 0, 1, 2 ... within its source. */
  readonly index: number;
  /** Position of the window's first sample since the source began (the history before it not counted). */
  readonly startSample: number;
  /**
   * `historySamples` of what came before (zeros before the beginning of the source), then the window itself;
   * zeros follow where the source ended within the window.
   */
  readonly samples: Float32Array;
  readonly historySamples: number;
  /** How many of the window's samples came from the source; the rest is padding. */
  readonly heardSamples: number;
}
