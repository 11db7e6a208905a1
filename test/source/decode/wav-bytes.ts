export interface WavOptions {
  readonly sampleRate?: number;
  readonly encoding?: 'integer' | 'float';
  readonly bits?: number;
  /** 'RF64' writes the length into a ds64 chunk; 'stream' leaves it unknown, as writers to a pipe do. */
  readonly form?: 'RIFF' | 'RF64' | 'stream';
  readonly isExtensible?: boolean;
  /** A format tag to lie with. */
  readonly tag?: number;
}

/** A wav file of these channels. */
export function wavBytes(channels: readonly Float32Array[], options: WavOptions = {}): Buffer {
  const { sampleRate = 32000, encoding = 'integer', bits = 16, form = 'RIFF', isExtensible = false } = options;
  const tag = options.tag ?? (encoding === 'integer' ? 1 : 3);
  const sampleBytes = bits / 8;
  const frameBytes = channels.length * sampleBytes;
  const data = Buffer.alloc(channels[0]!.length * frameBytes);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, i) => writeSample(data, i * frameBytes + channel * sampleBytes, sample, encoding, bits));
  });

  const format = Buffer.alloc(isExtensible ? 40 : 16);
  format.writeUInt16LE(isExtensible ? 0xfffe : tag, 0);
  format.writeUInt16LE(channels.length, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE(sampleRate * frameBytes, 8);
  format.writeUInt16LE(frameBytes, 12);
  format.writeUInt16LE(bits, 14);
  if (isExtensible) format.writeUInt16LE(tag, 24);

  const ds64 = Buffer.alloc(28);
  ds64.writeBigUInt64LE(BigInt(data.length), 8);
  const isLengthTold = form === 'RIFF';
  const chunks = [
    ...(form === 'RF64' ? [chunk('ds64', ds64)] : []),
    chunk('fmt ', format),
    chunk('LIST', Buffer.from('odd')), // of odd length, so that a padding byte follows
    chunk('data', data, isLengthTold ? data.length : 0xffffffff),
  ];
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
  return chunk(form === 'RF64' ? 'RF64' : 'RIFF', body, isLengthTold ? body.length : 0xffffffff);
}

function chunk(name: string, body: Buffer, length = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function writeSample(data: Buffer, offset: number, sample: number, encoding: 'integer' | 'float', bits: number): void {
  if (encoding === 'float') {
    if (bits === 32) data.writeFloatLE(sample, offset);
    else data.writeDoubleLE(sample, offset);
    return;
  }
  const value = Math.min(2 ** (bits - 1) - 1, Math.round(sample * 2 ** (bits - 1)));
  if (bits === 8) data.writeUInt8(value + 128, offset);
  else data.writeIntLE(value, offset, bits / 8);
}
