import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EarshotError } from '../errors/earshot-error.js';
import { createOutput } from './output.js';
import { parseCards, parseVirtual, type CaptureDevice } from './parse-arecord.js';

const run = promisify(execFile);

/** `earshot devices` */
export async function devices(): Promise<void> {
  const output = createOutput(process.stdout, () => process.exit());
  const { cards, virtual } = await listDevices();
  if (cards.length === 0) {
    process.stderr.write('earshot: no microphone is plugged in. Plug one in and try again; `arecord -l` and `dmesg` say what the system sees.\n');
    process.exitCode = 1;
  }
  for (const line of toLines([...cards, ...virtual])) await output.line(line);
  const [first] = cards;
  if (first !== undefined) await output.line(`\nListen to one: npm start -- --microphone ${first.device}`);
}

/** What ALSA can capture from. Throws an `EarshotError` where it cannot be asked. */
export async function listDevices(): Promise<{ cards: CaptureDevice[]; virtual: CaptureDevice[] }> {
  return { cards: parseCards(await ask('-l')), virtual: parseVirtual(await ask('-L')) };
}

async function ask(option: string): Promise<string> {
  try {
    const { stdout } = await run('arecord', [option], { env: { ...process.env, LC_ALL: 'C' }, timeout: 10_000 });
    return stdout;
  } catch (cause) {
    const { code, message } = cause as Error & { code?: unknown };
    // Without any card arecord ends with 1.
    if (code === 1) return '';
    throw new EarshotError(
      code === 'ENOENT'
        ? { code: 'ARECORD_MISSING', message: 'arecord is not installed', remedy: 'On Debian, Ubuntu and Raspberry Pi OS: sudo apt install alsa-utils', cause }
        : { code: 'ARECORD_FAILED', message: `arecord ${option} failed: ${message}`, remedy: 'Try it by hand; it says what is wrong with ALSA.', cause },
    );
  }
}

function toLines(devices: readonly CaptureDevice[]): string[] {
  const width = Math.max(0, ...devices.map(({ device }) => device.length));
  return devices.map(({ device, description }) => `${device.padEnd(width)}  ${description}`.trimEnd());
}
