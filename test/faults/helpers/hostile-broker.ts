import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import { createPacketReader, packet, type Packet } from './mqtt-bytes.js';

/** A broker of MQTT 5 that does as little as a broker must, and whatever else a test wants. It goes with the test. */
export async function startHostileBroker(t: ExecutionContext) {
  const connected: Socket[] = [];
  const greetings: Uint8Array[] = [];
  const published: string[] = [];
  let connections = 0;
  let answeredBytes = 0;

  const answer = (socket: Socket, { firstByte, body }: Packet): void => {
    switch (firstByte >> 4) {
      case 1: {
        const greeting = greetings.shift();
        if (greeting !== undefined) {
          socket.end(greeting);
          break;
        }
        socket.write(packet(0x20, Buffer.from([0, 0, 0])));
        connections += 1;
        connected.push(socket);
        break;
      }
      case 3: {
        const topicLength = body.readUInt16BE(0);
        published.push(body.toString('utf8', 2, 2 + topicLength));
        socket.write(packet(0x40, body.subarray(2 + topicLength, 4 + topicLength)));
        break;
      }
      case 8:
        socket.write(packet(0x90, Buffer.concat([body.subarray(0, 2), Buffer.from([0, 1])])));
        break;
      case 12:
        socket.write(packet(0xd0, Buffer.alloc(0)));
        break;
      default:
    }
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const read = createPacketReader();
    sockets.add(socket);
    socket.setNoDelay(true).on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      connected.splice(connected.indexOf(socket), connected.includes(socket) ? 1 : 0);
    });
    socket.on('data', (chunk) => {
      answeredBytes += chunk.length;
      for (const each of read(chunk)) answer(socket, each);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What the next ones get in place of an acceptance, one each. */
    greetings,
    /** The newest connection that has been accepted and is still there. */
    victim: (): Socket | undefined => connected.at(-1),
    connections: () => connections,
    /** Everything the other side has sent. */
    answeredBytes: () => answeredBytes,
    /** Topics that the other side has published to. */
    published,
  };
}
