import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import test, { type ExecutionContext } from 'ava';

import { readMachineHeat } from '../../daemon/run/machine-heat.js';

/** A folder with these files, as /sys has them. */
function machine(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'earshot-sys-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, 'sys', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${content}\n`);
  }
  return root;
}

const cool = { 'class/thermal/thermal_zone0/type': 'cpu-thermal', 'class/thermal/thermal_zone0/temp': '54530' };

test('a machine that says nothing of itself is taken as it is', async (t) => {
  t.deepEqual(await readMachineHeat(machine(t, {})), { temperatureC: undefined, isThrottled: false });
});

test('the hottest zone of the processor counts, and no other', async (t) => {
  const root = machine(t, {
    ...cool,
    'class/thermal/thermal_zone1/type': 'soc0-thermal',
    'class/thermal/thermal_zone1/temp': '61000',
    'class/thermal/thermal_zone2/type': 'PMIC-Die',
    'class/thermal/thermal_zone2/temp': '100000',
    'class/thermal/thermal_zone3/type': 'cpu-broken',
    'class/thermal/thermal_zone3/temp': 'N/A',
  });
  t.deepEqual(await readMachineHeat(root), { temperatureC: 61, isThrottled: false });
});

test('a cooling device that slows the processor down is heat, a fan is none', async (t) => {
  const fan = { 'class/thermal/cooling_device0/type': 'pwm-fan', 'class/thermal/cooling_device0/cur_state': '3' };
  const idle = { 'class/thermal/cooling_device1/type': 'cpufreq-cpu0', 'class/thermal/cooling_device1/cur_state': '0' };
  t.false((await readMachineHeat(machine(t, { ...cool, ...fan, ...idle }))).isThrottled);
  t.true((await readMachineHeat(machine(t, { ...cool, ...fan, ...idle, 'class/thermal/cooling_device1/cur_state': '2' }))).isThrottled);
});

test('what the firmware of a Raspberry Pi says now counts, what it remembers does not', async (t) => {
  for (const device of ['soc:firmware', 'soc@107c000000:firmware']) {
    const saying = (flags: string) => machine(t, { ...cool, [`bus/platform/devices/${device}/get_throttled`]: flags });
    t.false((await readMachineHeat(saying('0'))).isThrottled);
    t.false((await readMachineHeat(saying('80000'))).isThrottled);
    t.true((await readMachineHeat(saying('80008'))).isThrottled);
    t.true((await readMachineHeat(saying('50005'))).isThrottled);
  }
});

test('this machine can be asked', async (t) => {
  t.is(typeof (await readMachineHeat()).isThrottled, 'boolean');
});
