#!/usr/bin/env bash
# The service in a real systemd: a machine with the files of this one is booted in a container, without a network and
# with a microphone that can be plugged in, and test/slow/systemd/prove.sh is run in it. Needs root and the right to mount.
# Where that cannot be had it fails, unless EARSHOT_WITHOUT_SYSTEMD=1 says that this is known: then it says so and passes.
# Usage: test/slow/systemd.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

give_up() {
  echo "the service was NOT proven in a real systemd: $1"
  [ "${EARSHOT_WITHOUT_SYSTEMD:-}" = 1 ] && exit 0
  echo 'Run it as root on a machine that may mount and start containers, or set EARSHOT_WITHOUT_SYSTEMD=1.'
  exit 1
}
[ "$(id -u)" = 0 ] || give_up 'only root may boot a container'
missing=
command -v systemd-nspawn >/dev/null || missing="$missing systemd-container"
command -v mosquitto >/dev/null || missing="$missing mosquitto"
command -v jq >/dev/null || missing="$missing jq"
command -v arecord >/dev/null || missing="$missing alsa-utils"
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null; } || give_up "these Debian packages cannot be had:$missing"
fi

work=$(mktemp -d)
container=
clean_up() {
  [ -z "$container" ] || { kill -TERM "$container" && wait "$container"; } 2>/dev/null || true
  for mounted in "$work/machine/opt/earshot" "$work/machine" "$work"; do
    mountpoint -q "$mounted" && umount -l "$mounted"
  done
  rmdir "$work"
}
trap clean_up EXIT

# In memory: an overlay may not lie upon another overlay.
mount -t tmpfs -o mode=0755 tmpfs "$work" || give_up 'nothing may be mounted here'
mkdir "$work/up" "$work/work" "$work/machine"
machine=$work/machine
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/up,workdir=$work/work" "$machine" || give_up 'no overlay may be mounted here'
mkdir -p "$machine/opt/earshot"
mount --bind "$PWD" "$machine/opt/earshot"

# Of this machine's own services none is needed, and some would wait for what is not there.
rm -rf "$machine"/etc/systemd/system/*.wants "$machine"/etc/systemd/system/earshot* "$machine"/etc/earshot "$machine"/var/lib/earshot "$machine"/var/lib/private/earshot
for unit in getty.target console-getty.service systemd-logind.service systemd-networkd.service systemd-resolved.service systemd-timesyncd.service; do
  ln -sf /dev/null "$machine/etc/systemd/system/$unit"
done
rm -f "$machine/etc/machine-id"
systemd-machine-id-setup --root="$machine" >/dev/null 2>&1

mkdir -p "$machine/proof" "$machine/usr/local/bin"
install -m 755 test/slow/systemd/arecord "$machine/usr/local/bin/arecord"
password=correct-horse-$RANDOM$RANDOM
node "$machine/opt/earshot/dist/daemon/cli/earshot.js" install --root "$machine" --microphone plughw:CARD=Device \
  --broker mqtt://127.0.0.1:18883 --broker-user earshot --broker-password-file - <<<"$password"
# So that it can be seen in less than the two minutes of the unit that a start without a microphone may take longer.
mkdir "$machine/etc/systemd/system/earshot.service.d"
printf '[Service]\nTimeoutStartSec=45\n' >"$machine/etc/systemd/system/earshot.service.d/proof.conf"
# Given to the proof alone, so that whatever else holds it has leaked it.
install -m 600 /dev/stdin "$machine/proof/password" <<<"$password"
cat >"$machine/etc/systemd/system/proof.service" <<'UNIT'
[Service]
Type=exec
ExecStart=/bin/bash /opt/earshot/test/slow/systemd/prove.sh
StandardOutput=append:/proof/results
StandardError=append:/proof/errors
ExecStopPost=/bin/systemctl --no-block --force poweroff
UNIT

echo "booting $(systemctl --version | head -1) with $(node --version)"
timeout -k 10 500 systemd-nspawn --quiet --register=no --keep-unit -D "$machine" --private-network --link-journal=no -b \
  systemd.unit=multi-user.target systemd.wants=proof.service systemd.show_status=0 </dev/null >"$work/console" 2>&1 &
container=$!
# What is proven is shown as it is proven.
(until [ -e "$machine/proof/results" ] || ! kill -0 "$container" 2>/dev/null; do sleep 0.2; done
  [ ! -e "$machine/proof/results" ] || exec tail -n +1 -f --pid="$container" "$machine/proof/results") &
wait "$container" && status=0 || status=$?
container=
wait

if [ ! -s "$machine/proof/results" ]; then
  cat "$work/console"
  give_up "the container did not boot (exit code $status)"
fi
if ! grep -q '^done$' "$machine/proof/results" || grep -q '^FAILED' "$machine/proof/results"; then
  echo '--- errors'; tail -30 "$machine/proof/errors"
  echo '--- journal'; journalctl --directory="$machine/var/log/journal" -u earshot -p info --no-pager -o short-monotonic 2>/dev/null | tail -80
  [ -z "${EARSHOT_PROOF_KEEP:-}" ] || cp -a "$machine/proof" "$machine/var/log/journal" "$EARSHOT_PROOF_KEEP"
  exit 1
fi
echo "$(grep -c '^ok' "$machine/proof/results") passed, 0 failed"
