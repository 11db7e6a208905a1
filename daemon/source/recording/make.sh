#!/bin/sh
# Assembles demo.opus from recordings in Debian packages; LICENCE.md names each of them.
# Needs a Debian 12 machine with its package lists, dpkg, sox and opus-tools. The result is committed; run this to change it.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

(cd "$scratch" && apt-get download lincity-ng-data searchandrescue-data tuxpaint-stamps-default)
for package in "$scratch"/*.deb; do dpkg-deb --extract "$package" "$scratch/root"; done
city=$scratch/root/usr/share/games/lincity-ng/sounds
stamps=$scratch/root/usr/share/tuxpaint/stamps
rescue=$scratch/root/usr/share/games/searchandrescue/sounds

seconds=90
count=0
# place SECOND DBFS FILE: lets FILE begin there, its peak at this level
place() {
  count=$((count + 1))
  sox -R "$3" -r 48000 -c 1 "$scratch/$(printf 'part%02d' "$count").wav" gain -n "$2" fade t 0.05 -0 0.3 pad "$1" 0
}

# Dogs.
place  1.0  -6 "$city/Shanty5.wav"
place  5.8  -8 "$city/Shanty5.wav"
# A thunderstorm.
place 12.5  -5 "$stamps/naturalforces/lightningbolt.ogg"
place 16.0  -8 "$rescue/thunder_loud.wav"
place 18.5  -8 "$stamps/naturalforces/lightningbolt.ogg"
# A horse walks by.
place 26.0  -6 "$city/DirtTrack2.wav"
place 30.7  -8 "$city/DirtTrack2.wav"
# A train.
place 38.5  -6 "$city/RailTrain2.wav"
place 42.2  -6 "$city/RailTrain3.wav"
# Church bells, then birds in front of them.
place 49.0  -8 "$city/ResidentialLowLow1.wav"
place 52.5  -8 "$city/ResidentialLowLow1.wav"
place 54.0  -8 "$city/Green1.wav"
place 57.5  -6 "$city/Green3.wav"
# A fire engine.
place 64.0  -6 "$stamps/vehicles/emergency/firetruck.ogg"
# A cat.
place 77.0  -6 "$stamps/seasonal/halloween/blackcat.ogg"
place 79.3  -8 "$stamps/seasonal/halloween/blackcat.ogg"
# A farm: chickens, a cow, a rooster.
place 83.0 -12 "$city/Farm3.wav"
place 84.0  -8 "$city/OrganicFarm2.wav"
place 87.5  -8 "$stamps/animals/birds/rooster.ogg"

# A quiet room: what is left between the sounds is not digital silence.
sox -R -n -r 48000 -c 1 "$scratch/room.wav" synth "$seconds" pinknoise gain -n -70
sox -R -m -v 1 "$scratch/room.wav" $(printf -- '-v 1 %s ' "$scratch"/part*.wav) -b 16 "$scratch/demo.wav" trim 0 "$seconds"
opusenc --quiet --serial 1 --bitrate 40 --title 'Earshot demo' "$scratch/demo.wav" demo.opus
