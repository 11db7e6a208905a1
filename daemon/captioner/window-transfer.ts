import type { AudioWindow } from '../window/audio-window.js';

/** A window on its way to another process: only the sound that is not there yet. */
export interface WindowMessage extends Omit<AudioWindow, 'samples'> {
  /** How many samples the receiver takes over from the end of the window before. */
  readonly kept: number;
  /** What follows them. */
  readonly tail: Float32Array;
}

/** Packs windows for one receiver, which must get every one, in order. */
export function createWindowSender(): (window: AudioWindow) => WindowMessage {
  let sent = new Float32Array(0);
  let sentStart = 0;

  return (window) => {
    const { samples, ...rest } = window;
    const kept = overlap(sent, samples, window.startSample - sentStart);
    if (sent.length !== samples.length) sent = new Float32Array(samples.length);
    sent.set(samples);
    sentStart = window.startSample;
    return { ...rest, kept, tail: samples.subarray(kept) };
  };
}

/** Unpacks what a sender has packed. The samples are overwritten by the next window. */
export function createWindowReceiver(): (message: WindowMessage) => AudioWindow {
  let samples = new Float32Array(0);

  return ({ kept, tail, ...rest }) => {
    if (samples.length === kept + tail.length) samples.copyWithin(0, samples.length - kept);
    else samples = new Float32Array(kept + tail.length);
    samples.set(tail, kept);
    return { ...rest, samples };
  };
}

/**
 * How many samples of `next` are the end of `before`, `shift` samples on. It is looked up, not believed, so that
 * windows of several sources may come by turns.
 */
function overlap(before: Float32Array, next: Float32Array, shift: number): number {
  if (before.length !== next.length || shift < 0 || shift > next.length) return 0;
  const kept = next.length - shift;
  return asBytes(before.subarray(shift)).equals(asBytes(next.subarray(0, kept))) ? kept : 0;
}

function asBytes(floats: Float32Array): Buffer {
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
}
