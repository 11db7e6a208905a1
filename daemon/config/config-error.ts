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
      message: `The configuration has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}:\n${listProblems(problems)}`,
      remedy: 'Every key is explained in config/earshot.yaml.example.',
    });
    this.problems = problems;
  }
}

/** A file that was never meant as a configuration has more wrong with it than anybody reads. */
const mostProblems = 50;
const longestText = 600;

function listProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.slice(0, mostProblems).map(formatProblem);
  const rest = problems.length - lines.length;
  return [...lines, ...(rest > 0 ? [`  and ${rest} more`] : [])].join('\n');
}

function formatProblem({ subject, message, where }: ConfigProblem): string {
  return `  ${clip(subject)}: ${clip(message)}${where === undefined ? '' : ` (${clip(where)})`}`;
}

function clip(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 3)}...` : text;
}
