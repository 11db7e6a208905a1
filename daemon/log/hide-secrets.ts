const word = '(?:pass(?:word|wd|phrase)?|pwd|token|secret|api_?key)';
/** A backslash is JSON's, and hides a quote. */
const value = '(?:[^\\s"\'&,;\\\\]|\\\\.)+';

/** Where in a text a secret stands, whatever the text is about. */
const places: readonly (readonly [place: RegExp, shown: string])[] = [
  // rtsp://user:password@camera: up to the last @ before the path.
  [/([a-z][a-z0-9+.-]{1,15}:\/\/)(?:[^/\s"'\\]|\\.)*@/gi, '$1(hidden)@'],
  // ?password=...&
  [new RegExp(`(${word}=)${value}`, 'gi'), '$1(hidden)'],
  // --password ..., also as a list in JSON
  [new RegExp(`(--${word}[\\s"',]+)${value}`, 'gi'), '$1(hidden)'],
  [new RegExp(`(authorization:?\\s*(?:basic|bearer|digest)\\s+)${value}`, 'gi'), '$1(hidden)'],
];

/** The text without users and passwords of addresses, and without what is named a password, a token or the like. */
export function hideSecrets(text: string): string {
  return places.reduce((shown, [place, instead]) => shown.replace(place, instead), text);
}
