import { homedir } from 'node:os';
import test from 'ava';
import { stateFolder } from '../../daemon/config/state-folder.js';

test('the service manager says where things are remembered', (t) => {
  t.is(stateFolder({ STATE_DIRECTORY: '/var/lib/earshot', XDG_STATE_HOME: '/elsewhere' }, 'pi'), '/var/lib/earshot');
  t.is(stateFolder({ STATE_DIRECTORY: '/var/lib/earshot:/var/lib/more' }, 'pi'), '/var/lib/earshot');
});

test('without one it is a folder of the user, for each device id its own', (t) => {
  t.is(stateFolder({ XDG_STATE_HOME: '/home/me/state' }, 'pi'), '/home/me/state/earshot/pi');
  t.is(stateFolder({}, 'pi'), `${homedir()}/.local/state/earshot/pi`);
  t.is(stateFolder({ STATE_DIRECTORY: '', XDG_STATE_HOME: 'not/absolute' }, 'pi'), `${homedir()}/.local/state/earshot/pi`);
});
