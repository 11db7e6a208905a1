/** The part of node-record-lpcm16 1.0.1 that Earshot uses; the package has no types of its own. */
declare module 'node-record-lpcm16' {
  import type { ChildProcessByStdio } from 'node:child_process';
  import type { Readable, Writable } from 'node:stream';

  interface RecordOptions {
    readonly recorder: 'arecord';
    /** 'wav', the default, ends silently after 2 GiB. */
    readonly audioType: 'raw';
    readonly sampleRate: number;
    readonly channels: number;
    readonly device?: string;
  }

  interface Recording {
    readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  }

  const recorder: { record(options: RecordOptions): Recording };
  export default recorder;
}
