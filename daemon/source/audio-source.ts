/** Where sound comes in. */
export interface AudioSource {
  /** Topic-safe name of this source, unique within the daemon. */
  readonly name: string;
  readonly kind: 'microphone' | 'file' | 'stdin' | 'command';
  /** True when sound arrives at the speed of life, so that nobody may make it wait. */
  readonly isLive: boolean;
  /** How often sound was lost because it was not taken from the sound card in time, where that can be known. */
  readonly overruns?: () => number;
  /**
   * Mono samples in [-1, 1] at the rate the source was opened with, in chunks of any size.
   * Ends at the end of the sound or when `signal` aborts; throws a `SourceError` otherwise.
   */
  stream(signal: AbortSignal): AsyncIterable<Float32Array>;
}
