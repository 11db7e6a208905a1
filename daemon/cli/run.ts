import { join } from 'node:path';
import { loadBundle } from '../bundle/load-bundle.js';
import { superviseCaptioner } from '../captioner/supervise-captioner.js';
import { readPassword } from '../config/read-password.js';
import type { IdFloor } from '../event/event-ids.js';
import { fileIdFloor } from '../event/id-floor.js';
import { createLog, type Log } from '../log/create-log.js';
import { stdout } from '../log/stdout.js';
import { openSource } from '../run/open-source.js';
import { runDaemon } from '../run/run-daemon.js';
import { createNotifier } from '../service/notifier.js';
import { listenForStop } from '../service/stop-signals.js';
import { exitCodeOf } from './exit-code.js';
import { loadSettings } from './load-settings.js';
import { modelDirectory } from './model-directory.js';
import type { SettingOptions } from './setting-options.js';
import { readVersion } from './version.js';

/** `earshot run`: what a service runs. */
export async function run(options: SettingOptions): Promise<void> {
  const { config } = loadSettings(options);
  const log = createLog({ level: config.log.level, destination: stdout() });
  const stop = listenForStop();
  // What nobody foresaw ends the process, as it should, but not without a line in the log.
  process.on('uncaughtExceptionMonitor', (err) => log.fatal({ err }, 'earshot fails'));
  try {
    const password = readPassword(config);
    const bundle = await loadBundle(modelDirectory(config.model));
    const source = await openSource(config, bundle.manifest.audio.sample_rate, log);
    const notifier = createNotifier({ onProblem: (err) => log.warn({ err }, 'systemd is not told') });
    const idFloor = openIdFloor(log, process.env);
    const parts = { config, bundle, source, startCaptioner: superviseCaptioner, password, idFloor, version: readVersion(), log, notifier };
    await runDaemon(parts, stop.signal);
  } catch (err) {
    log.fatal({ err }, 'earshot cannot go on');
    process.exitCode = exitCodeOf(err);
  }
  // Everything has been closed in order; nothing that a library forgot may keep the process.
  process.exit();
}

/** Event ids go on ascending over restarts where the service manager has given a place to remember them. */
function openIdFloor(log: Log, { STATE_DIRECTORY: folder }: NodeJS.ProcessEnv): IdFloor | undefined {
  if (folder === undefined || folder === '') return undefined;
  return fileIdFloor(join(folder, 'last-event-id'), (err) => log.warn({ err }, 'event ids are not remembered over restarts'));
}
