import { hearings } from '../../event/source-state.js';
import { listeningPayloads } from '../commands/listening-command.js';
import { eventTypes, type Message } from '../message.js';
import { topicPart, topicPrefixParts } from '../topic-part.js';
import type { Topics } from '../topics.js';

export interface DiscoveryParts {
  /** Home Assistant's discovery prefix, usually `homeassistant`. */
  readonly prefix: string;
  readonly device: { readonly id: string; readonly name: string };
  readonly sources: readonly string[];
  /** Whether sources can be switched off and on. */
  readonly isSwitchable: boolean;
  /** Of Earshot. */
  readonly version: string;
  readonly topics: Topics;
}

type Component = Readonly<Record<string, unknown>> & { readonly platform: string; readonly unique_id: string };

/**
 * The one retained message from which Home Assistant makes the device and its entities
 * (MQTT integration, "Device discovery payload"): `<prefix>/device/<object id>/config`.
 */
export function discoveryMessage(parts: DiscoveryParts): Message {
  const { prefix, device, sources, isSwitchable, version, topics } = parts;
  const id = `earshot_${topicPart(device.id)}`;
  const components = Object.fromEntries([
    ...sources.flatMap((source) => sourceComponents(id, topicPart(source), source, topics)),
    ...(isSwitchable ? sources.map((source) => listeningSwitch(id, topicPart(source), source, topics)) : []),
    ...deviceComponents(id, topics),
  ]);
  return {
    topic: [...topicPrefixParts(prefix, 'homeassistant'), 'device', id, 'config'].join('/'),
    payload: JSON.stringify({
      device: { identifiers: [id], name: device.name, manufacturer: 'Earshot', model: 'Sound captions', sw_version: version },
      origin: { name: 'Earshot', sw_version: version },
      qos: 1,
      components,
    }),
    retain: true,
  };
}

/** Where Home Assistant says `online` after a start: `<prefix>/status`. */
export function birthTopic(prefix: string): string {
  return [...topicPrefixParts(prefix, 'homeassistant'), 'status'].join('/');
}

function sourceComponents(id: string, key: string, name: string, topics: Topics): [string, Component][] {
  const component = entityFactory(id, topics);
  const caption = topics.caption(name);
  const state = topics.state(name);
  return [
    component(`${key}_sound`, {
      platform: 'event',
      name: `${name} sound`,
      icon: 'mdi:ear-hearing',
      state_topic: caption,
      event_types: [eventTypes[0]],
    }),
    // Nothing happens now: whoever wants to look back can switch it on.
    component(`${key}_late_sound`, {
      platform: 'event',
      name: `${name} late sound`,
      icon: 'mdi:ear-hearing',
      state_topic: topics.lateCaption(name),
      event_types: [eventTypes[1]],
      entity_category: 'diagnostic',
      enabled_by_default: false,
    }),
    component(`${key}_caption`, {
      platform: 'sensor',
      name: `${name} last caption`,
      icon: 'mdi:text-short',
      state_topic: caption,
      // A state may have 255 characters, attributes as many as they like.
      value_template: '{{ value_json.caption[:255] }}',
      json_attributes_topic: caption,
      // The same sound again is news.
      force_update: true,
    }),
    component(`${key}_state`, {
      platform: 'sensor',
      name: `${name} state`,
      device_class: 'enum',
      options: hearings,
      entity_category: 'diagnostic',
      state_topic: state,
      value_template: '{{ value_json.state }}',
      json_attributes_topic: state,
    }),
    component(`${key}_problem`, {
      platform: 'binary_sensor',
      name: `${name} problem`,
      device_class: 'problem',
      entity_category: 'diagnostic',
      state_topic: state,
      // One that listens has a reason only where something is wrong with what it hears.
      value_template: "{{ 'OFF' if value_json.state in ('listening', 'off') and value_json.reason is not defined else 'ON' }}",
    }),
  ];
}

function listeningSwitch(id: string, key: string, name: string, topics: Topics): [string, Component] {
  return entityFactory(id, topics)(`${key}_listening`, {
    platform: 'switch',
    name: `${name} listening`,
    icon: 'mdi:microphone',
    state_topic: topics.state(name),
    value_template: "{{ 'OFF' if value_json.state == 'off' else 'ON' }}",
    command_topic: topics.set(name),
    payload_on: listeningPayloads.on,
    payload_off: listeningPayloads.off,
  });
}

function deviceComponents(id: string, topics: Topics): [string, Component][] {
  const component = entityFactory(id, topics);
  const counter = (field: string, name: string): [string, Component] =>
    component(field, {
      platform: 'sensor',
      name,
      state_class: 'total_increasing',
      entity_category: 'diagnostic',
      state_topic: topics.health,
      value_template: `{{ value_json.${field} }}`,
    });
  const measurement = (field: string, name: string, deviceClass: string, unit: string): [string, Component] =>
    component(field, {
      platform: 'sensor',
      name,
      device_class: deviceClass,
      unit_of_measurement: unit,
      state_class: 'measurement',
      entity_category: 'diagnostic',
      state_topic: topics.health,
      value_template: `{{ value_json.${field} }}`,
    });
  const problem = (field: string, name: string, isSo: string): [string, Component] =>
    component(field, {
      platform: 'binary_sensor',
      name,
      device_class: 'problem',
      entity_category: 'diagnostic',
      state_topic: topics.health,
      value_template: `{{ 'ON' if ${isSo} else 'OFF' }}`,
    });
  const [, { availability: _, ...connectivity }] = component('connection', {
    platform: 'binary_sensor',
    name: 'Connection',
    device_class: 'connectivity',
    entity_category: 'diagnostic',
    state_topic: topics.status,
    payload_on: 'online',
    payload_off: 'offline',
  });
  return [
    // The one entity that is to say "disconnected" rather than become unavailable.
    ['connection', connectivity],
    counter('windows_captioned', 'Windows captioned'),
    counter('windows_gated', 'Windows too quiet'),
    counter('windows_skipped', 'Windows skipped'),
    counter('windows_wordless', 'Windows without words'),
    counter('windows_failed', 'Windows failed'),
    counter('overruns', 'Overruns'),
    counter('captioner_restarts', 'Model restarts'),
    counter('events_dropped', 'Events dropped'),
    measurement('lag_s', 'Lag', 'duration', 's'),
    measurement('hop_s', 'Time between captions', 'duration', 's'),
    measurement('temperature_c', 'Processor temperature', 'temperature', '°C'),
    problem('outbox', 'Outbox problem', "value_json.outbox == 'failing'"),
    problem('captioner', 'Model problem', "value_json.captioner != 'ready'"),
    problem('throttled', 'Machine slowed down', 'value_json.throttled'),
  ];
}

/** Adds what every entity has: an id of its own, and the status topic that makes it unavailable. */
function entityFactory(id: string, topics: Topics) {
  return <Options extends { readonly platform: string }>(key: string, options: Options) =>
    [key, { ...options, unique_id: `${id}_${key}`, availability: [{ topic: topics.status }] }] satisfies [string, Component];
}
