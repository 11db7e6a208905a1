import { mosquitto, mosquittoTest } from '../publish/helpers/mosquitto.js';
import { captionTopic, event, startPublisher } from '../publish/helpers/publisher.js';
import { subscribe } from '../publish/helpers/subscriber.js';
import { until } from '../publish/helpers/until.js';
import { createAuthority } from './helpers/authority.js';

const config = 'certfile server.pem\nkeyfile server.key';

interface Wrong {
  readonly fault: string;
  readonly host: string;
  readonly days: number;
  readonly isOtherAuthority: boolean;
  readonly says: RegExp;
}

const wrongs: readonly Wrong[] = [
  { fault: 'has expired', host: 'localhost', days: -1, isOtherAuthority: false, says: /has expired/ },
  { fault: 'is made out to another name', host: 'broker.example', days: 2, isOtherAuthority: false, says: /made out to another name/ },
  { fault: 'comes from an unknown authority', host: 'localhost', days: 2, isOtherAuthority: true, says: /authority unknown here/ },
];

for (const { fault, host, days, isOtherAuthority, says } of wrongs) {
  mosquittoTest(`a broker whose certificate ${fault} gets nothing, is named once, and is trusted without a restart when it is mended`, async (t) => {
    const ours = createAuthority(t, 'ours');
    const theirs = createAuthority(t, 'theirs');
    const broker = await mosquitto(t, { config });
    (isOtherAuthority ? theirs : ours).issue(broker.folder, host, days);
    await broker.start();
    const url = `mqtts://localhost:${broker.port}`;
    let attempts = 0;
    const { publisher, warned, codes } = startPublisher(t, { url, caFile: ours.caFile }, { random: () => (attempts += 1) / 1000 });
    publisher.caption(event(1));
    const line = await warned('BROKER_TLS');
    t.regex(line.message, says);
    t.true((line.remedy ?? '').length > 10);
    await until(() => attempts >= 3);
    t.deepEqual(codes(), ['BROKER_TLS']);

    await broker.stop('SIGKILL');
    ours.issue(broker.folder, 'localhost', 2);
    await broker.start();
    await until(() => publisher.isConnected());
    const subscriber = await subscribe(t, url, { rejectUnauthorized: false });
    publisher.caption(event(2));
    await subscriber.waitFor(captionTopic);
    t.is(subscriber.captions(captionTopic).at(-1)?.id, event(2).id);
  });
}
