import { SetupError } from './say.mjs';

/** Refuses machines on which Earshot cannot run, before anything is downloaded. */
export function checkPlatform({ version = process.versions.node, platform = process.platform, arch = process.arch } = {}) {
  if (Number.parseInt(version, 10) < 20) {
    throw new SetupError(`Node ${version} is too old`, 'Earshot needs Node 20 or newer: see https://nodejs.org/en/download');
  }
  if (platform === 'linux' && arch !== 'x64' && arch !== 'arm64') {
    throw new SetupError(
      `onnxruntime has no build for ${platform} ${arch}`,
      'Use a 64-bit system: on a Raspberry Pi 4 or 5 install the 64-bit Raspberry Pi OS (`uname -m` then says aarch64).',
    );
  }
}
