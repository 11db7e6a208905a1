export interface WavForm {
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly encoding?: 'integer' | 'float';
  readonly bits?: number;
  /** 'RF64' writes the length into a ds64 chunk; 'stream' leaves it unknown, as writers to a pipe do. */
  readonly form?: 'RIFF' | 'RF64' | 'stream';
  readonly isExtensible?: boolean;
  /** A format tag to lie with. */
  readonly tag?: number;
  /** Other chunks in front of the samples. */
  readonly before?: readonly { readonly name: string; readonly body: Buffer }[];
}

/** All of a wav file that stands in front of `dataBytes` of samples; 44 bytes of 16-bit mono unless told otherwise. */
export function wavHeader(dataBytes: number, wav: WavForm = {}): Buffer {
  const { sampleRate = 32_000, channels = 1, encoding = 'integer', bits = 16, form = 'RIFF', isExtensible = false, before = [] } = wav;
  const tag = wav.tag ?? (encoding === 'integer' ? 1 : 3);
  const frameBytes = (channels * bits) / 8;

  const format = Buffer.alloc(isExtensible ? 40 : 16);
  format.writeUInt16LE(isExtensible ? 0xfffe : tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE(sampleRate * frameBytes, 8);
  format.writeUInt16LE(frameBytes, 12);
  format.writeUInt16LE(bits, 14);
  if (isExtensible) format.writeUInt16LE(tag, 24);

  const ds64 = Buffer.alloc(28);
  ds64.writeBigUInt64LE(BigInt(dataBytes), 8);
  const isLengthTold = form === 'RIFF';
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    ...(form === 'RF64' ? [chunk('ds64', ds64)] : []),
    chunk('fmt ', format),
    ...before.map(({ name, body: content }) => chunk(name, content)),
    chunkHead('data', isLengthTold ? dataBytes : 0xffffffff),
  ]);
  return Buffer.concat([chunkHead(form === 'RF64' ? 'RF64' : 'RIFF', isLengthTold ? body.length + dataBytes + (dataBytes % 2) : 0xffffffff), body]);
}

/** A wav file of these channels. */
export function wavBytes(channels: readonly Float32Array[], wav: Omit<WavForm, 'channels'> = {}): Buffer {
  const { encoding = 'integer', bits = 16 } = wav;
  const sampleBytes = bits / 8;
  const frameBytes = channels.length * sampleBytes;
  const data = Buffer.alloc(channels[0]!.length * frameBytes);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, i) => writeSample(data, i * frameBytes + channel * sampleBytes, sample, encoding, bits));
  });
  return Buffer.concat([wavHeader(data.length, { ...wav, channels: channels.length }), data, Buffer.alloc(data.length % 2)]);
}

function chunk(name: string, body: Buffer): Buffer {
  return Buffer.concat([chunkHead(name, body.length), body, Buffer.alloc(body.length % 2)]);
}

function chunkHead(name: string, length: number): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(length, 4);
  return head;
}

function writeSample(data: Buffer, offset: number, sample: number, encoding: 'integer' | 'float', bits: number): void {
  if (encoding === 'float') {
    if (bits === 32) data.writeFloatLE(sample, offset);
    else data.writeDoubleLE(sample, offset);
    return;
  }
  const value = Math.max(-(2 ** (bits - 1)), Math.min(2 ** (bits - 1) - 1, Math.round(sample * 2 ** (bits - 1))));
  if (bits === 8) data.writeUInt8(value + 128, offset);
  else data.writeIntLE(value, offset, bits / 8);
}
