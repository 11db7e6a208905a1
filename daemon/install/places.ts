/** Where things of the service are. */
export const places = {
  unit: '/etc/systemd/system/earshot.service',
  /** What an administrator has changed with `systemctl edit`. */
  ownChanges: '/etc/systemd/system/earshot.service.d',
  configFolder: '/etc/earshot',
  config: '/etc/earshot/earshot.yaml',
  password: '/etc/earshot/mqtt-password',
  /** StateDirectory=; with a dynamic user the first is a link to the second. */
  state: ['/var/lib/earshot', '/var/lib/private/earshot'],
} as const;

export const unitName = 'earshot.service';
