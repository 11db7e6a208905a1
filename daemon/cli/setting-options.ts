import type { Command } from 'commander';

/** What the commander gives for the options that all commands with a configuration share. */
export interface SettingOptions {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly microphone?: string;
  readonly file?: string;
  readonly model?: string;
  readonly broker?: string;
}

/** The options of `SettingOptions`. */
export function addSettingOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file; else $EARSHOT_CONFIG, config/earshot.yaml or /etc/earshot/earshot.yaml')
    .option('--set <key=value>', 'any key of the configuration; may be given again', collect)
    .option('--microphone <device>', 'listen to an ALSA capture device (see `earshot devices`)')
    .option('--file <path>', 'listen to a sound file instead of a microphone')
    .option('--model <dir>', 'the name of a bundle in models/, or the path of one')
    .option('--broker <url>', 'MQTT broker, mqtt://HOST[:PORT] or mqtts://HOST[:PORT]');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
