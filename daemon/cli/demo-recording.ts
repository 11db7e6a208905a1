import { fileURLToPath } from 'node:url';
import { packageRoot } from './model-directory.js';

/** Real sounds of free licence, which is beside it. */
export const demoRecording = fileURLToPath(new URL('config/demo/recording.flac', packageRoot));
