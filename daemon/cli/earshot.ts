#!/usr/bin/env -S node --max-semi-space-size=1
import { describeError } from '../errors/describe-error.js';
import { EarshotError } from '../errors/earshot-error.js';
import { exitCodeOf } from './exit-code.js';
import { createProgram } from './program.js';

// onnxruntime reports home from version 1.29 on unless it is told not to.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

try {
  await createProgram().parseAsync();
} catch (error) {
  const text = error instanceof Error && !(error instanceof EarshotError) ? (error.stack ?? error.message) : describeError(error);
  process.stderr.write(`earshot: ${text}\n`);
  process.exitCode = exitCodeOf(error);
}
