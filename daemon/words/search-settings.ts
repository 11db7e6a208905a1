/** How captions are searched for; see docs/bundle.md "Decoding". */
export interface SearchSettings {
  readonly beamSize: number;
  readonly maxTokens: number;
  readonly start: number;
  readonly end: number;
  /** Tokens that are never produced. */
  readonly forbidden: readonly number[];
  /** A token may not follow itself, nor a token that it has followed before. */
  readonly forbidRepeats: boolean;
}
