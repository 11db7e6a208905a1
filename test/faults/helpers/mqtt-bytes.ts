/** MQTT packets byte by byte, so that they may be wrong. */
export function packet(firstByte: number, body: Uint8Array): Buffer {
  const head = [firstByte & 0xff];
  let rest = body.length;
  do {
    head.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from(head), body]);
}

export interface Publish {
  readonly topic: Uint8Array;
  readonly payload: Uint8Array;
  /** 3 is malformed [MQTT-3.3.1-4]. */
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly packetId: number;
  /** Of MQTT 5, with their length before them; empty where the broker speaks 3.1.1. */
  readonly properties: Uint8Array;
}

export function publish({ topic, payload, qos, retain, dup, packetId, properties }: Publish): Buffer {
  const length = Buffer.from([topic.length >> 8, topic.length & 0xff]);
  const id = qos === 0 ? Buffer.alloc(0) : Buffer.from([packetId >> 8, packetId & 0xff]);
  return packet(0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0), Buffer.concat([length, topic, id, properties, payload]));
}

export interface Packet {
  readonly firstByte: number;
  readonly body: Buffer;
}

/** Collects the packets of a stream of (well-formed) bytes. */
export function createPacketReader(): (chunk: Uint8Array) => Packet[] {
  let bytes = Buffer.alloc(0);
  return (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    const packets: Packet[] = [];
    for (;;) {
      let length = 0;
      let at = 1;
      while (at < bytes.length && at < 5) {
        length += (bytes[at]! & 0x7f) * 128 ** (at - 1);
        at += 1;
        if (bytes[at - 1]! < 0x80) break;
      }
      if (at < 2 || bytes[at - 1]! >= 0x80 || bytes.length < at + length) return packets;
      packets.push({ firstByte: bytes[0]!, body: bytes.subarray(at, at + length) });
      bytes = bytes.subarray(at + length);
    }
  };
}
