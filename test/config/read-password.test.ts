import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadConfig } from '../../daemon/config/load-config.js';
import { readPassword } from '../../daemon/config/read-password.js';

const folder = mkdtempSync(join(tmpdir(), 'earshot-password-'));

function configWith(file?: string) {
  const assignments = ['mqtt.url=mqtt://x', 'mqtt.username=me', ...(file === undefined ? [] : [`mqtt.password_file=${file}`])];
  return loadConfig({ assignments, environment: {} }).config;
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('the password is the line in the file, blanks included', (t) => {
  t.is(readPassword(configWith(write('a', ' se cret \n')), {}), ' se cret ');
});

test('the credential of systemd is used where no file is named', (t) => {
  write('mqtt-password', 'credential\n');
  t.is(readPassword(configWith(), { CREDENTIALS_DIRECTORY: folder }), 'credential');
  t.is(readPassword(configWith(write('b', 'file')), { CREDENTIALS_DIRECTORY: folder }), 'file');
  t.is(readPassword(configWith(), { CREDENTIALS_DIRECTORY: '' }), undefined);
  t.is(readPassword(configWith(), { CREDENTIALS_DIRECTORY: join(folder, 'none') }), undefined);
  t.is(readPassword(configWith(), {}), undefined);
});

test('an empty credential is no password', (t) => {
  const empty = mkdtempSync(join(folder, 'credentials-'));
  writeFileSync(join(empty, 'mqtt-password'), '\n');
  t.is(readPassword(configWith(), { CREDENTIALS_DIRECTORY: empty }), undefined);
});

test('a file that is missing, empty or longer than a line is named, its content is not', (t) => {
  t.throws(() => readPassword(configWith(join(folder, 'missing')), {}), { message: /password_file: .*missing cannot be read/ });
  t.throws(() => readPassword(configWith(write('empty', '\n')), {}), { message: /alone, on one line/ });
  const error = t.throws(() => readPassword(configWith(write('long', 'secret\nmore\n')), {}));
  t.false(error.message.includes('secret'));
});
