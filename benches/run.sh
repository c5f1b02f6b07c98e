#!/usr/bin/env bash
# Measures Seawall, beside a peer on the same work where there is one, and prints tables in Markdown.
# usage: run.sh [scan] [latency]     (default: both; SEAWALL names another binary, RUNS how often a scan is run)
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-5}
seawall=${SEAWALL:-target/release/seawall}
[ -x "$seawall" ] || { echo "run.sh: $seawall is not there: run \`make build\`" >&2; exit 1; }
seawall=$(realpath "$seawall")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
# Nothing of the user's is read or written: database, ledger and layer cache are the measurement's own.
cache=${XDG_CACHE_HOME:-$HOME/.cache}

fact() { printf '%s\n' "- $1: $2"; }
about() {
  fact commit "$(git describe --always --dirty 2>/dev/null || echo unknown)"
  fact machine "$(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)), $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r)"
  fact load "$(cut -d' ' -f1-3 /proc/loadavg) before the start: above $(nproc) means that others were at work"
}

# name -- command…: appends "seconds KiB" to $work/name
timed() {
  local name=$1; shift 2
  /usr/bin/time -o "$work/time" -f '%e %M' "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; echo "run.sh: $name failed" >&2; exit 1; }
  tail -1 "$work/time" >>"$work/$name"
}
median() { # name column
  cut -d' ' -f"$2" "$work/$1" | sort -g | awk '{ all[NR] = $1 } END { print NR % 2 ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2 }'
}
spread() { cut -d' ' -f1 "$work/$1" | sort -g | sed -n '1p;$p' | paste -sd- | sed 's/-/ to /'; } # name -> fastest to slowest
row() { # words name
  awk -v words="$1" -v t="$(median "$2" 1)" -v spread="$(spread "$2")" -v kib="$(median "$2" 2)" \
    'BEGIN { printf "| %s | %.2f | %s | %.0f |\n", words, t, spread, kib / 1024 }'
}
ratio() { # words a b
  awk -v words="$1" -v a="$(median "$2" 1)" -v b="$(median "$3" 1)" -v ma="$(median "$2" 2)" -v mb="$(median "$3" 2)" \
    'BEGIN { printf "- %s: Seawall takes %.2f of trivy'"'"'s time and %.2f of its memory\n", words, a / (b > 0 ? b : 0.01), ma / mb }'
}

