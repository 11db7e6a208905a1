import { topicPart, topicPrefixParts } from './topic-part.js';

/** Where everything is published. */
export interface Topics {
  /** `online` or `offline`, retained, last will. */
  readonly status: string;
  /** Counters, retained. */
  readonly health: string;
  /** Caption events, not retained. */
  caption(source: string): string;
  /** Caption events that could not leave at once, not retained. */
  lateCaption(source: string): string;
  /** How a source fares, retained. */
  state(source: string): string;
  /** Where it is listened for whether the source is to listen. */
  set(source: string): string;
}

/** `<base>/<device>/status`, `.../health`, `<base>/<device>/<source>/caption`, `.../caption/late`, `.../state`, `.../set`. */
export function createTopics(base: string, device: string): Topics {
  const root = [...topicPrefixParts(base, 'earshot'), topicPart(device)].join('/');
  return {
    status: `${root}/status`,
    health: `${root}/health`,
    caption: (source) => `${root}/${topicPart(source)}/caption`,
    lateCaption: (source) => `${root}/${topicPart(source)}/caption/late`,
    state: (source) => `${root}/${topicPart(source)}/state`,
    set: (source) => `${root}/${topicPart(source)}/set`,
  };
}
