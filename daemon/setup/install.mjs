/**
 * Makes a clean clone ready: npm packages, dist/ and, with --trainer, the Python environment of the trainer.
 * Does nothing, quickly, where all of it is there. Plain JavaScript without dependencies: it runs before them.
 */
import { build } from './build.mjs';
import { installPackages } from './packages.mjs';
import { checkPlatform } from './platform.mjs';
import { SetupError } from './say.mjs';
import { installTrainer } from './trainer.mjs';

try {
  checkPlatform();
  installPackages();
  build();
  if (process.argv.includes('--trainer')) installTrainer();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`earshot: ${error.message}\n`);
  process.exitCode = 1;
}
