import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { SourceError } from '../source-error.js';
import { createByteReader } from './byte-reader.js';
import { decodeFlac } from './decode-flac.js';
import { decodeMp3 } from './decode-mp3.js';
import { decodeOgg } from './decode-ogg.js';
import { decodeWav } from './decode-wav.js';
import { AudioDamage, UnsupportedAudio, type Decode } from './decoder.js';
import { detectFormat, detectionBytes, id3Length, type AudioFormat } from './detect-format.js';
import { toMonoAtRate } from './to-mono-at-rate.js';

const decoders: Record<AudioFormat, Decode> = { wav: decodeWav, flac: decodeFlac, ogg: decodeOgg, mp3: decodeMp3 };
const readBytes = 16384;
const convertRemedy = (path: string) => `Convert it, for example: ffmpeg -i '${path}' -ac 1 sound.flac`;

/**
 * Decodes a wav, flac, ogg (Vorbis, Opus, FLAC) or mp3 file, told by its content, to mono samples at
 * `sampleRate`. Memory does not grow with the file's length. Throws a `SourceError` that names the file; where
 * the file is damaged it does so behind the last sample that decodes.
 */
export async function* decodeFile(path: string, sampleRate: number): AsyncGenerator<Float32Array, void> {
  const file = await openFile(path);
  let heard = 0;
  try {
    const reader = createByteReader(readChunks(file));
    const decode = await chooseDecoder(reader, path);
    for await (const samples of toMonoAtRate(decode(reader.rest()), sampleRate)) {
      heard += samples.length;
      yield samples;
      await nextTurn(); // decoding keeps the event loop for one small chunk at a time
    }
  } catch (error) {
    throw explain(error, path, heard / sampleRate);
  } finally {
    await file.close();
  }
  if (heard === 0) {
    throw new SourceError({ code: 'SOURCE_NO_SOUND', message: `${path} is an audio file that holds no sound`, remedy: 'Record or convert it again' });
  }
}

async function chooseDecoder(reader: ReturnType<typeof createByteReader>, path: string): Promise<Decode> {
  // Some taggers put an ID3 tag before any format; behind it the sound tells what it is.
  const tag = id3Length(await reader.peek(10));
  await reader.skip(tag);
  const head = await reader.peek(detectionBytes);
  if (head.length === 0 && tag === 0) {
    throw new SourceError({ code: 'SOURCE_EMPTY', message: `${path} is empty`, remedy: 'Record or copy it again' });
  }
  const format = detectFormat(head) ?? (tag > 0 ? 'mp3' : undefined);
  if (format === undefined) {
    throw new SourceError({
      code: 'SOURCE_NOT_AUDIO',
      message: `${path} is not an audio file that Earshot knows`,
      remedy: 'Give it a wav, flac, ogg, opus or mp3 file',
    });
  }
  if (typeof format === 'object') throw new UnsupportedAudio(`${format.foreign}`);
  return decoders[format];
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path);
    if (!(await file.stat()).isDirectory()) return file;
    await file.close();
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    throw isMissing
      ? new SourceError({ code: 'SOURCE_NOT_FOUND', message: `${path} does not exist`, remedy: 'Check the name and the folder', cause: error })
      : unreadable(path, error);
  }
  throw new SourceError({ code: 'SOURCE_IS_FOLDER', message: `${path} is a folder`, remedy: `Name the files in it, for example: ${path.replace(/\/$/, '')}/*.wav` });
}

async function* readChunks(file: FileHandle): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(readBytes), 0, readBytes);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Gives whatever went wrong within a file the one shape of a source's failure. */
function explain(error: unknown, path: string, heardSeconds: number): unknown {
  if (error instanceof SourceError) return error;
  if (error instanceof UnsupportedAudio) {
    return new SourceError({ code: 'SOURCE_UNSUPPORTED', message: `${path} is ${error.message}, which Earshot does not decode`, remedy: convertRemedy(path) });
  }
  const heard = `${heardSeconds.toFixed(1)} s of it could be heard`;
  if (error instanceof AudioDamage) {
    return new SourceError({ code: 'SOURCE_DAMAGED', message: `${path} ${error.message} (${heard})`, remedy: 'Copy or record it again' });
  }
  if (error instanceof Error && 'syscall' in error) return unreadable(path, error);
  const reason = error instanceof Error ? error.message : String(error);
  return new SourceError({ code: 'SOURCE_DAMAGED', message: `${path} does not decode: ${reason} (${heard})`, remedy: convertRemedy(path), cause: error });
}

function unreadable(path: string, error: unknown): SourceError {
  const reason = error instanceof Error ? error.message : String(error);
  return new SourceError({ code: 'SOURCE_UNREADABLE', message: `${path} cannot be read: ${reason}`, remedy: 'Check its permissions and the disk', cause: error });
}
