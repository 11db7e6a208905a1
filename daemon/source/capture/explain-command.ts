import { SourceError } from '../source-error.js';
import { explainStart } from './explain-start.js';
import type { CaptureEnding } from './read-capture.js';

/** Why a capture program's sound is lost. */
export function explainCommand(ending: CaptureEnding, complaints: readonly string[], program: string): SourceError {
  const reason = complaints.at(-1);
  switch (ending.how) {
    case 'not-started':
      return explainStart(ending.error, program, 'Install it, or correct source.command');
    case 'stalled':
      return new SourceError({
        code: 'SOURCE_STALLED',
        message: `${program} has delivered no sound for ${ending.afterMs / 1000} s${inWords(reason)}`,
        remedy: 'Check what it listens to; where it can time out by itself, let it',
      });
    case 'exited': {
      const how = ending.signal === null ? `ended with exit code ${ending.code}` : `was ended by ${ending.signal}`;
      return new SourceError({
        code: 'SOURCE_ENDED',
        message: `${program} ${how}${inWords(reason)}`,
        remedy: 'Run it by hand: it must write raw 16-bit samples to its standard output and never end',
      });
    }
  }
}

function inWords(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}
