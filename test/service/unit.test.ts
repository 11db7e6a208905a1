import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';

const unit = readFileSync('systemd/earshot.service', 'utf8');
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
const testWithSystemd = hasSystemd ? test : test.skip;

testWithSystemd('the unit is exposed no more than 2.0 of 10', (t) => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=20', 'systemd/earshot.service'], { encoding: 'utf8' });
  t.is(status, 0, stdout + stderr);
});

testWithSystemd('systemd finds nothing to say against the unit', (t) => {
  // Node and the README are elsewhere on this machine; every other line is checked as it is.
  const here = unit.replace('/usr/bin/node', process.execPath).replace(/^Documentation=.*\n/m, '');
  const file = join(mkdtempSync(join(tmpdir(), 'earshot-unit-')), 'earshot.service');
  writeFileSync(file, here);
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', file], { encoding: 'utf8' });
  // Unknown keys are said but not counted.
  t.is(stdout + stderr, '');
  t.is(status, 0);
});

test('the unit keeps off what would break Node, onnxruntime or the microphone', (t) => {
  const lines = unit.split('\n').filter((line) => !line.startsWith('#'));
  for (const key of ['MemoryDenyWriteExecute=', 'PrivateDevices=', 'ProcSubset=', 'LimitAS=']) {
    t.false(lines.some((line) => line.startsWith(key)), key);
  }
});

const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1];

test('the watchdog is more patient than the captioner is given, and the state is nobody else\'s', (t) => {
  t.true(Number(value('WatchdogSec')) >= 60);
  t.is(value('StateDirectoryMode'), '0700');
  t.is(value('KillMode'), 'mixed');
});

test('the service is never given up, and no boot waits for it', (t) => {
  t.is(value('StartLimitIntervalSec'), '0');
  t.is(value('Restart'), 'always');
  t.regex(value('After') ?? '', /^multi-user\.target /);
});

test('no password is in the unit, and no exit code that the daemon means as final leads to a restart', (t) => {
  t.regex(unit, /^LoadCredential=mqtt-password:\/etc\/earshot\/mqtt-password$/m);
  t.regex(unit, /^RestartPreventExitStatus=78$/m);
});
