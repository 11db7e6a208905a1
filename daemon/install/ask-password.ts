import { readFileSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import { InstallError } from './install-error.js';

/** Reads a password that stands alone on the line of a file. */
export function passwordFrom(file: string): string {
  try {
    return checked(readFileSync(file === '-' ? 0 : file, 'utf8').replace(/\r?\n$/, ''), file);
  } catch (cause) {
    if (cause instanceof InstallError) throw cause;
    throw new InstallError({ code: 'INSTALL_PASSWORD', message: `${file} cannot be read: ${(cause as Error).message}`, remedy: 'Name a file that holds the password alone, on one line.', cause });
  }
}

/** Asks for a password on a terminal, without showing it. */
export async function askPassword(question: string, input: ReadStream, output: NodeJS.WritableStream): Promise<string> {
  output.write(question);
  input.setRawMode(true);
  let typed = '';
  try {
    for await (const chunk of input.setEncoding('utf8') as AsyncIterable<string>) {
      for (const character of chunk) {
        if (character === '\r' || character === '\n' || character === '\u0004') return checked(typed, 'what was typed');
        if (character === '\u0003') throw new InstallError({ code: 'INSTALL_PASSWORD', message: 'no password was given', remedy: 'Nothing has been changed.' });
        typed = character === '\u007F' || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    }
    return checked(typed, 'what was typed');
  } finally {
    input.setRawMode(false);
    output.write('\n');
  }
}

function checked(password: string, where: string): string {
  if (password !== '' && !/\p{Cc}/u.test(password)) return password;
  throw new InstallError({ code: 'INSTALL_PASSWORD', message: `${where} does not hold a password alone on one line`, remedy: 'Give one without line breaks or control characters.' });
}
