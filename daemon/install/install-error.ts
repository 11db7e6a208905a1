import { EarshotError } from '../errors/earshot-error.js';

/**
 * What keeps the service from being set up or taken away. Codes: `INSTALL_NOT_ROOT`, `INSTALL_NO_SYSTEMD`,
 * `INSTALL_32_BIT`, `INSTALL_HIDDEN_PATH`, `INSTALL_UNREADABLE_PATH`, `INSTALL_UNUSABLE_PATH`, `INSTALL_USER`,
 * `INSTALL_PASSWORD`, `INSTALL_FAILED`; several at once come as `INSTALL_REFUSED`.
 */
export class InstallError extends EarshotError {}

export interface Objection {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** All objections at once, each with its remedy. */
export function refuse(objections: readonly Objection[]): InstallError {
  const [first, ...others] = objections;
  if (first !== undefined && others.length === 0) return new InstallError(first);
  return new InstallError({
    code: 'INSTALL_REFUSED',
    message: `the service cannot be installed:\n${objections.map(({ message, remedy }) => `  ${message}.\n    ${remedy}`).join('\n')}`,
    remedy: 'Nothing has been changed.',
  });
}
