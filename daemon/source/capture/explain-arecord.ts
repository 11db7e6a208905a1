import { SourceError, type SourceErrorCode } from '../source-error.js';
import { explainStart } from './explain-start.js';
import type { CaptureEnding } from './read-capture.js';

/** What arecord and the ALSA library say in the C locale, what it means and what to do. First match wins. */
const complaintsKnown: readonly (readonly [pattern: RegExp, code: SourceErrorCode, meaning: string, remedy: string])[] = [
  [/Device or resource busy/, 'SOURCE_DEVICE_BUSY', 'is in use by another program', 'End that program (`fuser -v /dev/snd/*` names it)'],
  [/Permission denied|Operation not permitted/, 'SOURCE_PERMISSION', 'may not be opened', 'Add the user that Earshot runs as to the group audio, then log in again'],
  [/No such (?:device|file)|Unknown PCM|cannot find card/, 'SOURCE_DEVICE_MISSING', 'is not there', 'Plug it in, or choose one that `earshot devices` lists'],
  [/Channels count non available|Sample format non available|Unable to install hw params|Broken configuration/, 'SOURCE_FAILED', 'does not deliver mono 16-bit sound at this rate', 'Name it plughw:CARD=... instead of hw:..., so that ALSA converts'],
];

/** Why a microphone read by arecord is lost. */
export function explainArecord(ending: CaptureEnding, complaints: readonly string[], device: string | undefined): SourceError {
  const microphone = nameOf(device);
  const told = complaints.map((line) => line.replace(/^arecord: (?:\w+:\d+: )?/, ''));
  const reason = told.at(-1);

  if (ending.how === 'not-started') return explainStart(ending.error, 'arecord', 'Install it: sudo apt-get install alsa-utils');
  if (ending.how === 'stalled') {
    return new SourceError({
      code: 'SOURCE_STALLED',
      message: `${microphone} has delivered nothing for ${ending.afterMs / 1000} s`,
      remedy: 'Check its cable; if it stays like this, unplug it and plug it in again',
    });
  }
  const known = complaintsKnown.find(([pattern]) => told.some((line) => pattern.test(line)));
  if (known !== undefined) {
    const [, code, meaning, advice] = known;
    const remedy = code === 'SOURCE_DEVICE_MISSING' ? `${advice}${explainNumber(device)}` : advice;
    return new SourceError({ code, message: `${microphone} ${meaning} (arecord: ${reason})`, remedy });
  }
  const how = ending.signal === null ? `exited with code ${ending.code}` : `was ended by ${ending.signal}`;
  return new SourceError({
    code: 'SOURCE_ENDED',
    message: `${microphone} was lost: arecord ${how}${reason === undefined ? '' : ` (${reason})`}`,
    remedy: 'Check that it is plugged in and that `earshot devices` lists it',
  });
}

function explainNumber(device: string | undefined): string {
  return device !== undefined && /^(?:plug)?hw:\d/.test(device) ? '. Cards are numbered anew when they are plugged in: name it by its name' : '';
}

/** Where a line says that a card captures at another rate than it was asked for, and nobody converts. */
export function explainWrongRate(line: string, device: string | undefined): SourceError | undefined {
  const [, wanted, got] = /rate is not accurate \(requested = (\d+)Hz, got = (\d+)Hz\)/.exec(line) ?? [];
  if (got === undefined) return undefined;
  return new SourceError({
    code: 'SOURCE_WRONG_RATE',
    message: `${nameOf(device)} delivers ${got} Hz instead of ${wanted} Hz`,
    remedy: 'Name it plughw:CARD=..., so that ALSA converts',
  });
}

function nameOf(device: string | undefined): string {
  return device === undefined ? 'the default microphone' : `microphone ${device}`;
}
