#!/bin/sh
# Runs every target, or those that are named, for SECONDS_EACH seconds (default 30), one after the other. The first input
# that fails ends it; cargo-fuzz says how to run that one input again.
set -eu
cd "$(dirname "$0")"
seconds=${SECONDS_EACH:-30}
[ $# -gt 0 ] || set -- $(cargo +nightly fuzz list)
for target; do
    printf '%s: %s s\n' "$target" "$seconds"
    mkdir -p "corpus/$target"
    seeds=
    [ ! -d "seeds/$target" ] || seeds="seeds/$target"
    # shellcheck disable=SC2086 # no seeds is no argument
    cargo +nightly fuzz run --sanitizer "${SANITIZER:-none}" "$target" "corpus/$target" $seeds -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 -verbosity=0 -print_final_stats=0
done
