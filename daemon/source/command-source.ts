import { spawn } from 'node:child_process';

import type { Timers } from '../time/timers.js';
import type { AudioSource } from './audio-source.js';
import { explainCommand } from './capture/explain-command.js';
import { readCapture } from './capture/read-capture.js';
import { toMonoAtRate } from './decode/to-mono-at-rate.js';
import { decodeRawPcm, type RawFormat } from './raw-pcm.js';
import { requireRaw } from './require-raw.js';

export interface CommandSourceOptions {
  readonly name: string;
  /** A program and its arguments; no shell is involved. */
  readonly command: readonly string[];
  /** What it writes: signed 16-bit little-endian samples of this form. */
  readonly format: RawFormat;
  /** The rate that samples are wanted at, in Hz. */
  readonly sampleRate: number;
  readonly timers: Timers;
  /** How long it may deliver nothing before it is given up, ms. */
  readonly stallMs?: number;
}

/** Any program that captures sound and writes it to its standard output: `pw-record`, `ffmpeg -i rtsp://...`. */
export function createCommandSource({ name, command, format, sampleRate, timers, stallMs = 15_000 }: CommandSourceOptions): AudioSource {
  const [program = '', ...args] = command;
  return {
    name,
    kind: 'command',
    isLive: true,
    stream(signal) {
      const bytes = readCapture({
        start: () => spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] }),
        explain: (ending, complaints) => explainCommand(ending, complaints, program),
        stallMs,
        timers,
      }, signal);
      return toMonoAtRate(decodeRawPcm(requireRaw(bytes, program), format), sampleRate);
    },
  };
}
