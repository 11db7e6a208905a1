import type { Caption, Captioner } from '../captioner/captioner.js';
import { buildCaptionEvent } from '../event/build-caption-event.js';
import type { CaptionEvent } from '../event/caption-event.js';
import type { Clock } from '../time/clock.js';
import type { Log } from '../log/create-log.js';
import type { HeardWindow } from './heard-window.js';
import type { Progress } from './progress.js';
import type { Tally } from './tally.js';

export interface WordingParts {
  readonly captioner: Captioner;
  readonly source: string;
  readonly model: string;
  readonly nextId: () => string;
  /** Must not throw. */
  readonly onEvent: (event: CaptionEvent) => void;
  readonly tally: Tally;
  readonly progress: Pick<Progress, 'inferenceMoved'>;
  readonly clock: Pick<Clock, 'elapsed'>;
  /** Told how long each window took to be put into words, ms; those that failed say nothing about that. */
  readonly onTook?: (ms: number) => void;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Turns heard windows into events. A window that cannot be put into words is lost, and the daemon goes on. */
export function createWording(parts: WordingParts): (heard: HeardWindow) => Promise<void> {
  const { captioner, source, model, nextId, onEvent, tally, progress, clock, onTook, log } = parts;
  let isFailing = false;

  const caption = async (heard: HeardWindow): Promise<Caption | undefined> => {
    try {
      return await captioner.caption(heard.window);
    } catch (error) {
      tally.failed();
      // Once, not once a window.
      if (!isFailing) log.warn({ source, err: error }, 'captioning fails');
      isFailing = true;
      return undefined;
    }
  };

  return async (heard) => {
    const begunAt = clock.elapsed();
    const said = await caption(heard);
    if (said === undefined) return;
    onTook?.(clock.elapsed() - begunAt);
    if (isFailing) log.info({ source }, 'captioning works again');
    isFailing = false;
    progress.inferenceMoved();
    const { times, levelDbfs, completedAt } = heard;
    if (said.text.trim() === '') return tally.wordless();
    tally.captioned(clock.elapsed() - completedAt);
    onEvent(buildCaptionEvent({ id: nextId(), source, caption: said, levelDbfs, times, model }));
  };
}
