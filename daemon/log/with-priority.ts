import { markLevelled, type LevelledStream, type LineStream } from './levelled-stream.js';

/** Puts `<N>` before each line, the priority that journald takes it for: sd-daemon(3), SyslogLevelPrefix= of systemd.exec(5). */
export function withPriority(plain: LineStream): LevelledStream {
  const stream = markLevelled({
    lastLevel: 30,
    lastMsg: undefined,
    write(line) {
      plain.write(`<${priorityOf(stream.lastLevel)}>${line}`);
    },
  });
  return stream;
}

/** Of syslog: 2 critical, 3 error, 4 warning, 6 informational, 7 debug. */
function priorityOf(level: number): number {
  if (level >= 60) return 2;
  if (level >= 50) return 3;
  if (level >= 40) return 4;
  return level >= 30 ? 6 : 7;
}
