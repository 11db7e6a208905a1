import type { CaptionerState } from '../captioner/supervise-captioner.js';
import type { Counters } from '../event/health.js';
import type { Log } from '../log/create-log.js';

/** After so many losses without a caption between them, a restart is no longer news and no remedy. */
const failingAfter = 3;

export interface CaptionerReport {
  /** To be called once a change. */
  changed(state: CaptionerState): void;
  read(): Pick<Counters, 'captioner' | 'captionerRestarts'>;
}

/**
 * Says that the captioner's process was lost, and that it is back; not that it came up the first time. Of losses in a
 * row the first, second, fourth, eighth and so on are told, so that a log is not filled by one that is never well.
 */
export function createCaptionerReport(log: Pick<Log, 'info' | 'warn'>): CaptionerReport {
  let captioner: Counters['captioner'] = 'ready';
  let captionerRestarts = 0;
  let isLost = false;
  let isTold = false;

  return {
    changed(state) {
      const { failures } = state;
      const wasLost = isLost;
      isLost = state.state === 'restarting';
      captioner = failures >= failingAfter ? 'failing' : state.state;
      if (state.state === 'restarting') {
        // Told again before it is back, a loss has another reason, such as a model that has been altered meanwhile.
        isTold = wasLost || Number.isInteger(Math.log2(failures));
        if (isTold) log.warn({ err: state.reason, failures }, 'captioner lost, starting another');
      }
      if (!isLost && wasLost) {
        captionerRestarts += 1;
        if (isTold) log.info('captioner is back');
      }
    },
    read: () => ({ captioner, captionerRestarts }),
  };
}
