/** What somebody who installs the service asks for. */
export interface Wishes {
  readonly isDryRun: boolean;
  /** A user of the machine; undefined: one of the service's own, made as it starts. */
  readonly user?: string | undefined;
  readonly microphone?: string | undefined;
  /** URL of a broker. */
  readonly broker?: string | undefined;
  /** Name at the broker. */
  readonly brokerUser?: string | undefined;
  /** Of `brokerUser`. */
  readonly password?: string | undefined;
}
