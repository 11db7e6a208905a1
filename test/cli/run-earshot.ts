import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { wavBytes } from '../../daemon/bench/wav-bytes.js';

const program = fileURLToPath(new URL('../../daemon/cli/earshot.js', import.meta.url));

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

export type Running = ChildProcessByStdio<null, Readable, Readable>;

/** Starts the real command in a process of its own, which remembers nothing of others. */
export function startEarshot(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'], XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'earshot-state-')), ...env } });
}

/** Runs the real command to its end. */
export async function earshot(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const child = startEarshot(args, env);
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { stdout, stderr, code };
}

/** A wav file of a tone: 16 bit, mono, 16 kHz. */
export function toneWav(seconds: number, amplitude = 0.3): Buffer {
  const sampleRate = 16_000;
  const tone = Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => amplitude * Math.sin((2 * Math.PI * 440 * i) / sampleRate));
  return wavBytes([tone], { sampleRate });
}
