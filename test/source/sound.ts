import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const audioFixture = (name: string): string => fileURLToPath(new URL(`../../../test/fixtures/audio/${name}`, import.meta.url));

const folder = mkdtempSync(path.join(tmpdir(), 'earshot-sound-'));

export function writeSound(name: string, bytes: Uint8Array | string): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** A sine of half of full scale. */
export function tone({ hertz = 1000, sampleRate = 32000, seconds = 1 }): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / sampleRate));
}

/** Amplitude and phase of one frequency, by projection on it; `samples` should hold whole periods. */
export function amplitudeAt(hertz: number, samples: Float32Array, sampleRate = 32000): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, i) => {
    real += sample * Math.cos((2 * Math.PI * hertz * i) / sampleRate);
    imaginary += sample * Math.sin((2 * Math.PI * hertz * i) / sampleRate);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}

export interface Heard {
  readonly samples: Float32Array;
  readonly chunks: number;
  /** What was thrown behind the last sample. */
  readonly error: unknown;
}

export async function hear(sound: AsyncIterable<Float32Array>): Promise<Heard> {
  const chunks: Float32Array[] = [];
  let error: unknown;
  try {
    for await (const chunk of sound) chunks.push(chunk);
  } catch (thrown) {
    error = thrown;
  }
  return { samples: concatenate(chunks), chunks: chunks.length, error };
}

export function concatenate(chunks: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    samples.set(chunk, at);
    at += chunk.length;
  }
  return samples;
}
