import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export interface FileChoice {
  readonly file: string;
  /** Who named it, for messages; nobody did where it was found in its usual place. */
  readonly namedBy?: string;
}

/** The configuration file to read: --config, else $EARSHOT_CONFIG, else the first usual place that holds one. */
export function findConfigFile(flag: string | undefined, environment: NodeJS.ProcessEnv, exists: (file: string) => boolean = existsSync): FileChoice | undefined {
  if (flag !== undefined) return { file: resolve(flag), namedBy: '--config' };
  const variable = environment['EARSHOT_CONFIG'];
  if (variable !== undefined && variable !== '') return { file: resolve(variable), namedBy: 'EARSHOT_CONFIG' };
  const usual = [resolve('config/earshot.yaml'), '/etc/earshot/earshot.yaml'].find(exists);
  return usual === undefined ? undefined : { file: usual };
}
