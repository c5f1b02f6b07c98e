#!/usr/bin/env bash
# Measures `seawall scan config` beside trivy on the same manifests, and prints a table in Markdown.
# usage: config.sh [FOLDER]     (default: the Pod Security cases, one file an object; SEAWALL names another binary, RUNS how often)
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-5}
seawall=$(realpath "${SEAWALL:-target/release/seawall}")
[ -x "$seawall" ] || { echo "config.sh: $seawall is not there: run \`make build\`" >&2; exit 1; }
folder=${1:-../shared/judges/pod-security-admission}
[ -d "$folder" ] || { echo "config.sh: $folder is not there: name a folder with manifests" >&2; exit 1; }
trivy=$(tests/peers/build.sh trivy)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cp -r "$folder" "$work/manifests"
# Everything is read once, so that neither is first to fetch it from the disk.
cat "$seawall" "$trivy" >/dev/null; find "$work/manifests" -type f -exec cat {} + >/dev/null

timed() { # name command…: appends "seconds KiB" to $work/name
  local name=$1; shift
  /usr/bin/time -o "$work/time" -f '%e %M' "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; echo "config.sh: $name failed" >&2; exit 1; }
  tail -1 "$work/time" >>"$work/$name"
}
median() { cut -d' ' -f"$2" "$work/$1" | sort -g | sed -n "$(((runs + 1) / 2))p"; }
row() { awk -v words="$1" -v s="$(median "$2" 1)" -v kib="$(median "$2" 2)" 'BEGIN { printf "| %s | %.2f | %.0f |\n", words, s, kib / 1024 }'; }

for _ in $(seq "$runs"); do
  timed seawall "$seawall" --quiet --no-ledger scan config "$work/manifests" --format json -o "$work/ours.json"
  timed trivy "$trivy" config --quiet --skip-check-update --cache-dir "$work/cache" --format json -o "$work/theirs.json" "$work/manifests"
done
printf '\n### Checks of configuration\n\n'
printf '%s\n' "- manifests: $(find "$work/manifests" -type f | wc -l) files of $folder" \
  "- findings: $(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).findings.length' "$work/ours.json") by Seawall, $(node -p '(JSON.parse(fs.readFileSync(process.argv[1])).Results || []).reduce((n, r) => n + (r.Misconfigurations || []).length, 0)' "$work/theirs.json") by trivy" \
  "- machine: $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg)"
printf '\n| %s runs, A B A B | median s | peak memory MiB |\n|---|---|---|\n' "$runs"
row Seawall seawall
row trivy trivy
