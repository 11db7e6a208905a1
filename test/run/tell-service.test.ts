import test from 'ava';
import { createProgress } from '../../daemon/run/progress.js';
import { tellService } from '../../daemon/run/tell-service.js';
import type { AudioSource } from '../../daemon/source/audio-source.js';
import { manualTime } from '../publish/helpers/manual-time.js';

const source: AudioSource = { name: 'kitchen', kind: 'microphone', isLive: true, async *stream() {} };

function told(environment: NodeJS.ProcessEnv) {
  const time = manualTime();
  const progress = createProgress();
  const said: string[] = [];
  const say = (what: string) => (text = '') => Promise.resolve(void said.push(`${what} ${text}`.trim()));
  const notifier = { ready: say('READY'), status: say('STATUS'), alive: say('ALIVE'), stopping: say('STOPPING') };
  const service = tellService({ source: 'kitchen', notifier, progress, environment, ...time });
  const work = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1000) {
      progress.audioArrived();
      progress.inferenceMoved();
      time.pass(1000);
    }
  };
  return { time, said, service, work, signs: () => said.filter((line) => line === 'ALIVE').length };
}

test('signs of life come four times as often as systemd wants them', (t) => {
  const { service, work, signs } = told({ WATCHDOG_USEC: '40000000' });
  service.watch(source);
  work(40_000);
  t.is(signs(), 4);
});

test('where nobody watches they come too, for a start that takes long', (t) => {
  const { service, work, signs } = told({});
  service.watch(source);
  work(60_000);
  t.is(signs(), 4);
});

test('nothing is given before there is a source to watch, and nothing after it was told to stop', async (t) => {
  const { time, said, service, work } = told({ WATCHDOG_USEC: '40000000' });
  work(40_000);
  t.deepEqual(said, []);
  service.watch(source);
  service.hearing('listening');
  await service.stopping();
  service.hearing('deaf');
  work(40_000);
  t.deepEqual(said, ['READY Listening to kitchen', 'STOPPING']);
  t.is(time.pending(), 0);
});
