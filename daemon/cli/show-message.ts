/** One MQTT message as a line for a person: its topic, then a caption with its time, or what else there is. */
export function showMessage(topic: string, payload: string, timeZone?: string): string {
  const caption = readCaption(payload);
  const clock = (time: string): string => new Date(time).toLocaleTimeString('en-GB', { timeZone });
  const text = caption === undefined ? shorten(payload) : `${clock(caption.start)}-${clock(caption.end)}  ${caption.caption}  (${Math.round(caption.confidence * 100)} %)`;
  // Others may publish here too: nothing of theirs may steer the terminal.
  return `${topic}  ${text}`.replace(/\p{Cc}/gu, ' ');
}

interface ShownCaption {
  readonly caption: string;
  readonly confidence: number;
  readonly start: string;
  readonly end: string;
}

function readCaption(payload: string): ShownCaption | undefined {
  try {
    const message = JSON.parse(payload) as Partial<Record<keyof ShownCaption, unknown>> | null;
    const { caption, confidence, start, end } = message ?? {};
    const isOne = typeof caption === 'string' && typeof confidence === 'number' && isTime(start) && isTime(end);
    return isOne ? { caption, confidence, start, end } : undefined;
  } catch {
    return undefined;
  }
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function shorten(text: string): string {
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
