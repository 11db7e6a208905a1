import { EarshotError } from '../errors/earshot-error.js';

export type SourceErrorCode =
  // files
  | 'SOURCE_NOT_FOUND' | 'SOURCE_IS_FOLDER' | 'SOURCE_UNREADABLE' | 'SOURCE_EMPTY' | 'SOURCE_NOT_AUDIO'
  | 'SOURCE_UNSUPPORTED' | 'SOURCE_DAMAGED' | 'SOURCE_NO_SOUND'
  // live capture
  | 'SOURCE_COMMAND_MISSING' | 'SOURCE_DEVICE_MISSING' | 'SOURCE_DEVICE_BUSY' | 'SOURCE_PERMISSION'
  | 'SOURCE_STALLED' | 'SOURCE_ENDED' | 'SOURCE_FAILED' | 'SOURCE_NO_RESOURCES' | 'SOURCE_WRONG_RATE'
  // what comes in
  | 'SOURCE_SILENT' | 'SOURCE_WRONG_PACE';

/** Sound does not come in, or no longer. */
export class SourceError extends EarshotError {
  declare readonly code: SourceErrorCode;

  constructor(options: { readonly code: SourceErrorCode; readonly message: string; readonly remedy: string; readonly cause?: unknown }) {
    super(options);
  }
}
