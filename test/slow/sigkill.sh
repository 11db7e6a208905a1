#!/usr/bin/env bash
# Kills an outbox at 50 random moments and then the whole daemon at 10, with the broker up or down at random, and accounts
# for the events one by one.
# Usage: test/slow/sigkill.sh [KILLS] [SEED]
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || { echo 'mosquitto is needed: apt-get install mosquitto'; exit 1; }
EARSHOT_KILLS=${1:-50} EARSHOT_SEED=${2:-4} npx ava --timeout=10m dist/test/faults/outbox-sigkill.test.js

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node dist/daemon/bench/repeat-sound.js daemon/source/recording/demo.opus 90 "$work/demo.wav"
node dist/daemon/bench/kill-soak.js "$work/demo.wav" --kills 10 --seed "${2:-4}"
