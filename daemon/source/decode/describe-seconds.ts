/** "3.2 s" */
export function describeSeconds(samples: number, sampleRate: number): string {
  return `${(samples / sampleRate).toFixed(1)} s`;
}
