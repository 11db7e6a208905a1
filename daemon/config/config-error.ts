import { EarshotError } from '../errors/earshot-error.js';

/** One thing that is wrong with the configuration, as one line for a person. */
export interface ConfigProblem {
  /** The key, or the file where it is the file that cannot be read. */
  readonly subject: string;
  readonly message: string;
  /** `config/earshot.yaml:12`, `environment variable EARSHOT_MQTT_URL`, ... */
  readonly where?: string;
}

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends EarshotError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super({
      code: 'CONFIG_INVALID',
      message: `The configuration has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}:\n${problems.map(formatProblem).join('\n')}`,
      remedy: 'Every key is explained in config/earshot.yaml.example.',
    });
    this.problems = problems;
  }
}

function formatProblem({ subject, message, where }: ConfigProblem): string {
  return `  ${subject}: ${message}${where === undefined ? '' : ` (${where})`}`;
}
