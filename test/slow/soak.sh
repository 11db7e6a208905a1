#!/usr/bin/env bash
# Thousands of windows as fast as they go: memory stays flat and below 160 MB. Usage: test/slow/soak.sh [WINDOWS]
set -euo pipefail
cd "$(dirname "$0")/../.."
exec node dist/daemon/bench/soak.js daemon/source/recording/demo.opus --windows "${1:-3000}"
