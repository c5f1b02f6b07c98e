#!/bin/sh
# Events a second of `seawall replay` beside Debian's sysdig: the same capture, and the same filters.
#
#     benches/replay.sh CAPTURE.scap        # a capture of sysdig's or Falco's; its events are repeated to a million
#     EVENTS=5000000 RUNS=5 SEAWALL=path benches/replay.sh CAPTURE.scap
#
# Both read the unpacked file once beforehand, alternate, and print the numbers of the matching events to nowhere. Fewest
# wall seconds of all runs.
set -eu
capture=$1
seawall=${SEAWALL:-target/release/seawall}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 - "$capture" "$folder/big.scap" "${EVENTS:-1000000}" <<'PYTHON'
import gzip, struct, sys
data = open(sys.argv[1], "rb").read()
if data[:2] == b"\x1f\x8b":
    data = gzip.decompress(data)
kinds = {0x204, 0x208, 0x216, 0x217, 0x221, 0x222}
tables, events, count, at = [], [], 0, 0
while at < len(data):
    kind, length = struct.unpack_from("<II", data, at)
    if kind in kinds:
        inner = at + (14 if kind in (0x208, 0x217, 0x222) else 10)
        # The recorder's samples of processor time (234) are nothing that a filter sees.
        if struct.unpack_from("<H", data, inner + 20)[0] != 234:
            events.append(data[at:at + length])
            count += 1
    else:
        tables.append(data[at:at + length])
    at += length
body = b"".join(events)
times = -(-int(sys.argv[3]) // count)
with open(sys.argv[2], "wb") as out:
    out.write(b"".join(tables))
    for _ in range(times):
        out.write(body)
print(f"{times * count} events, {(len(body) * times) >> 20} MiB")
PYTHON
# The condition, once as sysdig's filter and once as a rule.
measure() {
    name=$1 condition=$2
    cat > "$folder/rule.yaml" <<RULE
- rule: bench
  desc: bench
  condition: $condition
  output: "%evt.num"
  priority: INFO
RULE
    for run in $(seq "${RUNS:-3}"); do
        for who in seawall sysdig; do
            begin=$(date +%s.%N)
            if [ $who = seawall ]; then
                "$seawall" replay "$folder/big.scap" --rules "$folder/rule.yaml" > /dev/null 2>&1
            else
                sysdig -r "$folder/big.scap" -p '%evt.num' "$condition" > /dev/null
            fi
            end=$(date +%s.%N)
            echo "$begin $end" | awk '{print $2 - $1}' >> "$folder/$name.$who"
        done
    done
    printf '| %s | %s | %s |\n' "$name" "$(sort -n "$folder/$name.seawall" | head -1)" \
        "$(sort -n "$folder/$name.sysdig" | head -1)"
}
cat "$folder/big.scap" > /dev/null
echo '| filter | Seawall s | sysdig s |'
echo '|---|---|---|'
measure nothing 'evt.type = execve and proc.name = none'
measure type 'evt.type = open and fd.name startswith /none'
measure process 'proc.name = none and evt.type exists'
measure names 'evt.type in (open, openat) and fd.name pmatch (/etc, /usr, /opt) and proc.aname = none'
