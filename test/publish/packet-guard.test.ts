import test from 'ava';
import fc from 'fast-check';
import { createPacketGuard } from '../../daemon/publish/connection/packet-guard.js';

/** A PUBLISH with a body of so many bytes. */
function packet(length: number): Buffer {
  const head = [0x30];
  let rest = length;
  do {
    head.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, 0xff)]);
}

/** Whether everything gets through, cut into chunks of these sizes. */
function passes(bytes: Buffer, sizes: readonly number[], limit: number): boolean {
  const objection = createPacketGuard({ longest: limit, mostQos: 1 });
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    if (objection(bytes.subarray(at, at + size)) !== undefined) return false;
    at += size;
  }
  return true;
}

test('packets up to the limit pass and longer ones do not, however they are cut up', (t) => {
  const lengths = fc.array(fc.nat(400), { minLength: 1, maxLength: 20 });
  const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(lengths, sizes, (packets, cuts) => {
      const bytes = Buffer.concat(packets.map(packet));
      return passes(bytes, cuts, 200) === packets.every((length) => length <= 200);
    }),
  );
  t.pass();
});

test('a long packet is refused when it is announced, before its body', (t) => {
  t.regex(createPacketGuard({ longest: 65_536, mostQos: 1 })(packet(300_000).subarray(0, 4)) ?? '', /more than 65536 bytes/);
});

test('a length of more than four bytes is refused', (t) => {
  t.regex(createPacketGuard({ longest: 65_536, mostQos: 1 })(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01])) ?? '', /more than 65536 bytes/);
});

test('a message of a higher quality of service than allowed is refused, and nothing else that has the same bits', (t) => {
  const guard = (mostQos: 1 | 2) => createPacketGuard({ longest: 65_536, mostQos });
  t.regex(guard(1)(Buffer.from([0x34])) ?? '', /quality of service 2/);
  t.is(guard(2)(Buffer.from([0x34])), undefined);
  t.regex(guard(2)(Buffer.from([0x36])) ?? '', /quality of service 3/);
  // PUBREL and SUBSCRIBE have fixed bits there.
  for (const first of [0x32, 0x62, 0x82, 0x90]) t.is(guard(1)(Buffer.from([first])), undefined);
});
