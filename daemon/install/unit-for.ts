/** Where the service will find what it runs, and as whom. */
export interface UnitPlaces {
  readonly node: string;
  readonly project: string;
  readonly user?: string | undefined;
  readonly systemdVersion: number;
}

/** From here on a wait between two restarts can grow. */
const growingRestartsSince = 254;

/** The unit that comes along, for one copy of Earshot on one machine. */
export function unitFor(template: string, { node, project, user, systemdVersion }: UnitPlaces): string {
  const placed = template.replaceAll('/usr/bin/node', node).replaceAll('/opt/earshot', project);
  const owned = user === undefined ? placed : replaceLine(placed, 'DynamicUser=yes', `User=${user}`);
  if (systemdVersion < growingRestartsSince) return owned;
  return replaceLine(owned, 'RestartSec=10', 'RestartSec=10\nRestartSteps=5\nRestartMaxDelaySec=5min');
}

function replaceLine(unit: string, line: string, by: string): string {
  if (!unit.includes(`\n${line}\n`)) throw new TypeError(`systemd/earshot.service has no line ${line}`);
  return unit.replace(`\n${line}\n`, `\n${by}\n`);
}
