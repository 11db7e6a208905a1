// A broker that is merely restarting is not met in the middle of the same message so often.
const losses = 5;

/**
 * Finds the message on which a broker hangs up, as MQTT 3.1.1 brokers do with what they forbid: sent again after
 * each reconnection it would be in the way of all others for ever.
 */
export function createSuspicion() {
  let suspect: string | undefined;
  let count = 0;

  return {
    /** A connection was lost while this message was on its way. True when it is to be given up. */
    lostWith(key: string): boolean {
      count = key === suspect ? count + 1 : 1;
      suspect = key;
      if (count < losses) return false;
      suspect = undefined;
      return true;
    },
    /** Others get through between two losses; only the suspect itself can clear its name. */
    delivered(key: string): void {
      if (key === suspect) suspect = undefined;
    },
  };
}
