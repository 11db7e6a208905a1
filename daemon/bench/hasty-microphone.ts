/**
 * Writes the samples of a wav file again and again to its output, at a multiple of the speed of life, as a capture
 * command. At SIGUSR2 it writes garbage, an odd number of bytes, and ends as if all were well.
 *
 *     node dist/daemon/bench/hasty-microphone.js FILE.wav SPEED
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const bytesPerSecond = 2 * 32_000;
const tickMs = 20;
const [file = '', speed = '1'] = process.argv.slice(2);
const sound = readFileSync(file).subarray(44);
let at = 0;
let owed = 0;
let last = performance.now();

process.stdout.on('error', () => process.exit());
process.on('SIGUSR2', () => process.stdout.write(randomBytes(bytesPerSecond + 1), () => process.exit(0)));
setInterval(() => {
  const now = performance.now();
  // What could not be written in time is not caught up with for ever.
  owed = Math.min(owed + ((now - last) / 1000) * Number(speed) * bytesPerSecond, 4 * bytesPerSecond);
  last = now;
  if (process.stdout.writableNeedDrain) return;
  for (let left = 2 * Math.floor(owed / 2); left > 0; ) {
    const part = sound.subarray(at, at + left);
    process.stdout.write(part);
    at = (at + part.length) % sound.length;
    left -= part.length;
    owed -= part.length;
  }
}, tickMs);
