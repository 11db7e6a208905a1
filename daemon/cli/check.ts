import { ConfigError } from '../config/config-error.js';
import { describeError } from '../errors/describe-error.js';
import { checkBroker, checkConfiguration, checkModel, checkSource, type Checked } from './checks.js';
import { createOutput } from './output.js';
import type { SettingOptions } from './setting-options.js';

/** Each on its own: what is wrong with one says nothing about the next. */
const steps: readonly { readonly name: string; readonly run: (checked: Checked) => Promise<string> }[] = [
  { name: 'model', run: checkModel },
  { name: 'source', run: checkSource },
  { name: 'broker', run: checkBroker },
];

/** `earshot check` */
export async function check(options: SettingOptions): Promise<void> {
  const output = createOutput(process.stdout, () => process.exit());
  const say = (verdict: string, name: string, text: string): Promise<void> =>
    output.line(`${verdict.padEnd(5)}  ${name.padEnd(13)}  ${text.replaceAll('\n', `\n${' '.repeat(22)}`)}`);

  let checked: Checked;
  try {
    const { said, ...rest } = checkConfiguration(options);
    checked = rest;
    await say('ok', 'configuration', said);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await say('WRONG', 'configuration', describeError(error));
    process.exit(1);
  }
  for (const { name, run } of steps) {
    try {
      await say('ok', name, await run(checked));
    } catch (error) {
      process.exitCode = 1;
      await say('WRONG', name, describeError(error));
    }
  }
  process.exit();
}
