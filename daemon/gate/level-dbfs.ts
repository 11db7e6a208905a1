/** Levels below this are told as this: no microphone hears them, and JSON has no minus infinity. */
export const quietestDbfs = -120;

/**
 * RMS level of samples in [-1, 1] in dB relative to full scale (a full-scale square wave is 0, a sine -3.01).
 * The mean is taken out first, for a cheap microphone's DC offset is no sound.
 */
export function levelDbfs(samples: Float32Array): number {
  if (samples.length === 0) return quietestDbfs;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const sample = samples[i]!;
    sum += sample;
    squares += sample * sample;
  }
  const mean = sum / samples.length;
  const power = squares / samples.length - mean * mean;
  return Math.max(quietestDbfs, 10 * Math.log10(Math.max(power, Number.MIN_VALUE)));
}
