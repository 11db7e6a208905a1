import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { accepts, freePort } from './loopback-ports.js';

/** A mosquitto on loopback that can be stopped and started again, and keeps what it has for subscribers that are away. */
export async function startSoakBroker() {
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), 'earshot-soak-broker-'));
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence true', 'persistence_location ./', 'max_queued_messages 100000'];
  writeFileSync(path.join(folder, 'mosquitto.conf'), [...(process.getuid?.() === 0 ? ['user root'] : []), ...lines, ''].join('\n'));
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    child = spawn('mosquitto', ['-c', 'mosquitto.conf'], { cwd: folder, stdio: 'ignore', env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } });
    child.on('error', (error) => {
      throw new Error(`the soak needs mosquitto (apt-get install mosquitto): ${error.message}`);
    });
    while (!(await accepts(port))) {
      if (child.exitCode !== null) throw new Error(`mosquitto exited with ${child.exitCode}`);
      await delay(20);
    }
  };
  const stop = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    start,
    stop,
    pid: () => child?.pid,
    async remove() {
      await stop();
      execFileSync('rm', ['-rf', folder]);
    },
  };
}
