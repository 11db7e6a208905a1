import { fork, type ChildProcess } from 'node:child_process';

import type { Manifest } from '../bundle/manifest.js';
import type { AudioWindow } from '../window/audio-window.js';
import type { Caption } from './captioner.js';
import { CaptionerError, crashedError } from './captioner-error.js';
import type { DeathWatch } from './end-with-parent.js';
import { readLastWords } from './last-words.js';
import type { ToChild, ToParent } from './messages.js';
import { createWindowSender } from './window-transfer.js';

export interface CaptionerProcessOptions {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly threads: number;
  readonly sources: number;
  /** Script of the child; another one only in tests. */
  readonly script: URL;
  readonly deathWatch: DeathWatch;
}

/** One life of the captioner's child process, from fork to exit. */
export interface CaptionerProcess {
  readonly pid: number | undefined;
  /** Settles when the child has opened the bundle, or refused it, or ended. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone and reaped, with how it ended. Never rejects. */
  readonly ended: Promise<CaptionerError>;
  /** Rejects with `CAPTIONER_CRASHED` when the child ends first. One at a time. */
  caption(window: AudioWindow): Promise<Caption>;
  /** Lets it exit by itself once it is idle. */
  dismiss(): void;
  /** SIGKILL; `reason` is then what it is said to have ended for. */
  kill(reason?: CaptionerError): void;
}

/** Its JavaScript needs a few megabytes; next to all of the child's memory is the model's. */
const heapFlags = ['--max-semi-space-size=1', '--max-old-space-size=64'];

/** glibc gives memory back at once: what opening a session leaves behind would stay for good otherwise. */
const mallocVariables = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_MMAP_THRESHOLD_: '65536' };

/** What the child may know of the environment; no secret of the daemon is among it. */
const inheritedVariables = [
  'PATH',
  'LD_LIBRARY_PATH',
  'NODE_V8_COVERAGE',
  'ORT_DISABLE_TELEMETRY',
  'QEMU_CPU',
  'QEMU_LD_PREFIX',
];

/** @throws CaptionerError when the system refuses a new process at once. */
export function startCaptionerProcess(options: CaptionerProcessOptions): CaptionerProcess {
  const child = forkChild(options);
  let killedFor: CaptionerError | undefined;
  const ended = waitForEnd(child).then((error) => killedFor ?? error);
  const answers = new Map<number, (answer: ToParent | CaptionerError) => void>();
  const pack = createWindowSender();
  let lastId = 0;
  let ending: CaptionerError | undefined;

  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message: ToParent) => {
      if (message.type === 'ready') resolve();
      else if (message.type === 'refused') reject(new CaptionerError(message.error));
      else answers.get(message.id)?.(message);
    });
    void ended.then((error) => {
      ending = error;
      reject(error);
      for (const answer of answers.values()) answer(error);
    });
  });
  // It may be refused before anybody has come to wait for it.
  ready.catch(() => undefined);

  // A child that cannot be told is about to be seen ending; one that no descriptor was left for has no channel at all.
  const tell = (message: ToChild): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  const { directory, manifest, threads, sources } = options;
  tell({ type: 'open', directory, manifest, threads, sources });

  return {
    pid: child.pid,
    ready,
    ended,
    async caption(window) {
      if (ending !== undefined) throw ending;
      const id = (lastId += 1);
      try {
        const answer = await new Promise<ToParent | CaptionerError>((resolve) => {
          answers.set(id, resolve);
          tell({ type: 'caption', id, window: pack(window) });
        });
        if (answer instanceof CaptionerError) throw answer;
        if (answer.type === 'captioned') return answer.caption;
        if (answer.type === 'failed') throw new CaptionerError(answer.error);
        throw new TypeError(`the captioner's process answered ${answer.type}`);
      } finally {
        answers.delete(id);
      }
    },
    dismiss() {
      if (child.connected) child.disconnect();
    },
    kill(reason) {
      killedFor ??= reason;
      child.kill('SIGKILL');
    },
  };
}

function forkChild({ script, deathWatch }: CaptionerProcessOptions): ChildProcess {
  const [program = process.execPath, ...programFlags] = [...deathWatch.prefix, process.execPath, ...heapFlags];
  try {
    return fork(script, deathWatch.isOwn ? [String(process.pid)] : [], {
      serialization: 'advanced',
      execPath: program,
      execArgv: programFlags,
      env: { ...Object.fromEntries(inheritedVariables.map((name) => [name, process.env[name]])), ...mallocVariables },
      // Native code may write where it likes, but not among the lines of the daemon.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
  } catch (cause) {
    throw crashedError(`could not be started: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

/** Not by the event 'close', which never comes once the parent has disconnected. */
function waitForEnd(child: ChildProcess): Promise<CaptionerError> {
  const lastWords = readLastWords(child.stderr);
  return new Promise((resolve) => {
    child.once('error', (cause) => {
      if (child.pid === undefined) resolve(crashedError(`could not be started: ${cause.message}`, cause));
    });
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
      void lastWords.then((said) => resolve(crashedError(said === '' ? how : `${how}, saying: ${said}`)));
    });
  });
}
