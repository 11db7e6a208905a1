import type { create } from '@alexanderolsen/libsamplerate-js';

/** Turns a stream of mono samples at one rate into one at another. */
export interface Resampler {
  push(samples: Float32Array): Float32Array;
  /** The end: what the filter still holds back. All that was returned then lasts as long as all that was pushed. */
  flush(): Float32Array;
  close(): void;
}

type Converter = Awaited<ReturnType<typeof create>>;

/** Rates that libsamplerate takes. */
export const sampleRateLimits = { lowest: 1000, highest: 192000 } as const;

/** A converter at rest. Each holds 26 MB, and files are mostly decoded one after the other. */
let idle: Converter | undefined;

/** libsamplerate's medium sinc: 121 dB signal to noise, 90 % of the bandwidth. */
export async function createResampler(from: number, to: number): Promise<Resampler> {
  if (from === to) return { push: (samples) => samples, flush: () => new Float32Array(0), close: () => undefined };
  const converter = await openConverter(from, to);
  let pushed = 0;
  let returned = 0;
  const convert = (samples: Float32Array): Float32Array => {
    const converted = converter.full(samples);
    returned += converted.length;
    return converted;
  };

  return {
    push(samples) {
      pushed += samples.length;
      return convert(samples);
    },
    flush() {
      const missing = Math.round((pushed * to) / from) - returned;
      // The sinc reaches 0.1 s at most into what comes next, at 1 kHz; silence drives the end out of it.
      return missing > 0 ? convert(new Float32Array(Math.ceil((missing * from) / to) + Math.ceil(from / 5))).slice(0, missing) : new Float32Array(0);
    },
    close() {
      idle = converter;
    },
  };
}

async function openConverter(from: number, to: number): Promise<Converter> {
  const converter = idle;
  idle = undefined;
  if (converter !== undefined) {
    // Setting a rate begins a new stream.
    converter.inputSampleRate = from;
    converter.outputSampleRate = to;
    return converter;
  }
  // Its 2 MB of code are loaded when they are needed: a microphone at the bundle's rate never does.
  const { default: library } = await import('@alexanderolsen/libsamplerate-js');
  return library.create(1, from, to, { converterType: library.ConverterType.SRC_SINC_MEDIUM_QUALITY });
}
