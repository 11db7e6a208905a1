import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { accepts, freePort } from '../../../daemon/bench/loopback-ports.js';

const binary = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find((file) => existsSync(file));

const running = new Set<ChildProcess>();
// A test run that ends badly has no teardown.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A test that needs a real mosquitto; skipped, and it says so, where there is none. */
export function mosquittoTest(title: string, run: (t: ExecutionContext) => Promise<void>): void {
  if (binary === undefined) test.skip(`${title} (skipped: mosquitto is not installed)`, run);
  else test(title, run);
}

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  start(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface MosquittoOptions {
  /** Lines of mosquitto.conf that follow the listener; files lie in `folder`. */
  readonly config?: string;
  /** Users and passwords; anybody may connect if there are none. */
  readonly users?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** A mosquitto on loopback that goes with the test; not started yet. */
export async function mosquitto(t: ExecutionContext, { config = '', users, files = {} }: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = await mkdtemp(path.join(tmpdir(), 'earshot-mosquitto-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  for (const [index, [user, password]] of Object.entries(users ?? {}).entries()) {
    execFileSync('mosquitto_passwd', [...(index === 0 ? ['-c'] : []), '-b', path.join(folder, 'passwords'), user, password]);
  }
  const lines = [
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    'persistence false',
    `listener ${port} 127.0.0.1`,
    ...(users === undefined ? ['allow_anonymous true'] : ['allow_anonymous false', 'password_file passwords']),
    config,
  ];
  await writeFile(path.join(folder, 'mosquitto.conf'), lines.join('\n'));

  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child?.once('exit', resolve));
    child.kill(signal);
    await exited;
    running.delete(child);
  };
  t.teardown(async () => {
    await stop('SIGKILL');
    await rm(folder, { recursive: true });
  });

  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    folder,
    async start() {
      child = spawn(binary!, ['-c', 'mosquitto.conf'], { cwd: folder, stdio: 'ignore' });
      running.add(child);
      while (!(await accepts(port))) {
        if (child.exitCode !== null) throw new Error(`mosquitto exited with ${child.exitCode}`);
        await delay(10);
      }
    },
    stop,
  };
}
