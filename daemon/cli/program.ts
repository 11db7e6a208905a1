import { Command } from 'commander';
import type { CaptionOptions } from './caption.js';
import { readPositive, readWhole } from './read-number.js';
import { addSettingOptions, type SettingOptions } from './setting-options.js';
import { readVersion } from './version.js';

/** What there is to type. What a command needs is loaded when it is typed: the daemon must not carry the model's runtime. */
export function createProgram(): Command {
  const program = new Command('earshot')
    .description('Puts everything within earshot into words, on the device itself.')
    .version(readVersion())
    .showHelpAfterError('(add --help for all options)');

  addSettingOptions(program.command('start'))
    .description('run, and show the MQTT messages as a subscriber receives them; without a source play a bundled recording')
    .action(async (options: SettingOptions) => (await import('./start.js')).start(options));

  addSettingOptions(program.command('run'))
    .description('listen, caption and publish until told to stop; what a service runs')
    .action(async (options: SettingOptions) => (await import('./run.js')).run(options));

  program
    .command('caption')
    .description('put sound files into words: a line a window')
    .argument('<files...>', 'wav, flac, ogg, opus or mp3')
    .option('--json', 'one JSON object a line: file, start, end (seconds), caption, confidence')
    .option('--once', 'one caption a file, for its first window, padded with silence')
    .option('--model <dir>', 'the name of a bundle in models/, or the path of one', 'default')
    .option('--hop <seconds>', 'a window each this many seconds', readPositive, 2)
    .option('--threads <count>', 'processor cores that the model may use', readWhole, 2)
    .action(async (files: string[], options: CaptionOptions) => (await import('./caption.js')).caption(files, options));

  program
    .command('devices')
    .description('list microphones, by the names to give to --microphone')
    .action(async () => (await import('./devices.js')).devices());

  addSettingOptions(program.command('check'))
    .description('say what is right, what is wrong and how to mend it: configuration, model, source, broker')
    .action(async (options: SettingOptions) => (await import('./check.js')).check(options));

  return program;
}
