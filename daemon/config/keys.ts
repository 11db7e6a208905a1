import { z } from 'zod';

/** What the schema says about a key besides its type. */
export interface KeyNotes {
  /** Completes "allowed: ...". */
  readonly allowed: string;
  /** A path, always or when it holds a slash: a relative one is relative to the file that names it. */
  readonly isPath?: 'always' | 'with-slash';
}

/** A number in a range. */
export function numberFrom(low: number, high: number, what = 'a number') {
  return z.number().min(low).max(high).meta({ allowed: `${what} from ${low} to ${high}` });
}

export function wholeNumberFrom(low: number, high: number, what = 'a whole number') {
  return z.int().min(low).max(high).meta({ allowed: `${what} from ${low} to ${high}` });
}

export function oneOf<const Choices extends readonly [string, ...string[]]>(...choices: Choices) {
  return z.enum(choices).meta({ allowed: choices.join(', ') });
}

export function yesOrNo() {
  return z.boolean().meta({ allowed: 'true or false' });
}

export function text(allowed: string, longest = 200) {
  // Control characters have no business in topics, file names or log lines.
  return z.string().min(1).max(longest).regex(/^\P{Cc}*$/u).meta({ allowed });
}

export function path(allowed: string) {
  return z.string().min(1).max(4096).regex(/^\P{Cc}*$/u).meta({ allowed, isPath: 'always' });
}

/** The name of something that comes along, or the path of something else. */
export function nameOrPath(allowed: string) {
  return z.string().min(1).max(4096).regex(/^\P{Cc}*$/u).meta({ allowed, isPath: 'with-slash' });
}

/** A name that can be a level of an MQTT topic and part of a Home Assistant identifier. */
export function topicName() {
  return z.string().regex(/^[A-Za-z0-9_-]{1,64}$/).meta({ allowed: '1 to 64 of the characters A-Z a-z 0-9 _ -' });
}

/** One or more topic levels. */
export function topicPrefix() {
  return z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/)
    .meta({ allowed: 'MQTT topic levels of A-Z a-z 0-9 _ . -, with / between them and none at either end' });
}

export function words(allowed: string) {
  return z.array(z.string().min(1)).min(1).meta({ allowed });
}
