/**
 * Follows the bytes of one side of an MQTT connection and answers false once a packet longer than `limit` bytes is
 * announced, before any of it has been stored; the parsers of MQTT libraries collect up to 256 MB first.
 */
export function createPacketGuard(limit: number): (chunk: Uint8Array) => boolean {
  // A packet is a type byte, its remaining length in 1 to 4 bytes of 7 bits each, and that many bytes
  // [MQTT 3.1.1, section 2.2.3].
  let place: 'type' | 'length' | 'body' = 'type';
  let remaining = 0;
  let shift = 0;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (place === 'type') {
        place = 'length';
        remaining = 0;
        shift = 0;
        at += 1;
      } else if (place === 'length') {
        const byte = chunk[at] ?? 0;
        remaining += (byte & 0x7f) * 2 ** shift;
        shift += 7;
        at += 1;
        if (remaining > limit || shift > 28) return false;
        if (byte < 0x80) place = remaining === 0 ? 'type' : 'body';
      } else {
        const taken = Math.min(remaining, chunk.length - at);
        remaining -= taken;
        at += taken;
        if (remaining === 0) place = 'type';
      }
    }
    return true;
  };
}
