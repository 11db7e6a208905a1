import { SourceError } from '../source-error.js';

/** Why a capture program cannot be started. `install`: what to do where it is not there. */
export function explainStart(error: Error, program: string, install: string): SourceError {
  const cause = withoutArguments(error);
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return new SourceError({ code: 'SOURCE_COMMAND_MISSING', message: `${program} is not installed`, remedy: install, cause });
    case 'EACCES':
      return new SourceError({ code: 'SOURCE_PERMISSION', message: `${program} may not be executed`, remedy: `Make it executable: chmod +x ${program}`, cause });
    case 'EMFILE':
    case 'ENFILE':
    case 'EAGAIN':
    case 'ENOMEM':
      return new SourceError({
        code: 'SOURCE_NO_RESOURCES',
        message: `${program} cannot be started: the machine is out of memory, processes or open files (${code})`,
        remedy: 'Find out what takes them (`systemd-cgtop`, `lsof`); Earshot tries again',
        cause,
      });
    default:
      return new SourceError({ code: 'SOURCE_FAILED', message: `${program} cannot be started: ${error.message}`, remedy: 'Run it by hand', cause });
  }
}

/** Node hangs the arguments onto the error, and with them the password in a camera's address. */
function withoutArguments(error: Error): Error {
  if ('spawnargs' in error) delete error.spawnargs;
  return error;
}
