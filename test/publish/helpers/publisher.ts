import type { ExecutionContext } from 'ava';
import { systemClock } from '../../../daemon/time/clock.js';
import type { CaptionEvent } from '../../../daemon/event/caption-event.js';
import { connectPublisher, type PublisherOptions } from '../../../daemon/publish/publisher.js';
import { systemTimers } from '../../../daemon/time/timers.js';
import type { Surroundings } from '../../../daemon/publish/surroundings.js';
import { recordedLog } from './recorded-log.js';

export const captionTopic = 'earshot/pi/mic/caption';
export const lateTopic = 'earshot/pi/mic/caption/late';
export const statusTopic = 'earshot/pi/status';
export const stateTopic = 'earshot/pi/mic/state';
export const healthTopic = 'earshot/pi/health';

/** A publisher of device `pi` with source `mic`, quick to reconnect. It goes with the test. */
export function startPublisher(
  t: ExecutionContext,
  options: Partial<PublisherOptions> & { readonly url: string },
  surroundings: Partial<Surroundings> = {},
) {
  const recorded = recordedLog();
  const publisher = connectPublisher(
    {
      device: { id: 'pi', name: 'Pi' },
      sources: ['mic'],
      version: '1.2.3',
      backOff: { firstMs: 20, longestMs: 100 },
      closeWithinMs: 1000,
      ...options,
    },
    { clock: systemClock, timers: systemTimers, random: Math.random, log: recorded.log, ...surroundings },
  );
  t.teardown(() => publisher.close());
  return { publisher, ...recorded };
}

/** The event with number 1, 2, ... */
export function event(number: number): CaptionEvent {
  return {
    id: `1763877600000-${String(number).padStart(4, '0')}`,
    source: 'mic',
    caption: `Dog ${number} barks`,
    confidence: 0.5,
    level_dbfs: -30,
    start: '2026-11-23T06:00:00.000Z',
    end: '2026-11-23T06:00:10.000Z',
    model: 'default',
  };
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
