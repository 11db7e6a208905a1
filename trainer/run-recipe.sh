#!/usr/bin/env bash
# The whole recipe, from labelled recordings to a bundle that the daemon runs. A line a stage; see trainer/README.md.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: npm run train -- --data FOLDER --run FOLDER [--bundle FOLDER] [--quick]

  --data FOLDER    what to learn from: sounds/, captions/ and weights/ (trainer/README.md says what they hold)
  --run FOLDER     everything that is made; the same command goes on where an interrupted one stopped
  --bundle FOLDER  the bundle (default: bundle/ in the run folder; models/default replaces the one that comes with Earshot)
  --quick          a tiny run of some minutes that shows that all stages work; its student is of no use

About 10 GB of disk. On two slow cores about three hours, and a quarter of one with --quick.
TEXT
}
fail() { printf 'error: %s\n' "$1" >&2; exit 2; }

data='' run='' bundle='' quick=''
while (($#)); do
  case $1 in
    --data | --run | --bundle) (($# > 1)) || fail "$1 needs a folder"; declare "${1#--}=$(realpath -m -- "$2")"; shift 2 ;;
    --quick) quick=1; shift ;;
    --help | -h) usage; exit ;;
    *) usage >&2; fail "$1 is not an option" ;;
  esac
done
[[ $data && $run ]] || { usage >&2; fail 'both --data and --run are needed'; }
: "${bundle:=$run/bundle}"
for needed in sounds/clips.csv captions/audiocaps-train.csv.gz captions/audiocaps-val.csv.gz weights/mn04_as/mn04_as_mAP_432.pt weights/mn04_as/class_labels_indices.csv; do
  [[ -e $data/$needed ]] || fail "$data/$needed does not exist; trainer/README.md says what --data holds"
done

mixes=24000 kept=600 per_label=8 frozen_epochs=6 epochs=3 least_count=4 calibration=300
if [[ $quick ]]; then mixes=1000 kept=150 per_label=1 frozen_epochs=1 epochs=1 least_count=2 calibration=50; fi

cd "$(dirname "$0")/.."
node daemon/setup/install.mjs --trainer # packages, dist/ and trainer/.venv, where they are not there yet
stage() { printf '\n== %s\n' "$1" >&2; trainer/.venv/bin/python -m earshot_trainer.scripts."$@"; }
caption() { printf '\n== caption %s\n' "$1" >&2; node dist/daemon/cli/earshot.js caption --once --json --model "$1" "$run"/listening/*.wav; }

tagger=$data/weights/mn04_as/mn04_as_mAP_432.pt
labels=$data/weights/mn04_as/class_labels_indices.csv
train_captions=("$data"/captions/audiocaps-train.csv.gz)
for more in "$data"/captions/{clotho-development,soundbible}.csv.gz "$data"/captions/captions*; do
  [[ -e $more ]] && train_captions+=("$more")
done
kept_captions=$data/captions/audiocaps-val.csv.gz
mkdir -p "$run"

# 1. Decode the recordings once.
[[ -e $run/pool/pool.csv ]] || stage prepare --sounds "$data/sounds" --out "$run/pool"
# 2. Compose captioned mixes: to train on, and to validate on from recordings and captions of their own.
stage compose --pool "$run/pool" --captions "${train_captions[@]}" --teacher "$tagger" --count $mixes --seed 1 --out "$run/mixes"
stage compose --pool "$run/pool" --captions "$kept_captions" --teacher "$tagger" --validation --single-share 0 --count $kept --seed 7 --out "$run/validation"
# 3. Train: the decoder on a frozen encoder, then both.
stage train --mixes "$run/mixes" --validation "$run/validation" --tagger "$tagger" --frozen-epochs $frozen_epochs --epochs $epochs --rate 4e-4 --encoder-rate 2e-4 --least-count $least_count --out "$run/student"
# 4. Render what is listened to for the figures, and score the student in fp32 and the tagger's labels on it.
[[ -e $run/listening/items.jsonl ]] || stage listening_set --pool "$run/pool" --captions "$kept_captions" --mixes $kept --per-label $per_label --out "$run/listening"
stage evaluate --set "$run/listening" --student "$run/student/student.pt" --out "$run/fp32.json"
stage evaluate --set "$run/listening" --tagger "$tagger" --labels "$labels" --out "$run/tagger.json"
# 5. Export to ONNX and quantize to int8.
stage export --student "$run/student/student.pt" --mixes "$run/mixes" --calibration $calibration --out "$run/unmeasured"
# 6. Let the daemon say the same recordings with the bundle, and score what it says.
caption "$run/unmeasured" >"$run/captions.jsonl"
stage evaluate --set "$run/listening" --captions "$run/captions.jsonl" --out "$run/int8.json"
# 7. Write the figures into the bundle.
stage quality --set "$run/listening" --fp32 "$run/fp32.json" --int8 "$run/int8.json" --tagger "$run/tagger.json" --run "$run/student" --out "$run"
stage export --student "$run/student/student.pt" --mixes "$run/mixes" --calibration $calibration --quality "$run/quality.json" --training "$run/training.json" --out "$bundle"
printf '\nListen with it: npm start -- --microphone DEVICE, with `model: %s` in config/earshot.yaml\n' "$bundle"
