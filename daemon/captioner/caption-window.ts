import type { Bundle } from '../bundle/load-files.js';
import type { Manifest } from '../bundle/manifest.js';
import type { Graphs } from '../bundle/open-graphs.js';
import { createLogMel, historySamples, segmentSamples } from '../encode/log-mel.js';
import { createWindowEncoder } from '../encode/window-encoder.js';
import type { AudioWindow } from '../window/audio-window.js';
import { searchBeams } from '../words/beam-search.js';
import type { SearchSettings } from '../words/search-settings.js';
import { createDecoder } from '../words/decoder.js';
import { detokenise } from '../words/detokenise.js';
import { createMemory } from '../words/memory.js';
import type { Caption } from './captioner.js';
import { CaptionerError } from './captioner-error.js';

/** The whole way of one window, from samples to words. Not to be called again before it has settled. */
export type CaptionWindow = (window: AudioWindow) => Promise<Caption>;

export function createCaptionWindow(bundle: Bundle, graphs: Graphs, sources: number): CaptionWindow {
  const { manifest, vocabulary, mel, window: analysisWindow } = bundle;
  const { audio, segment, tokens: special } = manifest;
  const logMel = createLogMel({ audio, segment, mel, window: analysisWindow });
  const encode = createWindowEncoder(graphs.encoder, { manifest, logMel, sources });
  const memory = createMemory(graphs.memory, manifest);
  const step = createDecoder(graphs.decoder, manifest, memory.cross);
  const settings = searchSettings(manifest);

  return async (window) => {
    requireFit(window, manifest);
    await memory.remember(await encode(window));
    const { tokens, score } = await searchBeams(settings, step);
    return { text: detokenise(tokens, vocabulary, special), confidence: toConfidence(score), tokens };
  };
}

export function searchSettings({ decoding, tokens }: Manifest): SearchSettings {
  const { beam_size: beamSize, max_tokens: maxTokens, forbid_repeats: forbidRepeats } = decoding;
  const { start, end, pad, unknown } = tokens;
  // An imported model decodes as its authors' code does: nothing is forbidden there.
  const forbidden = forbidRepeats ? [pad, start, unknown] : [];
  return { beamSize, maxTokens, start, end, forbidden, forbidRepeats };
}

/** A geometric mean of probabilities; roundings must not carry it out of (0, 1]. */
function toConfidence(score: number): number {
  return Math.min(1, Math.max(Number.MIN_VALUE, Math.exp(score)));
}

function requireFit({ samples, historySamples: history }: AudioWindow, { audio, segment }: Manifest): void {
  const neededHistory = historySamples(audio, segment);
  const needed = neededHistory + segment.per_window * segmentSamples(audio, segment);
  if (history === neededHistory && samples.length === needed) return;
  throw new CaptionerError({
    code: 'CAPTIONER_WINDOW_UNFIT',
    message:
      `a window of ${samples.length} samples, ${history} of them history, does not fit the model, ` +
      `which takes ${needed}, ${neededHistory} of them history`,
    remedy: 'Cut windows as the manifest of the bundle in use says.',
  });
}
