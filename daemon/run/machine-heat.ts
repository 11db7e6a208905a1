import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Counters } from '../event/health.js';

/** Whether the machine has become slower than it is. */
export type MachineHeat = Pick<Counters, 'temperatureC' | 'isThrottled'>;

const thermal = '/sys/class/thermal';
const platform = '/sys/bus/platform/devices';

/** Zones that are about the processor; a Jetson's `PMIC-Die` always claims 100 degrees. */
const ofProcessor = /cpu|soc|pkg/i;
/** Cooling devices that slow the processor down; fans are others. */
const slowsDown = /cpufreq|processor/i;
/** Of a Raspberry Pi's `get_throttled`: voltage too low, frequency capped, throttled, soft temperature limit. Higher bits are history. */
const throttledNow = 0b1111;

/**
 * What the kernel says of it: the hottest processor zone, and whether a cooling device slows the processor down, or the
 * firmware of a Raspberry Pi does. What a machine does not say is left out; never rejects.
 */
export async function readMachineHeat(root = ''): Promise<MachineHeat> {
  const folders = await list(path.join(root, thermal));
  const zones = await Promise.all(folders.filter((name) => name.startsWith('thermal_zone')).map((name) => readZone(path.join(root, thermal, name))));
  const coolers = await Promise.all(folders.filter((name) => name.startsWith('cooling_device')).map((name) => isSlowing(path.join(root, thermal, name))));
  const temperatures = zones.filter((degrees) => degrees !== undefined);
  return {
    temperatureC: temperatures.length === 0 ? undefined : Math.max(...temperatures),
    isThrottled: coolers.includes(true) || (await isThrottledByFirmware(path.join(root, platform))),
  };
}

async function readZone(folder: string): Promise<number | undefined> {
  if (!ofProcessor.test(await read(path.join(folder, 'type')))) return undefined;
  const text = await read(path.join(folder, 'temp'));
  return /^-?\d+$/.test(text) ? Number(text) / 1000 : undefined;
}

async function isSlowing(folder: string): Promise<boolean> {
  return slowsDown.test(await read(path.join(folder, 'type'))) && Number(await read(path.join(folder, 'cur_state'))) > 0;
}

/** raspberrypi/linux#2397; the device is `soc:firmware`, with an address after `soc` on newer boards. */
async function isThrottledByFirmware(devices: string): Promise<boolean> {
  const firmware = (await list(devices)).find((name) => /^soc.*:firmware$/.test(name));
  if (firmware === undefined) return false;
  return (Number.parseInt(await read(path.join(devices, firmware, 'get_throttled')), 16) & throttledNow) !== 0;
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').then((text) => text.trim(), () => '');
}
