import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';

import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';

import { wavBytes, type WavForm } from '../../../daemon/bench/wav-bytes.js';
import { decodeFile } from '../../../daemon/source/decode/decode-file.js';
import { SourceError } from '../../../daemon/source/source-error.js';
import { amplitudeAt, audioFixture, decibels, hear, tone, writeSound, type Heard } from '../sound.js';

const sampleRate = 32000;
const decode = (path: string): Promise<Heard> => hear(decodeFile(path, sampleRate));

interface Expectation {
  readonly amplitude: number;
  readonly toleranceDb: number;
  readonly seconds?: number;
  readonly toleranceMs?: number;
}

/** A 1 kHz tone has come out: its length, its level, and next to nothing beside it. */
function assertTone(t: ExecutionContext, { samples, error }: Heard, { amplitude, toleranceDb, seconds = 2, toleranceMs = 2 }: Expectation): void {
  t.is(error, undefined);
  const lengthError = Math.abs(samples.length / sampleRate - seconds) * 1000;
  t.true(lengthError <= toleranceMs, `length is off by ${lengthError} ms`);
  const middle = samples.subarray(0.25 * sampleRate, 0.75 * sampleRate);
  const level = decibels(amplitudeAt(1000, middle) / amplitude);
  t.true(Math.abs(level) <= toleranceDb, `level is off by ${level} dB`);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  const rest = decibels(Math.sqrt(Math.max(1e-20, power - amplitudeAt(1000, middle) ** 2 / 2)) / amplitude);
  t.true(rest < -30, `what is not the tone is at ${rest} dB`);
}

const fixtures: readonly (readonly [name: string, what: string, expected: Expectation])[] = [
  ['tone-44k.flac', 'flac', { amplitude: 0.5, toleranceDb: 0.01 }],
  ['tone-96k-stereo-24bit.flac', 'flac at 96 kHz with 24 bits, one of two channels silent', { amplitude: 0.25, toleranceDb: 0.01 }],
  ['tone-16k-flac.oga', 'flac in ogg', { amplitude: 0.5, toleranceDb: 0.01 }],
  ['tone-22k-vorbis.ogg', 'ogg vorbis', { amplitude: 0.5, toleranceDb: 0.1 }],
  ['tone-48k-stereo.opus', 'opus, one of two channels silent', { amplitude: 0.25, toleranceDb: 0.1 }],
  ['tone-chained.ogg', 'two ogg streams of different rates in a row', { amplitude: 0.5, toleranceDb: 0.1, seconds: 4 }],
  // The encoder leaves half a decibel of headroom.
  ['tone-44k.mp3', 'mp3 with tags', { amplitude: 0.475, toleranceDb: 0.1 }],
  // It has no room for the tag that tells how much of it is padding.
  ['tone-8k.mp3', 'mp3 at 8 kHz', { amplitude: 0.475, toleranceDb: 0.3, toleranceMs: 170 }],
];
for (const [name, what, expected] of fixtures) {
  test(`decodes ${what}`, async (t) => {
    assertTone(t, await decode(audioFixture(name)), expected);
  });
}

/** A padding byte follows a chunk of odd length. */
const oddChunk = { name: 'LIST', body: Buffer.from('odd') };
const wavs: readonly WavForm[] = [
  ...[8, 16, 24, 32].map((bits) => ({ bits })),
  ...[32, 64].map((bits) => ({ encoding: 'float' as const, bits })),
  ...[8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000].map((rate) => ({ sampleRate: rate })),
  { isExtensible: true, bits: 24 }, { form: 'RF64' }, { form: 'stream' },
];
for (const options of wavs) {
  test(`decodes wav ${JSON.stringify(options)}`, async (t) => {
    const samples = tone({ sampleRate: options.sampleRate ?? sampleRate, seconds: 2 });
    const file = writeSound(`${JSON.stringify(options).replaceAll(/\W+/g, '-')}.wav`, wavBytes([samples], { ...options, before: [oddChunk] }));
    assertTone(t, await decode(file), { amplitude: 0.5, toleranceDb: 0.1 });
  });
}

