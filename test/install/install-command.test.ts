import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';

const hasSystemctl = spawnSync('systemctl', ['--version']).status === 0;
const testWithSystemd = hasSystemctl ? test : test.skip;

/** The files of another machine, with a copy of Earshot in /opt/earshot and Node in /usr/bin. */
function otherMachine() {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'earshot-install-'));
  const project = join(root, 'opt/earshot');
  for (const folder of [project, join(root, 'usr/bin'), join(root, 'etc')]) mkdirSync(folder, { recursive: true });
  for (const part of ['package.json', 'systemd', 'config', 'dist/daemon', 'models/default/manifest.json']) cpSync(resolve(part), join(project, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
  const node = join(root, 'usr/bin/node');
  try {
    linkSync(realpathSync(process.execPath), node);
  } catch {
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  spawnSync('chmod', ['-R', 'go+rX', root]);

  const command = (...args: string[]) => {
    const { stdout, stderr, status } = spawnSync(node, [join(project, 'dist/daemon/cli/earshot.js'), ...args, '--root', root], { encoding: 'utf8', input: 'hunter2\n' });
    return { stdout, stderr, status };
  };
  const at = (path: string) => join(root, path);
  return { root, command, at, mode: (path: string) => (statSync(at(path)).mode & 0o7777).toString(8) };
}

const everything = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).sort();

testWithSystemd('a service is installed for another machine: files with their modes, enabled, and the same again', (t) => {
  const { command, at, mode } = otherMachine();
  const args = ['install', '--microphone', 'plughw:CARD=Device', '--broker', 'mqtt://192.168.1.2', '--broker-user', 'earshot', '--broker-password-file', '-'];
  const first = command(...args);
  t.is(first.status, 0, first.stderr);
  t.is(first.stdout.split('\n')[0], 'make /etc/earshot (0755)');
  t.deepEqual(['/etc/earshot', '/etc/earshot/earshot.yaml', '/etc/earshot/mqtt-password', '/etc/systemd/system/earshot.service'].map(mode), ['755', '600', '600', '644']);
  t.is(readFileSync(at('/etc/earshot/mqtt-password'), 'utf8'), 'hunter2\n');
  t.regex(readFileSync(at('/etc/systemd/system/earshot.service'), 'utf8'), /^ExecStart=\/usr\/bin\/node .* \/opt\/earshot\/dist/m);
  t.true(lstatSync(at('/etc/systemd/system/multi-user.target.wants/earshot.service')).isSymbolicLink());
  t.notRegex(first.stdout + first.stderr, /hunter2/);

  const second = command('install', '--microphone', 'plughw:CARD=Other');
  t.is(second.status, 0, second.stderr);
  t.regex(second.stdout, /^keep \/etc\/earshot\/earshot\.yaml: it is yours; set source\.device there yourself$/m);
  t.regex(second.stdout, /^keep \/etc\/systemd\/system\/earshot\.service: it is as it should be$/m);
  t.regex(readFileSync(at('/etc/earshot/earshot.yaml'), 'utf8'), /^ {2}device: "plughw:CARD=Device"$/m);
});

testWithSystemd('a dry run prints what would be written and run, and touches nothing', (t) => {
  const { root, command } = otherMachine();
  const before = everything(root);
  const { stdout, status } = command('install', '--dry-run', '--microphone', 'plughw:CARD=Device', '--broker-user', 'me', '--broker', 'mqtt://x', '--broker-password-file', '-');
  t.is(status, 0);
  t.deepEqual(everything(root), before);
  t.regex(stdout, /^would write \/etc\/systemd\/system\/earshot\.service \(0644\)$/m);
  t.regex(stdout, /^ {2}\| {3}device: "plughw:CARD=Device"$/m);
  t.regex(stdout, /^would run systemctl --root=\S+ enable earshot\.service$/m);
  t.notRegex(stdout, /hunter2/);
});

testWithSystemd('what was installed is taken away: the service, and with --purge all that is its own', (t) => {
  const { command, at } = otherMachine();
  command('install');
  mkdirSync(at('/var/lib/private/earshot'), { recursive: true });
  const dry = command('uninstall', '--dry-run', '--purge');
  t.regex(dry.stdout, /^would remove \/etc\/earshot$/m);
  t.true(existsSync(at('/etc/systemd/system/earshot.service')));

  const kept = command('uninstall');
  t.is(kept.status, 0, kept.stderr);
  t.regex(kept.stdout, /^keep \/etc\/earshot: --purge removes it$/m);
  t.false(existsSync(at('/etc/systemd/system/earshot.service')));
  t.false(existsSync(at('/etc/systemd/system/multi-user.target.wants/earshot.service')));
  t.true(existsSync(at('/etc/earshot/earshot.yaml')));

  command('uninstall', '--purge');
  t.deepEqual(['/etc/earshot', '/var/lib/private/earshot'].filter((path) => existsSync(at(path))), []);
  t.is(command('uninstall', '--purge').stdout, 'Nothing of the service is here.\n');
});

test('a password that is none is refused before anything is written', (t) => {
  const { command, at } = otherMachine();
  writeFileSync(at('/two-lines'), 'hunter2\nhunter3\n');
  const { stderr, status } = command('install', '--broker', 'mqtt://x', '--broker-user', 'me', '--broker-password-file', at('/two-lines'));
  t.is(status, 1);
  t.regex(stderr, /two-lines does not hold a password alone on one line/);
  t.notRegex(stderr, /hunter/);
  t.false(existsSync(at('/etc/earshot')));
});

test('where there is nobody to ask for the password, that is said', (t) => {
  const { command } = otherMachine();
  const { stderr, status } = command('install', '--broker', 'mqtt://x', '--broker-user', 'me');
  t.is(status, 1);
  t.regex(stderr, /--broker-password-file/);
});

test('a file that cannot be written is told with the remedy', (t) => {
  const { command, at } = otherMachine();
  writeFileSync(at('/etc/earshot'), 'in the way');
  const { stderr, status } = command('install');
  t.is(status, 1);
  t.regex(stderr, /could not write \/etc\/earshot\/earshot\.yaml.*Mend that and run the command again/s);
});
