import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SwitchMemory } from './listening-switch.js';

/** Off is a file that is there, so that none can be damaged. What fails is told through `onProblem`. */
export function fileSwitchMemory(file: string, onProblem: (problem: unknown) => void): SwitchMemory {
  return {
    isOff: () => existsSync(file),
    remember(isOn) {
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        if (isOn) rmSync(file, { force: true });
        else writeFileSync(file, '', { mode: 0o600, flush: true });
      } catch (problem) {
        onProblem(problem);
      }
    },
  };
}
