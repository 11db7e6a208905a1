/** A thing that sound can be captured from. */
export interface CaptureDevice {
  /** What to give to --microphone. */
  readonly device: string;
  /** What a person knows it by. */
  readonly description: string;
}

/**
 * Reads `arecord -l`: hardware, by card name, for a card keeps its name when it is plugged in again and not its
 * number. `plughw` converts to whatever rate the model needs.
 */
export function parseCards(listing: string): CaptureDevice[] {
  const pattern = /^card \d+: (?<card>\S+) \[(?<cardName>.*)\], device (?<number>\d+): .*\[(?<deviceName>.*)\]$/gm;
  return [...listing.matchAll(pattern)].map(({ groups = {} }) => {
    const { card, cardName, number, deviceName } = groups;
    const device = `plughw:CARD=${card}${number === '0' ? '' : `,DEV=${number}`}`;
    return { device, description: cardName === deviceName ? `${cardName}` : `${cardName}, ${deviceName}` };
  });
}

/** Devices of `arecord -L` that are no view of one card: servers such as PipeWire, and what the user has defined. */
export function parseVirtual(listing: string): CaptureDevice[] {
  const entries = listing.split(/^(?=\S)/m).map((entry) => entry.split('\n').map((line) => line.trim()));
  return entries.flatMap(([device, description]) => {
    if (device === undefined || device === '' || device.includes(':CARD=') || device === 'null') return [];
    return [{ device, description: description ?? '' }];
  });
}
