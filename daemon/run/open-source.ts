import type { Config } from '../config/schema.js';
import { systemClock } from '../time/clock.js';
import type { Log } from '../log/create-log.js';
import { systemTimers } from '../time/timers.js';
import type { AudioSource } from '../source/audio-source.js';
import { createCommandSource } from '../source/command-source.js';
import { createMicrophoneSource } from '../source/microphone-source.js';
import { createStdinSource } from '../source/stdin-source.js';

export type SourceKind = AudioSource['kind'];

/** What `auto` stands for: what has been set, or else a microphone. */
export function kindOf({ kind, command, file }: Config['source']): SourceKind {
  if (kind !== 'auto') return kind;
  if (command !== undefined) return 'command';
  return file === undefined ? 'microphone' : 'file';
}

/** The source that the configuration names, its samples at the rate of the model. Opens nothing yet. */
export async function openSource({ source }: Pick<Config, 'source'>, sampleRate: number, log: Pick<Log, 'warn'>): Promise<AudioSource> {
  const kind = kindOf(source);
  const name = source.name ?? kind;
  const format = { sampleRate: source.sample_rate ?? sampleRate, channels: source.channels };
  const timers = systemTimers;
  switch (kind) {
    case 'microphone': {
      const onOverrun = once(() => log.warn({ source: name }, 'sound was lost: the machine was too busy to take it from the sound card'));
      return createMicrophoneSource({ name, device: source.device, sampleRate, timers, onOverrun });
    }
    case 'command':
      return createCommandSource({ name, command: source.command ?? [], format, sampleRate, timers });
    case 'stdin':
      return createStdinSource({ name, input: process.stdin, format, sampleRate });
    case 'file': {
      // A daemon with a microphone need not carry the decoders.
      const { createFileSource } = await import('../source/file-source.js');
      const pacing = source.real_time ? { clock: systemClock, timers } : undefined;
      return createFileSource({ name, path: source.file ?? '', sampleRate, loop: source.loop, pacing });
    }
  }
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}
