import { Command } from 'commander';
import type { CaptionOptions } from './caption.js';
import type { InstallOptions } from './install.js';
import { readPositive, readWhole } from './read-number.js';
import { addSettingOptions, type SettingOptions } from './setting-options.js';
import type { UninstallOptions } from './uninstall.js';
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

  program
    .command('install')
    .description('set Earshot up as a service of systemd that starts with the machine')
    .option('--dry-run', 'print what would be written and run, and touch nothing')
    .option('--root <dir>', 'set it up in a folder that holds the files of another machine, and start nothing', '/')
    .option('--user <name>', 'run as this user; else as one of its own, made as it starts')
    .option('--microphone <device>', 'ALSA capture device for a new configuration (see `earshot devices`)')
    .option('--broker <url>', 'MQTT broker for a new configuration, mqtt://HOST[:PORT] or mqtts://HOST[:PORT]')
    .option('--broker-user <name>', 'user name at the broker; the password is asked for')
    .option('--broker-password-file <file>', 'file that holds the password alone, - for standard input')
    .action(async (options: InstallOptions) => (await import('./install.js')).install(options));

  program
    .command('uninstall')
    .description('stop the service and take it away; configuration and state stay')
    .option('--dry-run', 'print what would be removed and run, and touch nothing')
    .option('--root <dir>', 'of a folder that holds the files of another machine', '/')
    .option('--purge', 'remove configuration, password and state too')
    .action(async (options: UninstallOptions) => (await import('./uninstall.js')).uninstall(options));

  return program;
}
