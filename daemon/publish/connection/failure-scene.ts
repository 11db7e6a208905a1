/** What is known of a connection when it fails. */
export interface FailureScene {
  /** Address for people, without credentials. */
  readonly label: string;
  readonly isEncrypted: boolean;
  readonly username?: string | undefined;
  /** Whether the broker had accepted the connection before. */
  readonly wasOpen: boolean;
}