test('wav at the wanted rate comes out sample by sample as it is', async (t) => {
  const samples = tone({ seconds: 0.5 });
  const { samples: decoded } = await decode(writeSound('exact.wav', wavBytes([samples], { encoding: 'float', bits: 32 })));
  t.deepEqual(decoded, samples);
});

test('channels are mixed by their mean', async (t) => {
  const stereo = [Float32Array.of(0.5, 0.25, -1), Float32Array.of(0.25, -0.25, -1)];
  const { samples } = await decode(writeSound('stereo.wav', wavBytes(stereo, { encoding: 'float', bits: 32 })));
  t.deepEqual(samples, Float32Array.of(0.375, 0, -1));
});

test('a float wav beyond full scale, or with no numbers in it, stays in bounds', async (t) => {
  const { samples } = await decode(writeSound('wild.wav', wavBytes([Float32Array.of(7, -7, NaN, 0.5)], { encoding: 'float', bits: 32 })));
  t.deepEqual(samples, Float32Array.of(1, -1, 0, 0.5));
});

test('the format is told by content, whatever the name', async (t) => {
  assertTone(t, await decode(writeSound('really-opus.mp3', readFileSync(audioFixture('tone-48k-stereo.opus')))), { amplitude: 0.25, toleranceDb: 0.1 });
});

test('a tag in front of any format is passed over', async (t) => {
  const tag = Buffer.from('ID3\x04\x00\x00\x00\x00\x01\x00' + '\0'.repeat(128), 'latin1');
  const file = writeSound('tagged.flac', Buffer.concat([tag, readFileSync(audioFixture('tone-44k.flac'))]));
  assertTone(t, await decode(file), { amplitude: 0.5, toleranceDb: 0.01 });
});

const m4a = Buffer.from('\0\0\0\x20ftypM4A \0\0\0\0', 'latin1');
const failures: readonly (readonly [what: string, path: () => string, code: string, message: RegExp])[] = [
  ['a missing file', () => '/nowhere/dog.wav', 'SOURCE_NOT_FOUND', /^\/nowhere\/dog\.wav does not exist$/],
  ['a folder', () => tmpdir(), 'SOURCE_IS_FOLDER', / is a folder$/],
  ['an empty file', () => writeSound('empty.wav', ''), 'SOURCE_EMPTY', /empty\.wav is empty$/],
  ['a text file', () => writeSound('text.wav', 'This is no sound at all.'), 'SOURCE_NOT_AUDIO', /text\.wav is not an audio file/],
  ['a binary file', () => process.execPath, 'SOURCE_NOT_AUDIO', /is not an audio file/],
  ['an m4a file', () => writeSound('song.m4a', m4a), 'SOURCE_UNSUPPORTED', /song\.m4a is MP4 or M4A \(AAC\), which Earshot does not decode/],
  ['a wav file of mu-law samples', () => writeSound('phone.wav', wavBytes([tone({})], { tag: 7, bits: 8 })), 'SOURCE_UNSUPPORTED', /phone\.wav is a wav file with mu-law samples/],
  ['a wav file at 400 kHz', () => writeSound('bats.wav', wavBytes([tone({})], { sampleRate: 400_000 })), 'SOURCE_UNSUPPORTED', /bats\.wav is sampled at 400000 Hz/],
  ['a wav file without sound', () => writeSound('hush.wav', wavBytes([new Float32Array(0)])), 'SOURCE_NO_SOUND', /hush\.wav is an audio file that holds no sound/],
  ['a wav file that ends in its header', () => writeSound('head.wav', wavBytes([tone({})]).subarray(0, 30)), 'SOURCE_DAMAGED', /head\.wav is cut off within its header/],
  ['an ogg file without sound', () => writeSound('film.ogg', readFileSync(audioFixture('tone-22k-vorbis.ogg')).subarray(60)), 'SOURCE_NOT_AUDIO', /film\.ogg is not an audio file/],
];
for (const [what, path, code, message] of failures) {
  test(`${what} is told with its name, what is wrong and what to do`, async (t) => {
    const { error, samples } = await decode(path());
    t.true(error instanceof SourceError);
    t.like(error, { code });
    t.regex((error as SourceError).message, message);
    t.true((error as SourceError).remedy.length > 10);
    t.is(samples.length, 0);
  });
}

