import type { CaptionerState } from '../captioner/supervise-captioner.js';
import type { Log } from '../log/create-log.js';

/** Says that the captioner's process was lost, and that it is back; not that it came up the first time. */
export function reportCaptioner(log: Pick<Log, 'info' | 'warn'>): (state: CaptionerState) => void {
  let isLost = false;
  return (state) => {
    if (state.state === 'restarting' && !isLost) log.warn({ err: state.reason }, 'captioner lost, starting another');
    if (state.state === 'ready' && isLost) log.info('captioner is back');
    isLost = state.state === 'restarting';
  };
}
