/** The mean of all channels, as in training, within [-1, 1]: decoders overshoot a little, and far in a damaged frame. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const mono = new Float32Array(channels[0]?.length ?? 0);
  for (let i = 0; i < mono.length; i += 1) {
    let sum = 0;
    for (const channel of channels) sum += channel[i]!;
    mono[i] = Math.min(1, Math.max(-1, sum / channels.length));
  }
  return mono;
}
