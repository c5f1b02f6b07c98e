#!/usr/bin/env bash
# Measures signing and verifying beside cosign on one registry (Debian's docker-registry on loopback), and prints tables in
# Markdown.
# usage: signing.sh      (SEAWALL names another binary, RUNS how often each is run, IMAGES how many distinct images are verified)
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-9} images=${IMAGES:-1000} at_once=32
seawall=${SEAWALL:-target/release/seawall}
[ -x "$seawall" ] || { echo "signing.sh: $seawall is not there: run \`make build\`" >&2; exit 1; }
seawall=$(realpath "$seawall")
command -v docker-registry >/dev/null || { echo "signing.sh: docker-registry is not installed" >&2; exit 1; }
cosign=$(tests/peers/build.sh cosign)
commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
work=$(mktemp -d); registry=
trap '[ -z "$registry" ] || kill "$registry" 2>/dev/null || true; rm -rf "$work"' EXIT
# Nothing of the user's is read or written.
export HOME=$work XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
export SEAWALL_PASSWORD=bench COSIGN_PASSWORD=bench
cd "$work"

fact() { printf '%s\n' "- $1: $2"; }
sum() { sha256sum | cut -d' ' -f1; }

# A registry that says nothing, on a free port.
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
host=127.0.0.1:$port
cat >registry.yml <<CONFIG
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "$host"}
CONFIG
docker-registry serve registry.yml >/dev/null 2>&1 & registry=$!
for _ in $(seq 100); do curl -sf "http://$host/v2/" >/dev/null && break; sleep 0.1; done

# file -> a blob in the repository
blob() {
  local digest place
  digest=sha256:$(sum <"$1")
  place=$(curl -sf -o /dev/null -D - -X POST "http://$host/v2/shop/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  case $place in http*) ;; *) place=http://$host$place ;; esac
  curl -sf -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$1" "$place&digest=$digest"
}
# number -> an image with the tag n…, distinct by an annotation; prints its digest
image() {
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%s}],"annotations":{"n":"%s"}}' \
    "$(sum <config)" "$(stat -c %s config)" "$(sum <layer)" "$(stat -c %s layer)" "$1" >"manifest-$1"
  curl -sf -o /dev/null -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary "@manifest-$1" "http://$host/v2/shop/manifests/n$1"
  echo "sha256:$(sum <"manifest-$1")"
}
printf 'a layer' >layer
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$(sum <layer)" >config
blob layer; blob config
"$seawall" key generate --out team >/dev/null 2>&1

# name -- command…: appends "seconds KiB" to $work/times/name
mkdir times
timed() {
  local name=$1; shift 2
  /usr/bin/time -v -o time "$@" >said 2>&1 || { cat said >&2; echo "signing.sh: $name failed" >&2; exit 1; }
  awk '/Elapsed/ { n = split($NF, t, ":"); s = t[n] + 60 * t[n - 1] + (n > 2 ? 3600 * t[n - 2] : 0) } /Maximum resident/ { m = $NF } END { print s, m }' time >>"times/$name"
}
# GNU time counts hundredths; ten runs under one clock tell thousandths.
ten() { # name -- command…: appends the mean of ten in ms to $work/times/name-ms
  local name=$1 start; shift 2
  start=$(date +%s%N)
  for _ in 1 2 3 4 5 6 7 8 9 10; do "$@" >said 2>&1 || { cat said >&2; exit 1; }; done
  echo $((($(date +%s%N) - start) / 10000000)) | awk '{ print $1 }' >>"times/$name-ms"
}
median() { cut -d' ' -f"$2" "times/$1" | sort -g | awk '{ all[NR] = $1 } END { print NR % 2 ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2 }'; }
spread() { sort -g "times/$1" | sed -n '1p;$p' | paste -sd- | sed 's/-/ to /'; }
row() { printf '| %s | %s | %s | %.0f |\n' "$1" "$(median "$2-ms" 1)" "$(spread "$2-ms")" "$(awk -v k="$(median "$2" 2)" 'BEGIN { print k / 1024 }')"; }

