/** A stretch of decoded sound: one array of samples in [-1, 1] a channel, all of one length. */
export interface DecodedBlock {
  readonly channels: readonly Float32Array[];
  readonly sampleRate: number;
}

/**
 * Decodes a file's bytes, in chunks of any size, in constant memory. When something of the sound is lost it
 * yields all that decodes first and throws `AudioDamage` at the end; on a variant it cannot decode it throws
 * `UnsupportedAudio` at once.
 */
export type Decode = (bytes: AsyncIterable<Uint8Array>) => AsyncGenerator<DecodedBlock, void>;

/** What of the sound was lost, to follow the file's name: "ends after 3.0 s of 10.0 s". */
export class AudioDamage extends Error {}

/** What the sound is, to follow the file's name and "is": "a wav file with mu-law samples". */
export class UnsupportedAudio extends Error {}