scan() {
  local image trivy layer osv database
  image=$(benches/image.sh)
  trivy=$(tests/peers/build.sh trivy)
  osv=../shared/osv; [ -d $osv ] || osv=built-in
  database=$work/advisories.db
  "$seawall" db build --osv "$osv" --out "$database" >"$work/db" 2>&1 || { cat "$work/db" >&2; exit 1; }
  layer=$(find "$image/blobs" -type f -printf '%s %p\n' | sort -n | tail -1 | cut -d' ' -f2)
  # trivy looks for packages and secrets by default; each of both is measured alone, and together.
  local ours=(env XDG_DATA_HOME="$work/data" "$seawall" --quiet --no-ledger --db "$database" scan image --input "$image" -o "$work/ours.json" --scanners vuln --format)
  local both=("${ours[@]/#vuln/vuln,secret}")
  both=("${both[@]/ours.json/both.json}")
  local theirs=("$trivy" image --quiet --input "$image" --skip-db-update --skip-java-db-update --skip-check-update --offline-scan --format cyclonedx -o "$work/theirs.json" --cache-dir)
  local secrets=("$trivy" image --quiet --input "$image" --skip-db-update --skip-java-db-update --skip-check-update --offline-scan --scanners secret --list-all-pkgs --format json -o "$work/secrets.json" --cache-dir)

  # Everything is read once, so that neither is first to fetch it from the disk.
  cat "$layer" "$seawall" "$trivy" "$database" >/dev/null
  for n in $(seq "$runs"); do
    # Cold: nothing is known of the image. Warm: the same again.
    rm -rf "$work/ours" "$work/theirs" "$work/both" "$work/secrets"
    timed seawall-cold -- env XDG_CACHE_HOME="$work/ours" "${ours[@]}" cyclonedx
    timed trivy-cold -- "${theirs[@]}" "$work/theirs"
    timed seawall-warm -- env XDG_CACHE_HOME="$work/ours" "${ours[@]}" cyclonedx
    timed trivy-warm -- "${theirs[@]}" "$work/theirs"
    timed seawall-secrets -- env XDG_CACHE_HOME="$work/both" "${both[@]}" json
    timed trivy-secrets -- "${secrets[@]}" "$work/secrets"
    timed floor-gzip -- gzip -dc "$layer"
    if command -v igzip >/dev/null; then timed floor-igzip -- igzip -dc "$layer"; fi
    timed floor-sha256 -- sha256sum "$layer"
  done
  local packages
  packages=$(count "$work/ours.json")" by Seawall, "$(count "$work/theirs.json")" by trivy"
  XDG_CACHE_HOME=$work/ours "${ours[@]}" json
  printf '\n### Scan of one image\n\n'
  about
  fact image "an OCI layout with one layer of $(mib "$(stat -c %s "$layer")") gzip, $(mib "$(cat "$image/unpacked-bytes")") unpacked; recipe ${image##*-}"
  fact "packages listed" "$packages"
  fact "Seawall besides" "matched them against $(sed -n 's/.*: \([0-9]* advisories\).*/\1/p' "$work/db" | tail -1) ($([ $osv = built-in ] && echo "the built-in table" || echo "OSV dumps")): $(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).findings.length' "$work/ours.json") findings. trivy has no database here and makes the inventory only"
  fact trivy "$(basename "$(dirname "$trivy")" | sed 's/^trivy-//')"
  printf '\n| %s runs, A B A B | median s | fastest to slowest s | peak memory MiB |\n|---|---|---|---|\n' "$runs"
  row "Seawall, cold" seawall-cold
  row "trivy, cold" trivy-cold
  row "Seawall, warm" seawall-warm
  row "trivy, warm" trivy-warm
  row "Seawall, cold, vulnerabilities and secrets" seawall-secrets
  row "trivy, cold, packages and secrets" trivy-secrets
  row "floor: \`gzip -dc\` of the layer" floor-gzip
  if [ -e "$work/floor-igzip" ]; then row "floor: \`igzip -dc\` of the layer" floor-igzip; fi
  row "floor: \`sha256sum\` of the packed layer" floor-sha256
  printf '\n'
  ratio cold seawall-cold trivy-cold
  ratio warm seawall-warm trivy-warm
  ratio "with secrets" seawall-secrets trivy-secrets
  folder
}
# Folders of 100,000 files.
folder() {
  local files=$work/files
  for folder in $(seq 200); do
    mkdir -p "$files/$folder"
    (cd "$files/$folder" && seq 500 | xargs -n 100 sh -c 'for n; do echo "file $n of many, with nothing in it" >"$n.txt"; done' sh)
  done
  for _ in $(seq "$runs"); do
    timed folder -- env XDG_DATA_HOME="$work/data" "$seawall" --quiet --no-ledger --db "$work/advisories.db" scan fs "$files" --format json -o "$work/folder.json"
  done
  printf '\n| %s runs | median s | fastest to slowest s | peak memory MiB |\n|---|---|---|---|\n' "$runs"
  row "a folder of 100,000 small files, vulnerabilities and secrets" folder
}
mib() { awk -v bytes="$1" 'BEGIN { printf "%.0f MB", bytes / 1e6 }'; }
# The components of a CycloneDX document, by the type of their package URL.
count() {
  node -e 'const c = {}; for (const x of JSON.parse(fs.readFileSync(process.argv[1])).components) { const t = (x.purl || "").split(/[:\/]/)[1]; if (t) c[t] = (c[t] || 0) + 1 }
    console.log(Object.entries(c).sort().map(([t, n]) => `${n} ${t}`).join(", "))' "$1"
}

latency() {
  local program
  program=$(dirname "$seawall")/latency
  [ -x "$program" ] || { echo "run.sh: $program is not there: run \`make build\`" >&2; exit 1; }
  "$program" >"$work/latency" || { cat "$work/latency" >&2; exit 1; }
  printf '\n### Latency\n\n'
  about
  printf '\n'
  sed -n '/^| /,$p' "$work/latency" | grep '^|'
}

[ $# -gt 0 ] || set -- scan latency
for part in "$@"; do
  case $part in
    scan) scan ;;
    latency) latency ;;
    *) sed -n '2,3p' "$0" >&2; exit 2 ;;
  esac
done
