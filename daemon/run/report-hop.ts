import type { Log } from '../log/create-log.js';
import type { HopChange } from '../window/adaptive-hop.js';

const meanings: Record<HopChange, string> = {
  overload: 'the machine cannot keep up: captions come less often',
  heat: 'the machine slows itself down, so it is spared: captions come less often',
  relief: 'the machine has time again: captions come more often',
};

/** Says that the hop has changed. To be called once a change. */
export function reportHop(wantedSeconds: number, log: Pick<Log, 'info' | 'warn'>): (seconds: number, why: HopChange) => void {
  return (seconds, why) => {
    const fields = { hop_s: seconds, wanted_hop_s: wantedSeconds };
    if (why === 'relief') log.info(fields, meanings[why]);
    else log.warn(fields, meanings[why]);
  };
}
