import test from 'ava';
import { parseCards, parseVirtual } from '../../daemon/cli/parse-arecord.js';

const cards = `**** List of CAPTURE Hardware Devices ****
card 1: Device [USB PnP Sound Device], device 0: USB Audio [USB Audio]
  Subdevices: 1/1
  Subdevice #0: subdevice #0
card 3: seeed4micvoicec [seeed-4mic-voicecard], device 0: bcm2835-i2s-ac10x-codec0 ac10x-codec0-0 [bcm2835-i2s-ac10x-codec0 ac10x-codec0-0]
  Subdevices: 1/1
  Subdevice #0: subdevice #0
card 3: seeed4micvoicec [seeed-4mic-voicecard], device 2: Loop [Loop]
`;

test('cards are named as they stay when they are plugged in again', (t) => {
  t.deepEqual(parseCards(cards), [
    { device: 'plughw:CARD=Device', description: 'USB PnP Sound Device, USB Audio' },
    { device: 'plughw:CARD=seeed4micvoicec', description: 'seeed-4mic-voicecard, bcm2835-i2s-ac10x-codec0 ac10x-codec0-0' },
    { device: 'plughw:CARD=seeed4micvoicec,DEV=2', description: 'seeed-4mic-voicecard, Loop' },
  ]);
});

test('no cards, nothing', (t) => {
  t.deepEqual(parseCards('**** List of CAPTURE Hardware Devices ****\n'), []);
  t.deepEqual(parseCards(''), []);
  t.deepEqual(parseVirtual(''), []);
});

test('of the rest, what is no view of a card is listed with its description', (t) => {
  const listing = `null
    Discard all samples (playback) or generate zero samples (capture)
pipewire
    PipeWire Sound Server
default
hw:CARD=Device,DEV=0
    USB PnP Sound Device, USB Audio
    Direct hardware device without any conversions
`;
  t.deepEqual(parseVirtual(listing), [
    { device: 'pipewire', description: 'PipeWire Sound Server' },
    { device: 'default', description: '' },
  ]);
});
