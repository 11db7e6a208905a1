import { InvalidArgumentError, type Command } from 'commander';
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

interface CaptionOptions {
  readonly json?: boolean;
  readonly once?: boolean;
  readonly model: string;
  readonly hop: number;
  readonly threads: number;
}

export function addCaptionCommand(program: Command): void {
  program
    .command('caption')
    .description('put sound files into words: a line a window')
    .argument('<files...>', 'wav, flac, ogg, opus or mp3')
    .option('--json', 'one JSON object a line: file, start, end (seconds), caption, confidence')
    .option('--once', 'one caption a file, for its first window, padded with silence')
    .option('--model <dir>', 'the name of a bundle in models/, or the path of one', 'default')
    .option('--hop <seconds>', 'a window each this many seconds', positiveNumber, 2)
    .option('--threads <count>', 'processor cores that the model may use', wholeNumber, 2)
    .action(captionFiles);
}

async function captionFiles(files: string[], { json = false, once = false, model, hop, threads }: CaptionOptions): Promise<void> {
  const output = createOutput(process.stdout, () => process.exit());
  const progress = createProgress();
  const bundle = await loadBundle(modelDirectory(model));
  const windows = windowOptions(bundle.manifest, { hopSeconds: hop });
  const captioner = await createInlineCaptioner(bundle, { threads });
  const sampleRate = bundle.manifest.audio.sample_rate;

  for (const file of files) {
    try {
      const sound = decodeFile(file, sampleRate);
      for await (const caption of captionFile({ sound, sampleRate, windows, captioner, isOnce: once })) {
        progress.show(`${file} ${formatTime(caption.end)}`);
        await output.line(json ? JSON.stringify({ file, ...caption }) : toLine(caption, files.length > 1 ? file : undefined));
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

function positiveNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('It takes a number above 0.');
  return number;
}

function wholeNumber(text: string): number {
  const number = positiveNumber(text);
  if (!Number.isInteger(number)) throw new InvalidArgumentError('It takes a whole number above 0.');
  return number;
}
