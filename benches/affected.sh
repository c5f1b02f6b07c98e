#!/usr/bin/env bash
# How long `seawall affected` takes over a ledger of 100,000 images with 100 packages each. Making the ledger takes about
# half an hour, one durable append after the other, and it is kept.
set -euo pipefail
cd "$(dirname "$0")/.."
images=${1:-100000}
folder="${XDG_CACHE_HOME:-$HOME/.cache}/seawall/bench"
mkdir -p "$folder"
ledger="$folder/ledger-$images.db"
cargo build --release --quiet -p seawall -p seawall-ledger --example generate --bin seawall
if [ ! -f "$ledger.made" ]; then
  rm -f "$ledger"*
  target/release/examples/generate "$ledger" "$images" 100
  touch "$ledger.made"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME="$work"
target/release/seawall --quiet db build --osv built-in
for _ in 1 2 3; do
  /usr/bin/time -f "%e s, %M KiB" target/release/seawall --quiet affected CVE-2020-8203 --ledger "$ledger" | tail -1
done
