import test from 'ava';
import fc from 'fast-check';

import { calmMs, createAdaptiveHop, settleMs, windowsToWiden, type HopChange } from '../../daemon/window/adaptive-hop.js';

const hops = [2, 4, 6, 8, 10] as const;

/** A room that is never quiet, and a machine whose windows take as long as the load says. */
function run() {
  let now = 0;
  const changes: { readonly at: number; readonly to: number; readonly why: HopChange }[] = [];
  const hop = createAdaptiveHop({ hops: [...hops], clock: { elapsed: () => now }, onChange: (to, why) => changes.push({ at: now, to, why }) });
  let underway: { readonly until: number; readonly ms: number } | undefined;
  /** Lives on for `seconds`; a window begins when one is due and the one before is done, and takes `load` seconds. */
  const live = (seconds: number, load: number | undefined): void => {
    const end = now + seconds * 1000;
    while (now < end) {
      now += hop.current() * 1000;
      if (underway !== undefined && underway.until <= now) {
        hop.took(underway.ms);
        underway = undefined;
      }
      if (load !== undefined) underway ??= { until: now + load * 1000, ms: load * 1000 };
    }
  };
  return { hop, changes, live };
}

test('a machine that keeps up is left alone', (t) => {
  const { hop, changes, live } = run();
  live(3600, 1.5);
  t.deepEqual([hop.current(), changes], [2, []]);
});

test('one slow window is an accident, some in a row are overload', (t) => {
  const { hop, changes } = run();
  for (let i = 1; i < windowsToWiden; i += 1) hop.took(5000);
  hop.took(100);
  for (let i = 1; i < windowsToWiden; i += 1) hop.took(5000);
  t.deepEqual(changes, []);
  hop.took(5000);
  t.deepEqual(changes.map(({ to, why }) => [to, why]), [[6, 'overload']], 'as wide as is needed at once');
});

test('a steady overload settles on one hop, however long it lasts', (t) => {
  for (const load of [1.9, 3, 5.5, 6, 7.3]) {
    const { changes, live } = run();
    live(24 * 3600, load);
    t.is(changes.length, 1, `${load} s a window`);
  }
});

test('a machine that is too slow for the widest hop stays there', (t) => {
  const { hop, live } = run();
  live(3600, 15);
  t.is(hop.current(), 10);
});

test('when the load is gone the hop is narrowed step by step to the one that is wanted', (t) => {
  const { hop, changes, live } = run();
  live(100, 9);
  t.is(hop.current(), 10);
  live(hops.length * (calmMs / 1000 + 10), 0.1);
  t.deepEqual(changes.map(({ to, why }) => [to, why]), [[10, 'overload'], [8, 'relief'], [6, 'relief'], [4, 'relief'], [2, 'relief']]);
});

test('a quiet room is relief too', (t) => {
  const { hop, live } = run();
  live(100, 9);
  live(hops.length * (calmMs / 1000 + 10), undefined);
  t.is(hop.current(), 2);
});

test('a machine that slows itself down is spared, where captions are its work', (t) => {
  const { hop, changes, live } = run();
  hop.throttled(true);
  live(600, 0.1);
  t.deepEqual(changes, [], 'captions are not what heats it');
  live(60, 1);
  t.deepEqual(changes.map(({ to, why }) => [to, why]), [[4, 'heat']]);
  live(600, 1);
  t.is(changes.length, 1);
  hop.throttled(false);
  live(calmMs / 1000 + 10, 1);
  t.is(hop.current(), 2);
});

const loads = fc.array(fc.record({ seconds: fc.integer({ min: 1, max: 300 }), load: fc.option(fc.double({ min: 0, max: 20, noNaN: true }), { nil: undefined }), isThrottled: fc.boolean() }), { maxLength: 40 });

test('whatever the load does: a hop of the list, and no change sooner than declared', (t) => {
  fc.assert(
    fc.property(loads, (phases) => {
      const { hop, changes, live } = run();
      for (const { seconds, load, isThrottled } of phases) {
        hop.throttled(isThrottled);
        live(seconds, load);
      }
      const tooSoon = changes.filter(({ at, why }, i) => i > 0 && at - changes[i - 1]!.at < (why === 'relief' ? calmMs : settleMs));
      return tooSoon.length === 0 && changes.every(({ to }) => (hops as readonly number[]).includes(to));
    }),
  );
  t.pass();
});

test('whatever the load has been: the wanted hop is back within a bound when it is gone', (t) => {
  fc.assert(
    fc.property(loads, fc.double({ min: 0, max: 0.4, noNaN: true }), (phases, little) => {
      const { hop, live } = run();
      for (const { seconds, load, isThrottled } of phases) {
        hop.throttled(isThrottled);
        live(seconds, load);
      }
      hop.throttled(false);
      // A last slow window may still come; then it is forgotten, and each step takes its calm and at most one widest hop.
      live(20 + hops.length * (calmMs / 1000 + 10), little);
      return hop.current() === 2;
    }),
  );
  t.pass();
});
