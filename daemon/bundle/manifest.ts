import * as z from 'zod';

/** Bounds keep an absurd manifest from asking for absurd memory; no sensible model comes near them. */
const count = (max: number) => z.int().min(1).max(max);

const log = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('ln'), floor: z.number().positive(), offset: z.number(), scale: z.number().positive() }),
    z.strictObject({ kind: z.literal('db'), floor: z.number().positive(), top_db: z.number().positive() }),
  ],
  { error: 'expected "ln" or "db"' },
);

const audio = z
  .strictObject({
    sample_rate: count(384_000),
    pre_emphasis: z.number().min(0).lt(1),
    n_fft: count(65_536).refine((size) => Number.isInteger(Math.log2(size)), 'expected a power of two'),
    win_length: count(65_536),
    hop_length: count(65_536),
    framing: z.enum(['causal', 'center'], { error: 'expected "causal" or "center"' }),
    mel_bins: count(1024),
    log,
  })
  .refine(({ win_length, n_fft }) => win_length <= n_fft, {
    path: ['win_length'],
    message: 'expected at most n_fft',
  })
  .refine(({ hop_length, win_length }) => hop_length <= win_length, {
    path: ['hop_length'],
    message: 'expected at most win_length',
  })
  .refine(({ framing, pre_emphasis }) => framing !== 'center' || pre_emphasis === 0, {
    path: ['pre_emphasis'],
    message: 'expected 0 with framing "center"',
  });

const segment = z.strictObject({
  frames: count(100_000),
  context_frames: z.int().min(0).max(100_000),
  per_window: count(1024),
  embeddings: count(10_000),
  embedding_size: count(65_536),
});

const decoder = z.strictObject({
  layers: count(256),
  heads: count(256),
  head_size: count(4096),
  cache_length: count(4096),
});

const decoding = z.strictObject({
  beam_size: count(64),
  max_tokens: count(4096),
  forbid_repeats: z.boolean(),
});

const tokenId = z.int().min(0);
const tokens = z
  .strictObject({ pad: tokenId, start: tokenId, end: tokenId, unknown: tokenId, size: count(1_000_000) })
  .refine(({ pad, start, end, unknown, size }) => Math.max(pad, start, end, unknown) < size, {
    path: ['size'],
    message: 'expected more than every special token',
  })
  .refine(({ pad, start, end, unknown }) => new Set([start, end, unknown]).size === 3 && pad !== start, {
    message: 'expected start, end and unknown to differ, and pad to differ from start',
  });

/** A plain name: a bundle reaches for nothing outside its own folder. */
const fileName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/, 'expected a plain file name');
const fileRecord = z.strictObject({
  bytes: z.int().positive().max(2 ** 31 - 1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits'),
});

/** What every bundle must hold, beside its manifest. */
export const REQUIRED_FILES = [
  'encoder.onnx',
  'memory.onnx',
  'decoder.onnx',
  'mel.f32',
  'window.f32',
  'vocabulary.json',
] as const;
export type RequiredFile = (typeof REQUIRED_FILES)[number];

const files = z.record(fileName, fileRecord).superRefine((record, context) => {
  for (const name of REQUIRED_FILES) {
    if (!Object.hasOwn(record, name)) {
      context.addIssue({ code: 'custom', path: [name], message: 'expected its bytes and sha256' });
    }
  }
});

/** What says that the rest can be understood. */
export const headerSchema = z.looseObject({ format: z.literal('earshot-bundle'), version: z.literal(1) });

/** `manifest.json` of version 1, field by field as in `docs/bundle.md`. Model constants are strict, prose is free. */
export const manifestSchema = headerSchema
  .extend({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected letters, digits, dots and hyphens'),
    description: z.string(),
    created: z.iso.datetime({ offset: true }),
    audio,
    segment,
    decoder,
    decoding,
    tokens,
    files,
    quality: z.record(z.string(), z.unknown()).default({}),
    training: z.record(z.string(), z.unknown()).default({}),
    licences: z.array(z.looseObject({ what: z.string(), licence: z.string() })).default([]),
  })
  .refine(({ audio: { framing }, segment: { context_frames } }) => framing !== 'center' || context_frames === 0, {
    path: ['segment', 'context_frames'],
    message: 'expected 0 with framing "center"',
  })
  .refine(isLongEnoughToReflect, {
    path: ['segment', 'frames'],
    message: 'expected more than half a win_length of samples with framing "center"',
  })
  .refine(({ decoder: { cache_length }, decoding: { max_tokens } }) => max_tokens <= cache_length, {
    path: ['decoding', 'max_tokens'],
    message: 'expected at most decoder.cache_length',
  })
  .refine(({ decoding: { beam_size }, tokens: { size } }) => beam_size <= size, {
    path: ['decoding', 'beam_size'],
    message: 'expected at most tokens.size',
  });

/** A sound is reflected at its ends without the sample it is reflected at, so it must be longer than what is reflected. */
function isLongEnoughToReflect({ audio: { framing, win_length, hop_length }, segment: { frames } }: AudioAndSegment): boolean {
  return framing !== 'center' || (frames - 1) * hop_length > win_length / 2;
}

interface AudioAndSegment {
  readonly audio: z.infer<typeof audio>;
  readonly segment: z.infer<typeof segment>;
}

export type Manifest = Readonly<z.infer<typeof manifestSchema>>;
