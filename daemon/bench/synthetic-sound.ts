/** Sound to measure speed on: noise that swells and fades, with a tone that slides. Mono samples in [-1, 1]. */
export function syntheticSound(samples: number, sampleRate: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: samples }, (_, t) => {
    state = (state * 75 + 74) % 65537;
    const seconds = t / sampleRate;
    const swell = 0.5 + 0.5 * Math.sin(seconds * 1.7);
    const tone = Math.sin(2 * Math.PI * (300 + 40 * seconds) * seconds);
    return 0.3 * swell * (state / 32768 - 1) + 0.2 * tone;
  });
}
