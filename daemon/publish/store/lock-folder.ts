import { createServer } from 'node:net';
import { stat } from 'node:fs/promises';

/**
 * Takes a folder for this process alone; resolves with what gives it back. Rejects with EADDRINUSE while another process
 * has it. The lock is a socket with a name and no file (unix(7), "abstract"), so that the kernel takes it back from a
 * process that is killed: a lock file would stay behind, and the name of a process is given again.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const { dev, ino } = await stat(folder, { bigint: true });
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(`\0earshot-outbox-${dev}-${ino}`, resolve);
  });
  // It must not keep a process alive that has nothing else to do.
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}
