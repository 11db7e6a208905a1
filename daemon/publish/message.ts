import type { CaptionEvent } from '../event/caption-event.js';

/** One MQTT message; the quality of service is always 1. */
export interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  /** After so long the broker throws it away undelivered; where the broker speaks MQTT 5. */
  readonly expirySeconds?: number;
}

export const eventTypes = ['caption', 'late_caption'] as const;

/**
 * A caption event as subscribers read it. `event_type` is what Home Assistant's event entity asks for; a late event
 * has a type of its own, so that an automation does not act now on what was heard an hour ago.
 */
export function captionPayload(event: CaptionEvent, isLate: boolean): string {
  const [caption, lateCaption] = eventTypes;
  return JSON.stringify({ event_type: isLate ? lateCaption : caption, ...event, ...(isLate ? { late: true } : {}) });
}
