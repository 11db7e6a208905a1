import { openGraphs, type GraphOptions } from '../bundle/open-graphs.js';
import type { Bundle } from '../bundle/load-files.js';
import { EarshotError } from '../errors/earshot-error.js';
import { createCaptionWindow } from './caption-window.js';
import type { Captioner } from './captioner.js';
import { CaptionerError, closedError } from './captioner-error.js';
import { collectYoungGarbage } from './collect-young-garbage.js';
import { createOneAtATime } from './one-at-a-time.js';

export interface InlineCaptionerOptions extends GraphOptions {
  /** How many sources take turns, so that each finds its own segments remembered; 1 unless given. */
  readonly sources?: number;
}

/**
 * A captioner in this process: its runs block the event loop, and a native crash takes the process along.
 * @throws BundleError when ONNX Runtime cannot use the graphs.
 */
export async function createInlineCaptioner(
  bundle: Bundle,
  { threads, sources = 1 }: InlineCaptionerOptions,
): Promise<Captioner> {
  const graphs = await openGraphs(bundle, { threads });
  const captionWindow = createCaptionWindow(bundle, graphs, sources);
  const oneAtATime = createOneAtATime();
  let closed: Promise<void> | undefined;

  return {
    caption: (window) =>
      oneAtATime(async () => {
        if (closed !== undefined) throw closedError();
        try {
          return await captionWindow(window);
        } catch (cause) {
          throw cause instanceof EarshotError ? cause : failedError(cause);
        } finally {
          collectYoungGarbage();
        }
      }),
    close: () => (closed ??= oneAtATime(() => graphs.release())),
  };
}

function failedError(cause: unknown): CaptionerError {
  return new CaptionerError({
    code: 'CAPTIONER_FAILED',
    message: `the model could not put a window into words: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Try another window; if all fail, check the bundle with `earshot check`.',
    cause,
  });
}
