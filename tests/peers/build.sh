#!/usr/bin/env bash
# Builds one peer program from its Go module into the user's cache, keyed by version, and prints its path.
# usage: build.sh [--cached] kubernetes|etcd|cosign|trivy|syft|notation-core      (--cached: never builds; exit 1 where it is not there)
set -euo pipefail
cache=${SEAWALL_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/seawall/peers}
only_cached=; [ "${1:-}" = --cached ] && { only_cached=1; shift; }
k8s=1.36.3 etcd=3.7.3 cosign=3.1.3 trivy=0.74.0 syft=1.57.0 notation_core=1.3.0

# A folder with a go.mod of its own: `go install pkg@version` refuses modules with replace lines.
module() { # dir
  mkdir -p "$1"; cd "$1"; [ -e go.mod ] || go mod init peers >/dev/null 2>&1
}

finish() { # built-dir final-dir: the final name appears only when everything inside it is complete
  mkdir -p "$(dirname "$2")"; rm -rf "$2"; mv "$1" "$2"
}

programs="kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl"
build_kubernetes() {
  out=$cache/kubernetes-$k8s
  [ -x "$out/kubectl" ] && { echo "$out"; return; }
  [ -z "$only_cached" ] || exit 1
  echo "building Kubernetes $k8s from its Go module (about four minutes, once)" >&2
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  module "$work/src"
  root=$(go mod download -json "k8s.io/kubernetes@v$k8s" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
  {
    echo "module peers"; echo; sed -n 's/^go /go /p' "$root"
    echo "require k8s.io/kubernetes v$k8s"
    # The staging modules stand at v0.0.0 in Kubernetes' own go.mod, replaced by folders there.
    sed -n 's/^[[:space:]]*\(k8s\.io\/[a-z0-9-]*\) v0\.0\.0$/\1/p' "$root" | sort -u | while read -r m; do
      echo "replace $m => $m v0.${k8s#1.}"
    done
  } > go.mod
  {
    echo "package peers"; echo "import ("
    for b in $programs; do echo "	_ \"k8s.io/kubernetes/cmd/$b\""; done
    echo ")"
  } > peers.go
  go mod tidy >&2
  mkdir "$work/bin"
  ver=k8s.io/component-base/version
  for b in $programs; do
    go build -trimpath -ldflags "-s -w -X $ver.gitVersion=v$k8s -X $ver.gitMajor=1 -X $ver.gitMinor=$(echo "$k8s" | cut -d. -f2)" \
      -o "$work/bin/$b" "k8s.io/kubernetes/cmd/$b" >&2
  done
  finish "$work/bin" "$out"; echo "$out"
}

build_tool() { # name version module package [env...]
  name=$1 version=$2 mod=$3 pkg=$4; shift 4
  out=$cache/$name-$version
  [ -x "$out/$name" ] && { echo "$out/$name"; return; }
  [ -z "$only_cached" ] || exit 1
  echo "building $name $version from its Go module (once)" >&2
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/bin"
  module "$work/src"
  go get -tool "$pkg@v$version" >&2
  env "$@" go build -trimpath -ldflags '-s -w' -o "$work/bin/$name" "$pkg" >&2
  finish "$work/bin" "$out"; echo "$out/$name"
}

# Notation's own library behind a small program of ours: the module of its command line is not to be had everywhere.
build_notation_core() {
  out=$cache/notation-core-$notation_core
  [ -x "$out/notation-core" ] && { echo "$out/notation-core"; return; }
  [ -z "$only_cached" ] || exit 1
  echo "building a signer of notation-core-go $notation_core (once)" >&2
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/bin"
  main=$(cd "$(dirname "$0")" && pwd)/notation/main.go
  module "$work/src"; cp "$main" .
  go get "github.com/notaryproject/notation-core-go@v$notation_core" >&2
  go mod tidy >&2
  env CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$work/bin/notation-core" . >&2
  finish "$work/bin" "$out"; echo "$out/notation-core"
}

case ${1:-} in
  kubernetes) build_kubernetes ;;
  etcd) build_tool etcd $etcd go.etcd.io/etcd/server/v3 go.etcd.io/etcd/server/v3 ;;
  cosign) build_tool cosign $cosign github.com/sigstore/cosign/v3 github.com/sigstore/cosign/v3/cmd/cosign CGO_ENABLED=0 ;;
  trivy) build_tool trivy $trivy github.com/aquasecurity/trivy github.com/aquasecurity/trivy/cmd/trivy CGO_ENABLED=0 GOEXPERIMENT=jsonv2 ;;
  syft) build_tool syft $syft github.com/anchore/syft github.com/anchore/syft/cmd/syft CGO_ENABLED=0 ;;
  notation-core) build_notation_core ;;
  *) sed -n '2,3p' "$0" >&2; exit 2 ;;
esac
