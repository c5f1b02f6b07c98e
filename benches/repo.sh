#!/usr/bin/env bash
# A Git history of 10,000 commits, searched for secrets.
# usage: repo.sh     (SEAWALL names another binary, COMMITS another number)
set -euo pipefail
cd "$(dirname "$0")/.."
commits=${COMMITS:-10000}
seawall=${SEAWALL:-target/release/seawall}
[ -x "$seawall" ] || { echo "repo.sh: $seawall is not there: run \`make build\`" >&2; exit 1; }
seawall=$(realpath "$seawall")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# Each commit changes one of 500 files of 200 lines; every thousandth brings a token, which the next one removes.
git init --quiet --bare "$work/repository"
awk -v commits="$commits" '
  function lines(n, i, text) { text = ""; for (i = 0; i < 200; i++) text = text "line " i " of version " n ", " (n * 7919 + i * 104729) % 1000003 " and some words of a program\n"; return text }
  BEGIN {
    for (n = 1; n <= commits; n++) {
      text = lines(n)
      # In pieces: no token stands in this file.
      if (n % 1000 == 0) text = text "TOKEN=" "gl" "pat-" substr("abcdEFGH1234ijklMNOP5678", n / 1000 % 4 + 1, 20) "\n"
      printf "commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata 2\nc\n\nM 100644 inline src/f%d.txt\ndata %d\n%s\n", 1700000000 + n * 60, n % 1000 == 1 ? 0 : n % 500, length(text), text
    }
  }' | git -C "$work/repository" fast-import --quiet
git -C "$work/repository" symbolic-ref HEAD refs/heads/main
git -C "$work/repository" repack -adq
printf '\n### Secrets in a history of %s commits, %s\n\n' "$commits" "$(du -sh "$work/repository" | cut -f1)"
printf -- '- machine: %s cores, load %s\n' "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
/usr/bin/time -o "$work/time" -f '%e s, %M KiB' "$seawall" --no-ledger scan repo --format json -o "$work/report.json" "$work/repository"
printf -- '- %s, %s findings\n' "$(tail -1 "$work/time")" "$(grep -c '"id": "gitlab-pat"' "$work/report.json")"
