import { Readable } from 'node:stream';
import type { IStore } from 'mqtt';

/**
 * Where mqtt.js keeps what it may have to send or hand over again, which it never does here: a connection is used once,
 * and what is in it stays with the outbox. Its own store fails, and the process with it, on what a broker has sent
 * just before the connection was ended.
 */
export function createForgetfulStore(): IStore {
  const store: IStore = {
    put(_packet, done) {
      done();
      return store;
    },
    // Its types are of another package of streams.
    createStream: () => Readable.from([]) as unknown as ReturnType<IStore['createStream']>,
    del(packet, done) {
      done(undefined, packet as Parameters<typeof done>[1]);
      return store;
    },
    get(_packet, done) {
      done(new Error('missing packet'));
      return store;
    },
    close: (done) => done(),
  };
  return store;
}