const cuttable = ['tone-44k.flac', 'tone-16k-flac.oga', 'tone-chained.ogg', 'tone-48k-stereo.opus', 'tone-44k.mp3'];
for (const name of cuttable) {
  test(`${name} cut short is heard up to there, then told`, async (t) => {
    const whole = readFileSync(audioFixture(name));
    const { samples, error } = await decode(writeSound(`cut-${name}`, whole.subarray(0, whole.length * 0.7)));
    t.true(samples.length > 0.3 * sampleRate, `${samples.length} samples`);
    t.like(error, { code: 'SOURCE_DAMAGED' });
    t.regex((error as SourceError).message, /cut-tone.*\(\d\.\d s of it could be heard\)$/);
  });

  test(`${name} with a hole in it is heard around the hole, then told`, async (t) => {
    const holed = Buffer.from(readFileSync(audioFixture(name)));
    const at = Math.floor(holed.length * 0.6);
    holed.fill(0x55, at, at + 700);
    const { samples, error } = await decode(writeSound(`holed-${name}`, holed));
    t.true(samples.length > 0.3 * sampleRate, `${samples.length} samples`);
    t.true(samples.every((sample) => Math.abs(sample) <= 1.1));
    t.like(error, { code: 'SOURCE_DAMAGED' });
  });
}

test('an ogg stream without an end, followed by another, is told and both are heard', async (t) => {
  const first = readFileSync(audioFixture('tone-48k-stereo.opus'));
  const second = readFileSync(audioFixture('tone-22k-vorbis.ogg'));
  const { samples, error } = await decode(writeSound('radio.ogg', Buffer.concat([first.subarray(0, first.length * 0.7), second])));
  t.true(samples.length > 2.9 * sampleRate, `${samples.length} samples`);
  t.like(error, { code: 'SOURCE_DAMAGED' });
});

test('a wav file cut short is heard up to there, then told', async (t) => {
  const whole = wavBytes([tone({ seconds: 2 })]);
  const { samples, error } = await decode(writeSound('cut.wav', whole.subarray(0, whole.length - 32001)));
  t.is(samples.length, 1.5 * sampleRate - 1);
  t.is((error as SourceError).message.replace(/^.*cut/, 'cut'), 'cut.wav ends early: 1.5 s of 2.0 s are there (1.5 s of it could be heard)');
});

test('whatever stands in a file, decoding it ends, within bounds or with an error that names it', async (t) => {
  const originals = [...cuttable.map((name) => readFileSync(audioFixture(name))), wavBytes([tone({})])];
  const harms = fc.record({
    original: fc.constantFrom(...originals),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(3000),
    harm: fc.constantFrom('replace', 'remove', 'repeat'),
    noise: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  });
  await fc.assert(fc.asyncProperty(harms, async ({ original, at, length, harm, noise }) => {
    const from = Math.floor(at * original.length);
    const middle = original.subarray(from, from + length);
    const replaced = harm === 'replace' ? middle.map((_, i) => noise[i % noise.length]!) : harm === 'repeat' ? Buffer.concat([middle, middle]) : middle.subarray(0, 0);
    const file = writeSound('harmed', Buffer.concat([original.subarray(0, from), replaced, original.subarray(from + length)]));
    const { samples, error } = await decode(file);
    if (error !== undefined) t.true(error instanceof SourceError && error.message.startsWith(file), inspect(error));
    t.true(samples.every((sample) => Math.abs(sample) < 2));
    t.true(samples.length < 10 * sampleRate);
  }), { numRuns: 25 });
});

test('a reader that stops half-way leaves the file closed', async (t) => {
  const file = writeSound('left.flac', readFileSync(audioFixture('tone-44k.flac')));
  const isOpen = () => readdirSync('/proc/self/fd').some((fd) => linkTarget(`/proc/self/fd/${fd}`) === file);
  for await (const samples of decodeFile(file, sampleRate)) {
    t.true(samples.length > 0);
    t.true(isOpen());
    break;
  }
  t.false(isOpen());
});

/** Undefined for a descriptor that was closed since it was listed. */
function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
