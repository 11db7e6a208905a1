import { loadBundle } from '../bundle/load-bundle.js';
import { createInlineCaptioner } from '../captioner/inline-captioner.js';
import { describeError } from '../errors/describe-error.js';
import { captionFile, type WindowCaption } from '../run/caption-file.js';
import { windowOptions } from '../run/window-options.js';
import { decodeFile } from '../source/decode/decode-file.js';
import { SourceError } from '../source/source-error.js';
import { formatTime } from './format-time.js';
import { modelDirectory } from './model-directory.js';
import { createOutput } from './output.js';
import { createProgress } from './progress.js';

export interface CaptionOptions {
  readonly json?: boolean;
  readonly once?: boolean;
  readonly model: string;
  readonly hop: number;
  readonly threads: number;
}

/** `earshot caption` */
export async function caption(files: string[], { json = false, once = false, model, hop, threads }: CaptionOptions): Promise<void> {
  const output = createOutput(process.stdout, () => process.exit());
  const progress = createProgress();
  const bundle = await loadBundle(modelDirectory(model));
  const windows = windowOptions(bundle.manifest, { hopSeconds: hop });
  const captioner = await createInlineCaptioner(bundle, { threads });
  const sampleRate = bundle.manifest.audio.sample_rate;

  for (const file of files) {
    try {
      const sound = decodeFile(file, sampleRate);
      for await (const said of captionFile({ sound, sampleRate, windows, captioner, isOnce: once })) {
        progress.show(`${file} ${formatTime(said.end)}`);
        await output.line(json ? JSON.stringify({ file, ...said }) : toLine(said, files.length > 1 ? file : undefined));
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      progress.clear();
      process.stderr.write(`earshot: ${describeError(error)}\n`);
      process.exitCode = 1;
    }
  }
  progress.clear();
  await captioner.close();
}

function toLine({ start, end, caption }: WindowCaption, file: string | undefined): string {
  const when = `${formatTime(start)}-${formatTime(end)}`;
  return `${file === undefined ? '' : `${file}  `}${when}  ${caption}`;
}
