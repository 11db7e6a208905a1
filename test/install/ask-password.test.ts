import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadStream } from 'node:tty';
import test from 'ava';
import { askPassword, passwordFrom } from '../../daemon/install/ask-password.js';

/** Somebody at a terminal who types this. */
async function typing(...keys: string[]) {
  const modes: boolean[] = [];
  const terminal = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => void modes.push(isRaw) });
  for (const key of keys) terminal.write(key);
  const screen = new PassThrough();
  const answer = await askPassword('Password: ', terminal as unknown as ReadStream, screen).then(
    (password) => ({ password, code: undefined }),
    (error: { code: string }) => ({ password: undefined, code: error.code }),
  );
  screen.end();
  return { ...answer, modes, shown: await text(screen) };
}

test('a password is typed without being shown, and the terminal is as it was afterwards', async (t) => {
  const { password, modes, shown } = await typing('hun', 'x', '\u007F', 'ter2\r');
  t.is(password, 'hunter2');
  t.is(shown, 'Password: \n');
  t.deepEqual(modes, [true, false]);
});

test('whoever thinks better of it, or types nothing, gives no password', async (t) => {
  const cancelled = await typing('hun\u0003');
  t.is(cancelled.code, 'INSTALL_PASSWORD');
  t.deepEqual(cancelled.modes, [true, false]);
  t.is((await typing('\r')).code, 'INSTALL_PASSWORD');
});

test('a password comes from a file that holds it alone on a line', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-password-'));
  const file = (content: string) => {
    writeFileSync(join(folder, 'password'), content);
    return join(folder, 'password');
  };
  t.is(passwordFrom(file('hunter2\n')), 'hunter2');
  t.is(passwordFrom(file('with spaces \r\n')), 'with spaces ');
  for (const content of ['', '\n', 'two\nlines\n', 'tab\tbed']) t.throws(() => passwordFrom(file(content)), { code: 'INSTALL_PASSWORD' });
  t.throws(() => passwordFrom(join(folder, 'missing')), { code: 'INSTALL_PASSWORD' });
});
