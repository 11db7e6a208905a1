import type { Caption } from '../captioner/captioner.js';
import type { CaptionEvent } from './caption-event.js';
import type { WindowTimes } from './timeline.js';

export interface CaptionEventParts {
  readonly id: string;
  readonly source: string;
  readonly caption: Pick<Caption, 'text' | 'confidence'>;
  readonly levelDbfs: number;
  readonly times: WindowTimes;
  readonly model: string;
}

/** What leaves the device for one captioned window. Every number is finite: JSON has no other. */
export function buildCaptionEvent({ id, source, caption, levelDbfs, times, model }: CaptionEventParts): CaptionEvent {
  return {
    id,
    source,
    caption: caption.text,
    confidence: clamp(round(caption.confidence, 4), 0.0001, 1),
    level_dbfs: clamp(round(levelDbfs, 1), -120, 0),
    start: times.start,
    end: times.end,
    model,
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** The nearest value in the range; the lowest for what is no number. */
function clamp(value: number, low: number, high: number): number {
  return Number.isNaN(value) ? low : Math.min(high, Math.max(low, value));
}
