import { SourceError } from './source-error.js';
import { describeStillness, type Stillness } from './stillness.js';

export function nothingHeard(seconds: number): SourceError {
  return new SourceError({
    code: 'SOURCE_STALLED',
    message: `no sound has come in for ${seconds} s`,
    remedy: 'Check what delivers it; Earshot goes on trying',
  });
}

export function onlyStillness(still: Stillness): SourceError {
  return new SourceError({
    code: 'SOURCE_SILENT',
    message: `what comes in is ${describeStillness(still)}`,
    remedy: 'Check mute switch and cable, and with `alsamixer` (F4) whether capture is on',
  });
}

/** `pace`: how many times as fast as it should. */
export function wrongPace(pace: number, sampleRate: number): SourceError {
  const times = pace.toFixed(2);
  return new SourceError({
    code: 'SOURCE_WRONG_PACE',
    message:
      pace > 1
        ? `sound comes in ${times} times as fast as ${sampleRate} Hz would: it is sampled at another rate`
        : `sound comes in ${times} times as fast as ${sampleRate} Hz would: it is sampled at another rate, or part of it is lost`,
    remedy: 'Let source.sample_rate say what a command delivers; name a microphone plughw:CARD=..., so that ALSA converts',
  });
}
