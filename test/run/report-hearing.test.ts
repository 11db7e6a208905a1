import test from 'ava';
import type { SourceState } from '../../daemon/event/source-state.js';
import { createLog } from '../../daemon/log/create-log.js';
import { createHearingReport } from '../../daemon/run/report-hearing.js';
import { SourceError } from '../../daemon/source/source-error.js';

function reported() {
  const heard = { log: [] as string[], states: [] as SourceState[], statuses: [] as (string | undefined)[] };
  const report = createHearingReport({
    source: 'yard',
    publisher: { sourceState: (_source, state) => void heard.states.push(state) },
    service: { hearing: (_state, why) => void heard.statuses.push(why) },
    log: createLog({ level: 'info', destination: { write: (line) => void heard.log.push(line) } }),
    clock: { now: () => 0 },
  });
  return { ...heard, report };
}

test('a change is told to log, broker and service manager, with its reason and what to do', (t) => {
  const { report, log, states, statuses } = reported();
  report('deaf', new SourceError({ code: 'SOURCE_DEVICE_MISSING', message: 'microphone x is not there', remedy: 'Plug it in' }));
  t.like(JSON.parse(log[0]!), { level: 'warn', source: 'yard', state: 'deaf', err: { code: 'SOURCE_DEVICE_MISSING', remedy: 'Plug it in' } });
  t.deepEqual(states, [{ state: 'deaf', since: '1970-01-01T00:00:00.000Z', reason: 'microphone x is not there. Plug it in' }]);
  t.deepEqual(statuses, ['microphone x is not there. Plug it in']);
});

test('the password of a camera, of which its program complains, reaches none of them', (t) => {
  const { report, log, states, statuses } = reported();
  report('recovering', new SourceError({ code: 'SOURCE_ENDED', message: 'ffmpeg ended with exit code 1 (rtsp://me:hunter2@cam/audio: 401)', remedy: 'Run it by hand' }));
  t.notRegex(JSON.stringify({ log, states, statuses }), /hunter2/);
  t.regex(statuses[0]!, /rtsp:\/\/\(hidden\)@cam\/audio: 401/);
});
