# Run as root by systemd.sh in the booted container: one line for each thing that is proven, `done` at the end.
unit=earshot.service
cli="node /opt/earshot/dist/daemon/cli/earshot.js"

ok() { printf 'ok      %s\n' "$*"; }
failed() { printf 'FAILED  %s\n' "$*"; }
expect() { # NAME COMMAND...
  local name=$1
  shift
  if "$@"; then ok "$name"; else failed "$name"; fi
}
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f s", b - a }'; }
property() { systemctl show "$unit" --value -p "$1"; }
is() { [ "$(property "$1")" = "$2" ]; }
says() { [[ "$(property StatusText)" == $1 ]]; }
within() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}
journal() { journalctl -u "$unit" -o json --no-pager; }
# Lines of the daemon itself, as objects with journald's priority beside them.
lines() { journal | jq -c 'select((.MESSAGE | type) == "string" and (.MESSAGE | startswith("{"))) | {priority: .PRIORITY} + (.MESSAGE | fromjson)'; }
logged() { lines | jq -e "select($1)" >/dev/null; }
heard() { journalctl -o cat --no-pager _PID=1 | grep -q "$unit: Got notification message from PID .*$1"; }
# Asked in one, for both change together.
other_main() { systemctl show "$unit" -p ActiveState -p MainPID | awk -F= -v old="$1" '{ now[$1] = $2 } END { exit !(now["ActiveState"] == "active" && now["MainPID"] > 0 && now["MainPID"] != old) }'; }
child() { pgrep -P "$(property MainPID)" -f "$1" | head -1; }
with() { # LINES of a drop-in; restarts the service
  mkdir -p /run/systemd/system/$unit.d
  printf '[Service]\n%s\n' "$1" >/run/systemd/system/$unit.d/with.conf
  systemctl daemon-reload
  systemctl restart --no-block $unit
}

systemctl log-level debug
cat >/proof/mosquitto.conf <<CONF
listener 18883 127.0.0.1
allow_anonymous false
password_file /proof/mosquitto.passwords
log_dest file /proof/mosquitto.log
user root
CONF
printf 'earshot:%s\n' "$(cat /proof/password)" >/proof/mosquitto.passwords
mosquitto_passwd -U /proof/mosquitto.passwords
mosquitto -c /proof/mosquitto.conf -d

### a boot without a microphone
expect 'the boot ends without a microphone' within 60 systemctl is-active -q multi-user.target
expect 'the status says what is missing' within 60 says 'Deaf: no sound from microphone, trying again until it works: *'
main=$(property MainPID)
### confinement
uid=$(stat -c %u "/proc/$(property MainPID)")
expect "the user is one of its own ($uid)" test "$uid" -ge 61184 -a "$uid" -le 65519
expect 'the state directory is its own, mode 0700' test "$(stat -c '%a %u' /var/lib/private/earshot)" = "700 $uid"
expect 'nothing of the state is open to others' test -z "$(find /var/lib/private/earshot -type f -perm /077)"
score=$(systemd-analyze security --no-pager $unit | awk '/Overall exposure level/ { print $(NF - 2) }')
expect "exposure as it runs: $score of 10" awk -v s="$score" 'BEGIN { exit !(s > 0 && s <= 2.0) }'
expect 'systemd has nothing to say against the unit' test -z "$(systemd-analyze verify --man=no /etc/systemd/system/$unit 2>&1)"

### still without a microphone
lasts() { [ $(($(date +%s) - $(stat -c %Y "/proc/$main"))) -gt 50 ]; }
within 60 lasts
expect 'it is starting still, not failed, longer than TimeoutStartSec=45' is ActiveState activating
expect 'it asks for more time' heard 'EXTEND_TIMEOUT_USEC'
expect 'without a microphone there is no restart' test "$(property NRestarts) $(property MainPID)" = "0 $main"
expect 'a missing microphone is a warning in the journal' logged '.priority == "4" and .err.code == "SOURCE_DEVICE_MISSING"'

### plugging it in
at=$(now)
touch /run/microphone
if within 60 is ActiveState active; then ok "plugged in, it is ready, the same process: $(since "$at")"; else failed 'plugged in, it is ready'; fi
expect 'it was ready with the first sound' test "$(property MainPID)" = "$main"
expect 'READY was told' heard 'READY=1'
expect 'the status says that it listens' within 30 says 'Listening to microphone*'
expect 'captions are in the journal, one object each' within 60 logged '.msg == "caption" and .priority == "6" and (.caption | length) > 0 and .source == "microphone"'
expect 'the status tells the last caption' within 30 says 'Listening to microphone; at [0-9][0-9]:*: *'
ok "status: $(property StatusText)"

