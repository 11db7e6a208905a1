import { EventEmitter } from 'node:events';
import test from 'ava';
import { listenForStop } from '../../daemon/service/stop-signals.js';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

test('the first signal asks to stop, the second ends the process as the signal would have', (t) => {
  const target = new FakeProcess();
  const stop = listenForStop(target);
  t.false(stop.signal.aborted);
  target.emit('SIGTERM', 'SIGTERM');
  t.true(stop.signal.aborted);
  t.is(stop.signal.reason, 'SIGTERM');
  t.deepEqual(target.exits, []);
  target.emit('SIGINT', 'SIGINT');
  t.deepEqual(target.exits, [130]);
});

test('after release signals mean what they always did', (t) => {
  const target = new FakeProcess();
  listenForStop(target).release();
  t.deepEqual(target.eventNames(), []);
});
