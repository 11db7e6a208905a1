import test from 'ava';

import { explainStart } from '../../daemon/source/capture/explain-start.js';
import { readCapture } from '../../daemon/source/capture/read-capture.js';
import { createManualTimers } from '../helpers/manual-timers.js';

const failure = (code: string) => Object.assign(new Error(`spawn ffmpeg ${code}`), { code, spawnargs: ['-i', 'rtsp://cam:secret@10.0.0.5'] });

test('a machine that is out of something is told as such, and of what', (t) => {
  for (const code of ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']) {
    const error = explainStart(failure(code), 'ffmpeg', 'Install it');
    t.is(error.code, 'SOURCE_NO_RESOURCES');
    t.true(error.message.endsWith(`(${code})`));
    t.false('spawnargs' in (error.cause as object), 'the arguments may hold a password');
  }
});

test('any other reason is told as the system tells it', (t) => {
  t.like(explainStart(failure('E2BIG'), 'ffmpeg', 'Install it'), { code: 'SOURCE_FAILED', message: 'ffmpeg cannot be started: spawn ffmpeg E2BIG' });
  t.like(explainStart(failure('ENOENT'), 'ffmpeg', 'Install it'), { code: 'SOURCE_COMMAND_MISSING', remedy: 'Install it' });
});

test('a start that fails at once is told like one that fails later', async (t) => {
  const capture = readCapture(
    {
      start() {
        throw failure('ENOMEM');
      },
      explain: (ending) => explainStart(ending.how === 'not-started' ? ending.error : new Error(ending.how), 'ffmpeg', 'Install it'),
      stallMs: 1000,
      timers: createManualTimers(),
    },
    new AbortController().signal,
  );
  await t.throwsAsync(capture.next(), { code: 'SOURCE_NO_RESOURCES' });
});
