import { resolve } from 'node:path';
import test from 'ava';
import { earshot } from './run-earshot.js';

const withArecord = (name: string) => ({ PATH: `${resolve('test/cli/fixtures', name)}:${process.env['PATH']}` });

test('microphones are listed by the names to listen with', async (t) => {
  const { stdout, code } = await earshot(['devices'], withArecord('one-card'));
  t.is(code, 0);
  t.is(
    stdout,
    ['plughw:CARD=Device  USB PnP Sound Device, USB Audio', 'default             Default Audio Device', '', 'Listen to one: npm start -- --microphone plughw:CARD=Device', ''].join('\n'),
  );
});

test('without a microphone it says so and fails', async (t) => {
  const { stdout, stderr, code } = await earshot(['devices'], withArecord('no-card'));
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /no microphone is plugged in/);
});

test('without arecord it says how to get it', async (t) => {
  const { stderr, code } = await earshot(['devices'], { PATH: '/nowhere' });
  t.is(code, 1);
  t.is(stderr, 'earshot: arecord is not installed. On Debian, Ubuntu and Raspberry Pi OS: sudo apt install alsa-utils\n');
});
