import { z } from 'zod';
import { isLoopback } from '../publish/embedded-broker/is-loopback.js';
import { brokerUrl } from './broker-url.js';
import { nameOrPath, numberFrom, oneOf, path, text, topicName, topicPrefix, wholeNumberFrom, words, yesOrNo } from './keys.js';

/** Every key there is, what it may be, and what it is when nobody says. config/earshot.yaml.example explains them. */
export const configSchema = z.strictObject({
  device: z.strictObject({
    id: topicName(),
    name: text('a name for people, up to 64 characters', 64).default('Earshot'),
  }),
  model: nameOrPath('the name of a bundle in models/, or the path of a bundle (with a slash)').default('default'),
  source: z.strictObject({
    kind: oneOf('auto', 'microphone', 'file', 'stdin', 'command').default('auto'),
    name: topicName().optional(),
    device: text('an ALSA capture device, best by card name: plughw:CARD=Device').optional(),
    file: path('the path of a sound file (wav, flac, ogg, opus, mp3)').optional(),
    loop: yesOrNo().default(false),
    real_time: yesOrNo().default(true),
    command: words('a command and its arguments as a list, writing raw 16-bit little-endian samples to its output').optional(),
    sample_rate: wholeNumberFrom(4000, 192000, 'a whole number of Hz').optional(),
    channels: wholeNumberFrom(1, 8).default(1),
    silent_after_seconds: numberFrom(2, 3600, 'seconds').default(10),
  }),
  window: z.strictObject({
    seconds: numberFrom(0.05, 60, 'seconds').optional(),
    hop_seconds: numberFrom(0.05, 60, 'seconds').default(2),
    longest_hop_seconds: numberFrom(0.05, 60, 'seconds').optional(),
  }),
  gate: z.strictObject({
    level_dbfs: numberFrom(-120, 0, 'dB relative to full scale').default(-60),
  }),
  mqtt: z.strictObject({
    url: brokerUrl.optional(),
    username: text('a user name').optional(),
    password_file: path('the path of a file that holds the password alone').optional(),
    client_id: text('up to 64 characters, unique on the broker', 64).optional(),
    base_topic: topicPrefix().default('earshot'),
    commands: yesOrNo().default(true),
    ca_file: path('the path of a PEM file').optional(),
    cert_file: path('the path of a PEM file').optional(),
    key_file: path('the path of a PEM file').optional(),
    server_name: text('the host name in the certificate of the broker').optional(),
    keepalive_seconds: wholeNumberFrom(5, 3600, 'a whole number of seconds').default(30),
  }),
  outbox: z.strictObject({
    on_disk: yesOrNo().default(true),
    folder: path('the path of a folder').optional(),
    limit: wholeNumberFrom(1, 20_000).default(1000),
    keep_seconds: wholeNumberFrom(60, 604_800, 'a whole number of seconds').default(3600),
  }),
  embedded_broker: z.strictObject({
    host: text('an address of this machine alone, such as 127.0.0.1')
      .refine(isLoopback, 'is not an address of this machine alone; for other machines run a broker with passwords and name it in mqtt.url')
      .meta({ allowed: 'an address of this machine alone, such as 127.0.0.1' })
      .default('127.0.0.1'),
    port: wholeNumberFrom(1, 65535).default(1883),
  }),
  home_assistant: z.strictObject({
    discovery: yesOrNo().default(true),
    prefix: topicPrefix().default('homeassistant'),
  }),
  log: z.strictObject({
    level: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
  }),
  inference: z.strictObject({
    threads: wholeNumberFrom(1, 16).default(2),
  }),
});

/** A configuration in which every key has been checked. Names are those of the file. */
export type Config = z.output<typeof configSchema>;
