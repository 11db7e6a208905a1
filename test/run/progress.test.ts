import test from 'ava';

import { createProgress } from '../../daemon/run/progress.js';

test('progress is told once, each kind for itself', (t) => {
  const progress = createProgress();
  t.deepEqual(progress.takeProgress(), { audio: false, inference: false });
  progress.audioArrived();
  progress.audioArrived();
  t.deepEqual(progress.takeProgress(), { audio: true, inference: false });
  progress.inferenceMoved();
  t.deepEqual(progress.takeProgress(), { audio: false, inference: true });
  t.deepEqual(progress.takeProgress(), { audio: false, inference: false });
});
