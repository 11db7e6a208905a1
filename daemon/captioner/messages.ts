import type { Manifest } from '../bundle/manifest.js';
import type { Caption } from './captioner.js';
import type { WindowMessage } from './window-transfer.js';

/** What parent and child say to each other, over an IPC channel with structured clones. */
export type ToChild =
  | {
      readonly type: 'open';
      readonly directory: string;
      /** Already checked by the parent, so that the child can do without the schema. */
      readonly manifest: Manifest;
      readonly threads: number;
      readonly sources: number;
    }
  | { readonly type: 'caption'; readonly id: number; readonly window: WindowMessage };

export type ToParent =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly error: ErrorMessage }
  | { readonly type: 'captioned'; readonly id: number; readonly caption: Caption }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorMessage };

/** An EarshotError on its way from process to process. */
export interface ErrorMessage {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}
