#!/usr/bin/env bash
# Thousands of windows as fast as they go: memory stays flat and below 160 MB. Usage: test/slow/soak.sh [WINDOWS]
set -euo pipefail
cd "$(dirname "$0")/../.."
sound=$(ls daemon/source/recording/*.{ogg,opus,flac,wav} 2>/dev/null | head -n 1)
exec node dist/daemon/bench/soak.js "$sound" --windows "${1:-3000}"
