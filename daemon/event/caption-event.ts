/** What leaves the device for one caption. Field names are a contract with subscribers and log readers. */
export interface CaptionEvent {
  /** Unique and ascending within a device. */
  readonly id: string;
  readonly source: string;
  readonly caption: string;
  /** In (0, 1]. */
  readonly confidence: number;
  /** RMS level of the window in dB relative to full scale. */
  readonly level_dbfs: number;
  /** ISO 8601 times of the window's first and last sample. */
  readonly start: string;
  readonly end: string;
  /** Name of the bundle that spoke. */
  readonly model: string;
}
