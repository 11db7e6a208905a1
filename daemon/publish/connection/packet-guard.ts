export interface PacketBounds {
  /** In bytes. */
  readonly longest: number;
  /** Quality of service of messages. */
  readonly mostQos: 1 | 2;
}

/**
 * Follows the bytes of one side of an MQTT connection and says what it does that it must not, once that is announced
 * and before any of it has been stored. The parsers of MQTT libraries collect packets of up to 256 MB, and 65,535
 * messages of quality of service 2 until their sender lets go of them.
 */
export function createPacketGuard({ longest, mostQos }: PacketBounds): (chunk: Uint8Array) => string | undefined {
  // A packet is a type byte, its remaining length in 1 to 4 bytes of 7 bits each, and that many bytes
  // [MQTT 3.1.1, section 2.2.3].
  let place: 'type' | 'length' | 'body' = 'type';
  let remaining = 0;
  let shift = 0;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (place === 'type') {
        const qos = qosOf(chunk[at] ?? 0);
        if (qos > mostQos) return `sends a message of quality of service ${qos}`;
        place = 'length';
        remaining = 0;
        shift = 0;
        at += 1;
      } else if (place === 'length') {
        const byte = chunk[at] ?? 0;
        remaining += (byte & 0x7f) * 2 ** shift;
        shift += 7;
        at += 1;
        if (remaining > longest || shift > 28) return `sends a packet of more than ${longest} bytes`;
        if (byte < 0x80) place = remaining === 0 ? 'type' : 'body';
      } else {
        const taken = Math.min(remaining, chunk.length - at);
        remaining -= taken;
        at += taken;
        if (remaining === 0) place = 'type';
      }
    }
    return undefined;
  };
}

/** Of a PUBLISH; 3 is malformed [MQTT-3.3.1-4]. */
function qosOf(firstByte: number): number {
  return firstByte >> 4 === 3 ? (firstByte >> 1) & 3 : 0;
}
