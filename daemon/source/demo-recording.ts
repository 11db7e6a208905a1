import { fileURLToPath } from 'node:url';

/** Real sounds for a first run without a microphone; recording/LICENCE.md says whose they are. It is not copied into dist. */
export const demoRecording = fileURLToPath(new URL('../../../daemon/source/recording/demo.opus', import.meta.url));