offline=(--insecure-ignore-tlog=true --allow-http-registry)
local_only=(--use-signing-config=false --tlog-upload=false --allow-http-registry --yes)
one=$host/shop@$(image 0)
"$seawall" --quiet sign "$one" --key team.key >/dev/null 2>&1
cat "$seawall" "$cosign" >/dev/null
next=1
for _ in $(seq "$runs"); do
  # Each signature is a new image's: adding to many signatures would measure the registry.
  # The image is pushed beforehand, ten at a time.
  for who in seawall cosign; do
    fresh=()
    for _ in $(seq 11); do fresh+=("$host/shop@$(image "s$next")"); next=$((next + 1)); done
    printf '%s\n' "${fresh[@]:1}" >fresh
    if [ $who = seawall ]; then
      timed seawall-sign -- "$seawall" --quiet --no-ledger sign "${fresh[0]}" --key team.key
      start=$(date +%s%N); while read -r i; do "$seawall" --quiet --no-ledger sign "$i" --key team.key >/dev/null 2>&1; done <fresh
    else
      timed cosign-sign -- "$cosign" sign --key team.key "${local_only[@]}" "${fresh[0]}"
      start=$(date +%s%N); while read -r i; do "$cosign" sign --key team.key "${local_only[@]}" "$i" >/dev/null 2>&1; done <fresh
    fi
    echo $((($(date +%s%N) - start) / 10000000)) >>"times/$who-sign-ms"
  done
  timed seawall-verify -- "$seawall" --quiet --no-ledger verify "$one" --key team.pub
  ten seawall-verify -- "$seawall" --quiet --no-ledger verify "$one" --key team.pub
  timed cosign-verify -- "$cosign" verify --key team.pub "${offline[@]}" "$one"
  ten cosign-verify -- "$cosign" verify --key team.pub "${offline[@]}" "$one"
done
timed seawall-ledger -- "$seawall" --quiet verify "$one" --key team.pub
ten seawall-ledger -- "$seawall" --quiet verify "$one" --key team.pub

for n in $(seq "$images"); do echo "$host/shop@$(image "v$n")"; done >many
xargs -P 4 -n 1 "$seawall" --quiet --no-ledger sign --key team.key <many >/dev/null 2>&1
crowd() { # name command…: wall time of all, each a process
  local name=$1 start; shift
  start=$(date +%s%N)
  xargs -P $at_once -n 1 "$@" <many >said 2>&1 || { tail -5 said >&2; echo "signing.sh: $name failed" >&2; exit 1; }
  echo $((($(date +%s%N) - start) / 1000000)) >"times/$name"
}
crowd seawall-crowd "$seawall" --quiet --no-ledger verify --key team.pub
crowd cosign-crowd "$cosign" verify --key team.pub "${offline[@]}"

printf '### Signing and verifying\n\n'
fact commit "$commit"
fact machine "$(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)), $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r)"
fact load "$(cut -d' ' -f1-3 /proc/loadavg) at the end"
fact registry "docker-registry on loopback, which has no referrers API: both use the fallback index"
fact cosign "$(basename "$(dirname "$cosign")" | sed 's/^cosign-//'), without transparency log, bundle layout, the same ECDSA P-256 key"
fact size "Seawall $(stat -c %s "$seawall" | awk '{ printf "%.0f MB", $1 / 1e6 }'), cosign $(stat -c %s "$cosign" | awk '{ printf "%.0f MB", $1 / 1e6 }')"
printf '\n| %s rounds of ten, A B A B | median ms | fastest to slowest ms | peak memory MiB |\n|---|---|---|---|\n' "$runs"
row "Seawall, sign" seawall-sign
row "cosign, sign" cosign-sign
row "Seawall, verify" seawall-verify
row "cosign, verify" cosign-verify
row "Seawall, verify, with evidence in the ledger" seawall-ledger
awk -v n="$images" -v a="$(cat times/seawall-crowd)" -v b="$(cat times/cosign-crowd)" -v p=$at_once 'BEGIN {
  printf "\n| %d distinct images verified, %d processes in flight | s | a second |\n|---|---|---|\n", n, p
  printf "| Seawall | %.1f | %.0f |\n| cosign | %.1f | %.0f |\n", a / 1000, n * 1000 / a, b / 1000, n * 1000 / b }'
