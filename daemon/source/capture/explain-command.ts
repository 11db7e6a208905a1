import { SourceError } from '../source-error.js';
import type { CaptureEnding } from './read-capture.js';

/** Why a capture program's sound is lost. */
export function explainCommand(ending: CaptureEnding, complaints: readonly string[], program: string): SourceError {
  const reason = complaints.at(-1);
  switch (ending.how) {
    case 'not-started':
      return explainStart(ending.error, program);
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

function explainStart(error: Error, program: string): SourceError {
  switch ('code' in error ? error.code : undefined) {
    case 'ENOENT':
      return new SourceError({ code: 'SOURCE_COMMAND_MISSING', message: `${program} is not installed`, remedy: 'Install it, or correct source.command', cause: error });
    case 'EACCES':
      return new SourceError({ code: 'SOURCE_PERMISSION', message: `${program} may not be executed`, remedy: `Make it executable: chmod +x ${program}`, cause: error });
    default:
      return new SourceError({ code: 'SOURCE_FAILED', message: `${program} cannot be started: ${error.message}`, remedy: 'Run it by hand', cause: error });
  }
}

function inWords(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}
