#!/usr/bin/env bash
# What the daemon opens, writes and connects to, as the kernel sees it: nothing but the broker, nothing outside its state
# folder, and no sound anywhere. In a network of its own that has loopback alone. Needs root, strace, iproute2 and mosquitto.
# Usage: test/slow/privacy.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in strace ip unshare mosquitto; do
  command -v "$tool" >/dev/null || { echo "test/slow/privacy.sh needs $tool (apt-get install strace iproute2 util-linux mosquitto)" >&2; exit 1; }
done
if [ "${EARSHOT_ALONE:-}" != yes ]; then
  EARSHOT_ALONE=yes exec unshare --net "$0" "$@"
fi
ip link set lo up
work=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || kill "$broker" 2>/dev/null; rm -rf "$work"' EXIT
port=18883
mkdir -p "$work/home" "$work/tmp"
failed=0
fail() {
  echo "FAILED: $*"
  failed=1
}

# Calls of a trace that name an address, and those that change files, but for what is allowed; each line is a finding.
foreign_addresses() { # TRACE
  grep -E '(connect|sendto|sendmsg|sendmmsg|bind)\(' "$1" | grep -E 'sa_family=AF_(INET|INET6|UNIX)' |
    grep -vF "sin_port=htons($port), sin_addr=inet_addr(\"127.0.0.1\")" |
    # The C library asks whether there is a name service cache, on this machine.
    grep -vF 'sun_path="/var/run/nscd/socket"' |
    # A name taken as a lock, so that no two daemons share an outbox.
    grep -vF 'sun_path=@"earshot-outbox-' || true
}
foreign_files() { # TRACE STATE
  grep -E '(open|openat|openat2|creat)\(.*(O_WRONLY|O_RDWR|O_CREAT)|(mkdir|mkdirat|rename|renameat|renameat2|link|linkat|symlink|symlinkat|mknod|mknodat|truncate)\(' "$1" |
    grep -vF '"/dev/null"' | grep -vF "\"$2/" | grep -vF "\"$2\"" || true
}

# The checks can fail.
cat >"$work/planted" <<'END'
1 connect(20, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 EINPROGRESS
1 sendto(21, "x", 1, 0, {sa_family=AF_INET6, sin6_port=htons(53), inet_pton(AF_INET6, "::1", &sin6_addr)}, 28) = 1
1 openat(AT_FDCWD, "/root/.cache/Microsoft/x", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 22
END
[ "$(foreign_addresses "$work/planted" | wc -l)" = 2 ] && [ "$(foreign_files "$work/planted" /state | wc -l)" = 1 ] || fail 'the checks do not find what was planted'

trace_daemon() { # NAME
  local state=$work/$1/state
  mkdir -p "$state"
  # Nothing of this shell's environment, so that CI is unset too: some libraries report home only then.
  env -i PATH="$PATH" HOME="$work/home" TMPDIR="$work/tmp" STATE_DIRECTORY="$state" \
    strace -f -qq -s 200 -o "$work/$1/trace" \
    -e trace=network,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat,truncate \
    node dist/daemon/cli/earshot.js run --broker "mqtt://127.0.0.1:$port" --file daemon/source/recording/demo.opus --set source.real_time=false >"$work/$1/log"
  local captions addresses files
  captions=$(grep -c '"msg":"caption"' "$work/$1/log" || true)
  addresses=$(foreign_addresses "$work/$1/trace")
  files=$(foreign_files "$work/$1/trace" "$state")
  echo "$1: $captions captions; $(grep -c 'connect(' "$work/$1/trace") connections tried; $(find "$state" -type f | wc -l) files of $(find "$state" -type f -printf '%s\n' | awk '{n += $1} END {print n + 0}') bytes in the state folder"
  [ "$captions" -gt 5 ] || fail "$1: the daemon said hardly anything: $(tail -n 3 "$work/$1/log")"
  [ -z "$addresses" ] || fail "$1: addresses other than the broker's: $addresses"
  [ -z "$files" ] || fail "$1: files outside the state folder: $files"
  grep -q 'connect(' "$work/$1/trace" || fail "$1: not even the broker was called"
  # Sound is binary and large: a window has 640,000 bytes as 16-bit samples.
  find "$state" -type f | while read -r file; do
    size=$(stat -c %s "$file")
    [ "$size" -lt 65536 ] || echo "$file has $size bytes"
    iconv -f UTF-8 -t UTF-8 "$file" >/dev/null 2>&1 && ! LC_ALL=C grep -qP '[\x00-\x08\x0e-\x1f]' "$file" || echo "$file holds more than text"
    [ "$(stat -c %a "$file")" = 600 ] || echo "$file has mode $(stat -c %a "$file")"
  done >"$work/$1/findings"
  [ ! -s "$work/$1/findings" ] || fail "$1: $(cat "$work/$1/findings")"
}

# Events that cannot leave wait on disk.
trace_daemon without-a-broker

printf 'listener %s 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n' "$port" >"$work/mosquitto.conf"
mosquitto -c "$work/mosquitto.conf" >"$work/mosquitto.log" 2>&1 &
broker=$!
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done
trace_daemon with-a-broker

for folder in home tmp; do
  [ -z "$(find "$work/$folder" -mindepth 1)" ] || fail "$folder is not empty: $(find "$work/$folder" -mindepth 1)"
done
exit "$failed"
