import type { Clock } from '../time/clock.js';
import type { Message } from './message.js';

// A broker that kept falling over looks the same as one that forbids the message, and gets well.
const refusedForMs = 3_600_000;

/** What holds until something else is said: one retained message a topic, of which only the newest matters. */
export interface NoticeBoard {
  /** Says it to the broker, unless it is what the broker has been told last. */
  put(message: Message): void;
  /** The next notice that the broker has not been told, in the order in which topics were first put. */
  next(): Message | undefined;
  /** The broker has taken over this message. */
  sent(message: Message): void;
  /** The broker hangs up on this message; it is left alone for an hour, or until its topic says something else. */
  refused(message: Message): void;
  /** Says everything again: to a new connection, or to a subscriber that asks for it. */
  repeat(): void;
}

interface Notice {
  readonly message: Message;
  isDue: boolean;
  refusedUntil: number;
}

export function createNoticeBoard({ elapsed }: Pick<Clock, 'elapsed'>): NoticeBoard {
  const notices = new Map<string, Notice>();
  // A notice may have been replaced while it was on its way.
  const current = (message: Message): Notice | undefined => {
    const notice = notices.get(message.topic);
    return notice?.message === message ? notice : undefined;
  };

  return {
    put(message) {
      if (notices.get(message.topic)?.message.payload === message.payload) return;
      notices.set(message.topic, { message, isDue: true, refusedUntil: Number.NEGATIVE_INFINITY });
    },
    next() {
      for (const notice of notices.values()) if (notice.isDue && notice.refusedUntil <= elapsed()) return notice.message;
      return undefined;
    },
    sent(message) {
      const notice = current(message);
      if (notice !== undefined) notice.isDue = false;
    },
    refused(message) {
      const notice = current(message);
      if (notice !== undefined) notice.refusedUntil = elapsed() + refusedForMs;
    },
    repeat() {
      for (const notice of notices.values()) notice.isDue = true;
    },
  };
}
