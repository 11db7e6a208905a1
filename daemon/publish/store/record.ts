import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CaptionEvent } from '../../event/caption-event.js';

/** An event as it is kept. */
export interface KeptEvent {
  readonly event: CaptionEvent;
  /** When it began to wait, ms since 1970 by the clock as it was set last. */
  readonly at: number;
}

const checksumLength = 8;

// Loose: what a newer Earshot adds to an event is kept.
const eventSchema = z.looseObject({
  id: z.string(),
  source: z.string(),
  caption: z.string(),
  confidence: z.number(),
  level_dbfs: z.number(),
  start: z.string(),
  end: z.string(),
  model: z.string(),
}) satisfies z.ZodType<CaptionEvent>;

const recordSchema = z.union([
  z.strictObject({ earshot_outbox: z.literal(1) }),
  z.strictObject({ at: z.number(), event: eventSchema }),
  z.strictObject({ done: z.string() }),
]);
type Record = z.output<typeof recordSchema>;

/** Each record is a line of text, `CHECKSUM JSON`: what the power was cut in, or a worn card has changed, shows. */
function line(record: Record): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

/** First in every journal. */
export const journalHeader = line({ earshot_outbox: 1 });

/** An event waits from now on. */
export const waitingLine = ({ event, at }: KeptEvent): string => line({ at, event: { ...event } });

/** The event with this id waits no more. */
export const doneLine = (id: string): string => line({ done: id });

export interface Journal {
  /** Those that wait, in the order in which they were added. */
  readonly events: readonly KeptEvent[];
  /** Something other than an unfinished last line is wrong with it. */
  readonly isDamaged: boolean;
}

/** Reads what can be read of a journal, whatever happened to it. Never throws. */
export function readJournal(bytes: Buffer): Journal {
  // What follows the last line end was being written when the process or the power ended.
  const lines = bytes.toString('utf8').split('\n').slice(0, -1);
  const records = lines.map(readLine);
  const waiting = new Map<string, KeptEvent>();
  for (const record of records) {
    if (record === undefined) continue;
    if ('event' in record) waiting.set(record.event.id, record);
    else if ('done' in record) waiting.delete(record.done);
  }
  const [header] = records;
  const hasHeader = lines.length === 0 ? journalHeader.startsWith(bytes.toString('utf8')) || isBlank(bytes) : header !== undefined && 'earshot_outbox' in header;
  return { events: [...waiting.values()], isDamaged: !hasHeader || records.includes(undefined) };
}

function readLine(text: string): Record | undefined {
  const [sum, json] = [text.slice(0, checksumLength), text.slice(checksumLength + 1)];
  if (text[checksumLength] !== ' ' || sum !== checksum(json)) return undefined;
  try {
    return recordSchema.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** Some file systems leave zeros where the power was cut. */
function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, checksumLength);
}
