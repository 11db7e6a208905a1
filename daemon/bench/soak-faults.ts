import { setTimeout as delay } from 'node:timers/promises';

/** What a soak can do harm to. */
export interface SoakScene {
  /** Processes of the daemon, found anew: they come and go. */
  readonly daemon: () => number | undefined;
  readonly captioner: () => number | undefined;
  readonly microphone: () => number | undefined;
  readonly broker: { stop(): Promise<void>; start(): Promise<void>; pid(): number | undefined };
  /** In [0, 1). */
  readonly random: () => number;
}

export type FaultName = keyof typeof faults;

/** Each does its harm and resolves when that is over; recovering is the daemon's business. */
const faults = {
  'microphone lost': async ({ microphone }: SoakScene) => signal(microphone(), 'SIGKILL'),
  // Its stall timer ends it after 15 s.
  'microphone stalled': async ({ microphone }: SoakScene) => signal(microphone(), 'SIGSTOP'),
  'microphone speaks garbage and ends': async ({ microphone }: SoakScene) => signal(microphone(), 'SIGUSR2'),
  'captioner killed': async ({ captioner }: SoakScene) => signal(captioner(), 'SIGKILL'),
  // Its window's time is up after 20 s.
  'captioner hangs': async ({ captioner }: SoakScene) => signal(captioner(), 'SIGSTOP'),
  async 'broker restarted'({ broker, random }: SoakScene) {
    await broker.stop();
    await delay(random() * 3000);
    await broker.start();
  },
  async 'broker hangs for a while'({ broker, random }: SoakScene) {
    signal(broker.pid(), 'SIGSTOP');
    await delay(1000 + random() * 4000);
    signal(broker.pid(), 'SIGCONT');
  },
  'clock jumps': async ({ daemon }: SoakScene) => signal(daemon(), 'SIGUSR2'),
};

const names = Object.keys(faults) as FaultName[];
/** Those that cost most time come least often. */
const weights: Partial<Record<FaultName, number>> = { 'microphone stalled': 0.3, 'captioner hangs': 0.3 };

export function drawFault(random: () => number): FaultName {
  let left = random() * names.reduce((sum, name) => sum + (weights[name] ?? 1), 0);
  return names.find((name) => (left -= weights[name] ?? 1) < 0) ?? 'clock jumps';
}

export async function inflict(name: FaultName, scene: SoakScene): Promise<void> {
  await faults[name](scene);
}

/** A process that is just being replaced cannot be harmed. */
function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself meanwhile.
  }
}
