import { join } from 'node:path';
import { loadBundle } from '../bundle/load-bundle.js';
import { superviseCaptioner } from '../captioner/supervise-captioner.js';
import { findExposed } from '../config/find-exposed.js';
import { readPassword } from '../config/read-password.js';
import { stateFolder } from '../config/state-folder.js';
import { fileIdFloor } from '../event/id-floor.js';
import { createLog } from '../log/create-log.js';
import { stdout } from '../log/stdout.js';
import { openSource } from '../run/open-source.js';
import { runDaemon } from '../run/run-daemon.js';
import { createNotifier } from '../service/notifier.js';
import { listenForStop } from '../service/stop-signals.js';
import { fileSwitchMemory } from '../source/switch-memory.js';
import { exitCodeOf } from './exit-code.js';
import { loadSettings } from './load-settings.js';
import { modelDirectory } from './model-directory.js';
import type { SettingOptions } from './setting-options.js';
import { readVersion } from './version.js';

/** `earshot run`: what a service runs. */
export async function run(options: SettingOptions): Promise<void> {
  const { config, file } = loadSettings(options);
  const log = createLog({ level: config.log.level, destination: stdout() });
  const stop = listenForStop();
  // What nobody foresaw ends the process, as it should, but not without a line in the log.
  process.on('uncaughtExceptionMonitor', (err) => log.fatal({ err }, 'earshot fails'));
  try {
    const password = readPassword(config);
    for (const { code, message, remedy } of findExposed(config, file)) log.warn({ code, remedy }, message);
    const bundle = await loadBundle(modelDirectory(config.model));
    const source = await openSource(config, bundle.manifest.audio.sample_rate, log);
    const notifier = createNotifier({ onProblem: (err) => log.warn({ err }, 'systemd is not told') });
    const folder = stateFolder(process.env, config.device.id);
    const idFloor = fileIdFloor(join(folder, 'last-event-id'), (err) => log.warn({ err }, 'event ids are not remembered over restarts'));
    const switchMemory = fileSwitchMemory(join(folder, `off-${source.name}`), (err) => log.warn({ err }, 'whether to listen is not remembered over restarts'));
    const parts = { config, bundle, source, startCaptioner: superviseCaptioner, password, idFloor, switchMemory, stateFolder: folder, version: readVersion(), log, notifier };
    await runDaemon(parts, stop.signal);
  } catch (err) {
    log.fatal({ err }, 'earshot cannot go on');
    process.exitCode = exitCodeOf(err);
  }
  log.flush();
  // Everything has been closed in order; nothing that a library forgot may keep the process.
  process.exit();
}
