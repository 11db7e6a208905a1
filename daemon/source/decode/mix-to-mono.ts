/** The mean of all channels, as in training. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const [first, ...others] = channels;
  if (first === undefined || others.length === 0) return first ?? new Float32Array(0);
  const mono = Float32Array.from(first);
  for (const channel of others) {
    for (let i = 0; i < mono.length; i += 1) mono[i]! += channel[i]!;
  }
  for (let i = 0; i < mono.length; i += 1) mono[i]! /= channels.length;
  return mono;
}
