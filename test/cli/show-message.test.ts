import test from 'ava';
import { showMessage } from '../../daemon/cli/show-message.js';

const caption = { caption: 'A dog barks', confidence: 0.714, start: '2026-01-02T03:04:05.000Z', end: '2026-01-02T03:04:15.000Z' };

test('a caption is shown with its time and how sure the model is', (t) => {
  t.is(showMessage('earshot/pi/kitchen/caption', JSON.stringify(caption), 'UTC'), 'earshot/pi/kitchen/caption  03:04:05-03:04:15  A dog barks  (71 %)');
});

test('anything else is shown as it came, bounded', (t) => {
  t.is(showMessage('a/status', 'online'), 'a/status  online');
  t.is(showMessage('a', 'null'), 'a  null');
  t.is(showMessage('a', JSON.stringify({ ...caption, start: 'yesterday' })).slice(0, 4), 'a  {');
  t.true(showMessage('a', 'x'.repeat(10_000)).length < 200);
});

test('no message can steer the terminal', (t) => {
  t.notRegex(showMessage('a\u001B[2J', JSON.stringify({ ...caption, caption: '\u001B]0;title\u0007\nforged' })), /\p{Cc}/u);
});
