/**
 * Preloaded into a daemon (`node --import`), lets its time of day jump at each SIGUSR2, as that of a machine does which
 * has no clock of its own and learns the time, or learns a wrong one. Time that never jumps is left alone.
 */
const hour = 3_600_000;
const jumps = [5 * hour, -7 * hour, 60_000, -90_000, 24 * hour, -23 * hour];
const realNow = Date.now.bind(Date);
let offset = 0;
let turn = 0;

Date.now = () => realNow() + offset;
process.on('SIGUSR2', () => {
  offset += jumps[turn % jumps.length] ?? 0;
  turn += 1;
});
