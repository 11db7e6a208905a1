/**
 * The child process that runs the model: it opens the bundle it is told to and captions what it is sent.
 * It keeps nothing but the window it heard last, so that another can take its place at any time, and ends when
 * its parent is gone. Where the kernel does not see to that, it is started with its parent's process id.
 */
import { loadFiles } from '../bundle/load-files.js';
import { EarshotError } from '../errors/earshot-error.js';
import type { Captioner } from './captioner.js';
import { watchParent } from './end-with-parent.js';
import { createInlineCaptioner } from './inline-captioner.js';
import type { ErrorMessage, ToChild, ToParent } from './messages.js';
import { createWindowReceiver } from './window-transfer.js';

const [parent] = process.argv.slice(2);
if (parent !== undefined) watchParent(Number(parent));

let captioner: Promise<Captioner> | undefined;
const receive = createWindowReceiver();

// A terminal's Ctrl-C goes to the whole group; it is the parent who decides when the child may go.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.once('disconnect', () => process.exit());
process.on('message', (message: ToChild) => void (message.type === 'open' ? open(message) : caption(message)));
if (!process.connected) process.exit();

async function open({ directory, manifest, threads, sources }: Extract<ToChild, { type: 'open' }>): Promise<void> {
  try {
    captioner = loadFiles(directory, manifest).then((bundle) => createInlineCaptioner(bundle, { threads, sources }));
    await captioner;
    tell({ type: 'ready' });
  } catch (error) {
    tell({ type: 'refused', error: toMessage(error) });
  }
}

async function caption({ id, window }: Extract<ToChild, { type: 'caption' }>): Promise<void> {
  try {
    if (captioner === undefined) throw new Error('asked for a caption before a bundle was opened');
    tell({ type: 'captioned', id, caption: await (await captioner).caption(receive(window)) });
  } catch (error) {
    tell({ type: 'failed', id, error: toMessage(error) });
  }
}

function tell(message: ToParent): void {
  // Nobody is left to tell when the parent is gone; 'disconnect' ends the process then.
  process.send?.(message, undefined, undefined, () => undefined);
}

function toMessage(error: unknown): ErrorMessage {
  if (error instanceof EarshotError) return { code: error.code, message: error.message, remedy: error.remedy };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'CAPTIONER_FAILED', message, remedy: 'Check the bundle with `earshot check`.' };
}