### password by credential
expect 'the broker took the password' within 60 grep -q "as earshot-.*u'earshot'" /proof/mosquitto.log
leaks() {
  # The pattern comes from a file: grep is in the list of processes too.
  grep -alF -f /proof/password /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null
  journalctl --no-pager -o export | grep -aF -f /proof/password | head -1
  systemctl show $unit | grep -F -f /proof/password
  find /etc /run /var /tmp -xdev -type f -exec grep -lF -f /proof/password {} + 2>/dev/null | grep -v '^/etc/earshot/mqtt-password$'
}
leaked=$(leaks)
if [ -z "$leaked" ]; then ok 'the password is in no process, no journal, no property and no other file'; else failed "the password leaks: $leaked"; fi
expect 'password and configuration are for root alone' test "$(stat -c '%a %U' /etc/earshot/mqtt-password /etc/earshot/earshot.yaml | sort -u)" = '600 root'

### a captioner that hangs, with the watchdog as it is shipped
at=$(now)
kill -STOP "$(child child.js)"
if within 90 logged '.msg == "captioner lost, starting another"'; then ok "a captioner that hangs is replaced: $(since "$at")"; else failed 'a captioner that hangs is replaced'; fi
expect 'the daemon stays the same then' test "$(property NRestarts) $(property MainPID)" = "0 $main"

### hangs that only the watchdog sees; small windows, so that it may be impatient
with 'TimeoutStartSec=60
WatchdogSec=12
RestartSec=1
Environment=EARSHOT_MODEL=/opt/earshot/test/fixtures/bundles/tiny EARSHOT_WINDOW_HOP_SECONDS=0.05 EARSHOT_LOG_LEVEL=warn'
expect 'it is ready with another model' within 60 other_main "$main"
sleep 10
expect 'a watchdog that is fed does nothing' is NRestarts 0
expect 'WATCHDOG was told' heard 'WATCHDOG=1'
for hang in daemon captioner; do
  main=$(property MainPID)
  restarts=$(property NRestarts)
  at=$(now)
  case $hang in
    daemon) kill -STOP "$main" ;;
    captioner) kill -STOP "$(child child.js)" ;;
  esac
  if within 60 other_main "$main"; then ok "a $hang that hangs: the watchdog restarts the service (WatchdogSec=12, RestartSec=1): $(since "$at")"; else failed "a $hang that hangs: the watchdog restarts the service"; fi
  expect "that was one restart" is NRestarts $((restarts + 1))
done
expect 'the watchdog ended it by SIGABRT' test "$(journalctl -o cat --no-pager _PID=1 -u $unit | grep -c 'Watchdog timeout')" -ge 2 -a "$(journalctl -o cat --no-pager _PID=1 -u $unit | grep -c 'status=6/ABRT')" -ge 2

### death
main=$(property MainPID)
captioner=$(child child.js)
at=$(now)
kill -KILL "$main"
if within 60 other_main "$main"; then ok "killed, it is back (RestartSec=1): $(since "$at")"; else failed 'killed, it is back'; fi
expect 'of a killed one nothing is left' test ! -e "/proc/$captioner"

### stopping in order
cursor=$(journalctl -n 0 --show-cursor | sed -n 's/^-- cursor: //p')
at=$(now)
systemctl stop $unit
ok "it stops within $(since "$at")"
expect 'it stopped by itself' test "$(property Result) $(property ExecMainCode) $(property ExecMainStatus)" = 'success 1 0'
expect 'STOPPING was told' sh -c "journalctl -o cat --no-pager --after-cursor='$cursor' _PID=1 | grep -q 'Got notification message from PID .*STOPPING=1'"
expect 'no process is left' test -z "$(pgrep -f 'earshot.js|child.js|arecord')"

### the command, on the running machine
rm -r /run/systemd/system/$unit.d
expect 'it is taken away, and all its own with it' sh -c "$cli uninstall --purge >/proof/uninstall"
expect 'nothing of it is left' sh -c '! ls -d /etc/systemd/system/earshot.service /etc/systemd/system/*/earshot.service /etc/earshot /var/lib/earshot /var/lib/private/earshot 2>/dev/null'
expect 'systemd knows it no more' is LoadState not-found
install_again() { $cli install --microphone plughw:CARD=Device; }
expect 'it is installed on the running machine' sh -c "$cli install --microphone plughw:CARD=Device >/proof/install"
expect 'it starts, with an embedded broker, and is enabled' within 60 is ActiveState active
expect 'it comes with the next boot' systemctl is-enabled -q $unit
main=$(property MainPID)
install_again >/proof/install-again
expect 'installed again, it goes on as it is' test "$(grep -c ^keep /proof/install-again) $(property MainPID)" = "2 $main"
expect 'the microphone pulled out of a ready service is no failure' sh -c "rm /run/microphone; sleep 12; systemctl is-active -q $unit"
expect 'and is told' within 30 says 'Deaf: no sound from microphone*'
expect 'it is taken away again' sh -c "$cli uninstall >/proof/uninstall-again"
expect 'no process is left of it' test -z "$(pgrep -f 'earshot.js|child.js|arecord')"
echo done
