export interface EarshotErrorOptions {
  /** Machine-readable, stable, SCREAMING_SNAKE_CASE: `SOURCE_NOT_FOUND`. */
  readonly code: string;
  /** Names the thing and what is wrong with it. */
  readonly message: string;
  /** What a person does about it. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/** The root of every failure that Earshot foresees. One subclass a domain: `SourceError`, `BundleError`, ... */
export class EarshotError extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor({ code, message, remedy, cause }: EarshotErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = remedy;
  }
}
