import test from 'ava';
import { createServiceStatus } from '../../daemon/service/service-status.js';
import { manualTime } from '../publish/helpers/manual-time.js';

function statusOf() {
  const time = manualTime();
  const said: string[] = [];
  const notifier = {
    ready: (text: string) => Promise.resolve(void said.push(`READY ${text}`)),
    status: (text: string) => Promise.resolve(void said.push(text)),
  };
  const at = () => new Date(time.clock.now()).toTimeString().slice(0, 8);
  return { time, said, at, ...createServiceStatus({ source: 'kitchen', notifier, ...time }) };
}

test('the service is ready with the first sound, and not before: a missing microphone is told meanwhile', (t) => {
  const { time, said, hearing } = statusOf();
  hearing('recovering', 'it is not there. Plug it in');
  time.pass(10_000);
  hearing('deaf', 'it is not there. Plug it in');
  time.pass(60_000);
  hearing('listening');
  hearing('recovering');
  time.pass(10_000);
  hearing('listening');
  time.pass(10_000);
  t.deepEqual(said, [
    'Sound from kitchen was lost, trying again: it is not there. Plug it in',
    'Deaf: no sound from kitchen, trying again until it works: it is not there. Plug it in',
    'READY Listening to kitchen',
    'Sound from kitchen was lost, trying again',
    'Listening to kitchen',
  ]);
});

test('captions are told now and then, the newest with its time of day', (t) => {
  const { time, said, at, hearing, captioned } = statusOf();
  hearing('listening');
  for (let second = 0; second < 30; second += 2) {
    captioned(`caption ${second}`);
    time.pass(2000);
  }
  t.is(said.length, 5);
  t.is(said[1]!.replace(/\d\d:\d\d:\d\d/, 'NOW'), 'Listening to kitchen; at NOW: caption 0');
  captioned('A dog barks');
  const expected = `Listening to kitchen; at ${at()}: A dog barks`;
  time.pass(10_000);
  t.is(said.at(-1), expected);
});

test('a captioner that is lost is told beside what is heard, until it is back', (t) => {
  const { time, said, hearing, captioner } = statusOf();
  captioner(true);
  hearing('listening');
  captioner(false, 'its process was ended by SIGKILL');
  time.pass(10_000);
  captioner(true);
  captioner(true);
  time.pass(60_000);
  t.deepEqual(said.slice(1), ['Listening to kitchen; captions are missing, the captioner is started again: its process was ended by SIGKILL', 'Listening to kitchen']);
});

test('a status that waits tells what holds when it leaves', (t) => {
  const { time, said, hearing } = statusOf();
  hearing('recovering', 'one');
  hearing('recovering', 'two');
  hearing('listening');
  time.pass(10_000);
  t.deepEqual(said.slice(1), ['READY Listening to kitchen', 'Listening to kitchen']);
});

test('nothing is told any more once it is stopped', (t) => {
  const { time, said, hearing, stop } = statusOf();
  hearing('recovering');
  hearing('deaf');
  stop();
  time.pass(60_000);
  t.is(said.length, 1);
});
