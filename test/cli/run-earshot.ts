import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../daemon/cli/earshot.js', import.meta.url));

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

export type Running = ChildProcessByStdio<null, Readable, Readable>;

/** Starts the real command in a process of its own. */
export function startEarshot(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } });
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
  const samples = Math.round(seconds * sampleRate);
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) file.writeInt16LE(Math.round(amplitude * 32_767 * Math.sin((2 * Math.PI * 440 * i) / sampleRate)), 44 + 2 * i);
  return file;
}
