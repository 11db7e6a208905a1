import { Command } from 'commander';
import { addCaptionCommand } from './caption.js';
import { readVersion } from './version.js';

export function createProgram(): Command {
  const program = new Command('earshot')
    .description('Puts everything within earshot into words, on the device itself.')
    .version(readVersion())
    .showHelpAfterError('(add --help for all options)');
  addCaptionCommand(program);
  return program;
}
