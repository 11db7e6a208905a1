/** `audio.log` of the manifest. */
export type LogScale =
  | { readonly kind: 'ln'; readonly floor: number; readonly offset: number; readonly scale: number }
  | { readonly kind: 'db'; readonly floor: number; readonly top_db: number };

/** Step 5 of docs/bundle.md "Log-mel": the mel power of a whole segment to log-mel. */
export function toLog(power: Float64Array, log: LogScale): Float32Array {
  return log.kind === 'ln' ? toNaturalLog(power, log) : toDecibels(power, log);
}

// Plain loops: `from` with a function costs as much as the FFTs.
function toNaturalLog(power: Float64Array, { floor, offset, scale }: LogScale & { kind: 'ln' }): Float32Array {
  const output = new Float32Array(power.length);
  for (let i = 0; i < power.length; i += 1) output[i] = (Math.log(power[i]! + floor) + offset) / scale;
  return output;
}

/** The clamp leans on the loudest value of all. */
function toDecibels(power: Float64Array, { floor, top_db }: LogScale & { kind: 'db' }): Float32Array {
  const output = new Float32Array(power.length);
  const loudest = power.reduce((most, value) => Math.max(most, value), floor);
  const least = 10 * Math.log10(loudest) - top_db;
  for (let i = 0; i < power.length; i += 1) output[i] = Math.max(least, 10 * Math.log10(Math.max(power[i]!, floor)));
  return output;
}
