import type { DestinationStream } from 'pino';

/** pino tells a stream that carries this mark the level of each line. */
const metadata = Symbol.for('pino.metadata');

interface LevelledStream extends DestinationStream {
  lastLevel: number;
}

/** Puts `<N>` before each line, the priority that journald takes it for: sd-daemon(3), SyslogLevelPrefix= of systemd.exec(5). */
export function withPriority(plain: DestinationStream): DestinationStream {
  const stream: LevelledStream = {
    lastLevel: 30,
    write(line) {
      plain.write(`<${priorityOf(stream.lastLevel)}>${line}`);
    },
  };
  return Object.assign(stream, { [metadata]: true });
}

/** Of syslog: 2 critical, 3 error, 4 warning, 6 informational, 7 debug. */
function priorityOf(level: number): number {
  if (level >= 60) return 2;
  if (level >= 50) return 3;
  if (level >= 40) return 4;
  return level >= 30 ? 6 : 7;
}
