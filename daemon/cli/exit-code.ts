import { BundleError } from '../bundle/bundle-error.js';
import { ConfigError } from '../config/config-error.js';

/** EX_CONFIG of sysexits.h: trying again is useless before somebody has mended something. systemd/earshot.service knows it. */
const configurationExitCode = 78;

/** How a process ends that could not do its work because of `thrown`. */
export function exitCodeOf(thrown: unknown): number {
  const isFinal = thrown instanceof ConfigError || thrown instanceof BundleError || hasBundleCode(thrown);
  return isFinal ? configurationExitCode : 1;
}

/** The captioner's process reports a bundle that onnxruntime refuses under the bundle's code. */
function hasBundleCode(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && code.startsWith('BUNDLE_');
}
