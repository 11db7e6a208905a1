import type { Captioner } from '../captioner/captioner.js';
import type { AudioWindow } from '../window/audio-window.js';
import { createWindowSlider, type WindowOptions } from '../window/slide-windows.js';

/** What is said of one window of a file. */
export interface WindowCaption {
  /** Seconds since the beginning of the file. */
  readonly start: number;
  readonly end: number;
  readonly caption: string;
  /** In (0, 1]. */
  readonly confidence: number;
}

export interface CaptionFileParts {
  /** Mono samples at `sampleRate`; throws a `SourceError` where the file is at fault. */
  readonly sound: AsyncIterable<Float32Array>;
  readonly sampleRate: number;
  readonly windows: WindowOptions;
  readonly captioner: Captioner;
  /** The first window alone. */
  readonly isOnce: boolean;
}

/** Puts the windows of a file into words, one after another. What came before a fault is captioned, then it is thrown. */
export async function* captionFile({ sound, sampleRate, windows, captioner, isOnce }: CaptionFileParts): AsyncGenerator<WindowCaption, void> {
  const seconds = (samples: number): number => Number((samples / sampleRate).toFixed(3));
  for await (const window of windowsOf(sound, windows)) {
    const { text, confidence } = await captioner.caption(window);
    const { startSample, heardSamples } = window;
    yield {
      start: seconds(startSample),
      end: seconds(startSample + heardSamples),
      caption: text,
      confidence: Number(confidence.toPrecision(4)),
    };
    if (isOnce) return;
  }
}

/** The windows, the last padded with silence; then throws what went wrong with the sound. */
async function* windowsOf(sound: AsyncIterable<Float32Array>, options: WindowOptions): AsyncGenerator<AudioWindow, void> {
  const slider = createWindowSlider(options);
  try {
    for await (const chunk of sound) yield* slider.push(chunk);
  } catch (error) {
    yield* slider.flush();
    throw error;
  }
  yield* slider.flush();
}
