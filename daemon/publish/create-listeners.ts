import { createListeningCommand } from './commands/listening-command.js';
import { createBirthListener } from './home-assistant/birth.js';
import type { Listener } from './listener.js';
import type { Surroundings } from './surroundings.js';
import type { Topics } from './topics.js';

export interface ListenersParts {
  readonly sources: readonly string[];
  readonly topics: Topics;
  readonly homeAssistant: { readonly prefix: string } | undefined;
  readonly onSwitch: ((source: string, isOn: boolean) => void) | undefined;
  /** Everything is to be said again. */
  readonly repeat: () => void;
}

/** All that a publisher listens to: Home Assistant's birth, and for each source the command to listen or not. */
export function createListeners({ sources, topics, homeAssistant, onSwitch, repeat }: ListenersParts, surroundings: Surroundings): Listener[] {
  const births = homeAssistant === undefined ? [] : [createBirthListener(homeAssistant.prefix, repeat, surroundings)];
  if (onSwitch === undefined) return births;
  const command = (source: string): Listener =>
    createListeningCommand({ source, topic: topics.set(source), onSwitch: (isOn) => onSwitch(source, isOn) }, surroundings);
  return [...births, ...sources.map(command)];
}
