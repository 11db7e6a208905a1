declare module 'systemd-notify' {
  /** Runs the systemd-notify binary. Rejects with its error output, a string, or with the error of spawning it. */
  export default function notify(options: { ready?: boolean; status?: string; pid?: number }): Promise<unknown>;
}
