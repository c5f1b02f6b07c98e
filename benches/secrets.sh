#!/usr/bin/env bash
# Secrets in 1 GB of mixed files: Seawall beside trivy on the same folder, and the scanner alone on one core.
# usage: secrets.sh     (SEAWALL names another binary, MEGABYTES another size, FILES the folders that are copied, RUNS how often)
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-3}
megabytes=${MEGABYTES:-1000}
seawall=${SEAWALL:-target/release/seawall}
[ -x "$seawall" ] || { echo "secrets.sh: $seawall is not there: run \`make build\`" >&2; exit 1; }
seawall=$(realpath "$seawall")
trivy=$(tests/peers/build.sh trivy)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
read -ra folders <<<"${FILES:-/usr/lib/python3 /usr/include /usr/share/perl /usr/share/doc /usr/lib/node_modules /etc}"

# Mixed files under names that neither skips: what a system has, again and again until it is enough.
mkdir "$work/files"
copy=0
while [ "$(du -sm "$work/files" | cut -f1)" -lt "$megabytes" ]; do
  copy=$((copy + 1))
  for folder in "${folders[@]}"; do
    [ -d "$folder" ] || continue
    mkdir -p "$work/files/c$copy/$(basename "$folder")"
    (cd "$folder" && find . -type f -readable -size +0 -size -8M -print0 | tar -c --null -T - 2>/dev/null) |
      tar -x -C "$work/files/c$copy/$(basename "$folder")" 2>/dev/null || true
    [ "$(du -sm "$work/files" | cut -f1)" -lt "$megabytes" ] || break
  done
done
chmod -R u+rw "$work/files"
bytes=$(find "$work/files" -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')
count=$(find "$work/files" -type f | wc -l)
"$seawall" db build --osv built-in --out "$work/advisories.db" >/dev/null 2>&1

timed() { # name command…: appends "seconds KiB"
  local name=$1; shift
  /usr/bin/time -o "$work/time" -f '%e %M' "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
  tail -1 "$work/time" >>"$work/$name"
}
for _ in $(seq "$runs"); do
  timed ours "$seawall" --quiet --no-ledger --db "$work/advisories.db" scan fs --scanners secret --format json -o "$work/ours.json" "$work/files"
  timed theirs "$trivy" fs --quiet --scanners secret --skip-db-update --skip-check-update --offline-scan --cache-dir "$work/cache" --format json -o "$work/theirs.json" "$work/files"
done
median() { cut -d' ' -f"$2" "$work/$1" | sort -g | sed -n "$(((runs + 1) / 2))p"; }
printf '\n### Secrets in %d MB, %d files\n\n' "$((bytes / 1000000))" "$count"
printf -- '- machine: %s cores, load %s\n\n' "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
printf '| %s runs, A B A B | median s | MB/s | peak memory MiB |\n|---|---|---|---|\n' "$runs"
for name in ours theirs; do
  awk -v name="$name" -v t="$(median $name 1)" -v kib="$(median $name 2)" -v bytes="$bytes" \
    'BEGIN { printf "| %s | %.2f | %.0f | %.0f |\n", name == "ours" ? "Seawall" : "trivy", t, bytes / 1e6 / (t > 0 ? t : 0.01), kib / 1024 }'
done
example=$(dirname "$seawall")/examples/throughput
if [ -x "$example" ]; then
  printf '\n- the scanner alone: %s\n' "$("$example" "$work/files" | tail -1)"
else
  printf '\n- the scanner alone: build `cargo build --release -p seawall-secrets --example throughput` first\n'
fi
