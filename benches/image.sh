#!/usr/bin/env bash
# Makes the image that scans are measured on, as an OCI layout in the user's cache, and prints the layout's path.
# Its recipe is this file and app/: Debian's minbase with Python, Node, Git, curl and what the images that most others build on
# (buildpack-deps) hold besides; an npm application and Python packages with known vulnerabilities; one gzip layer of
# about 1 GB unpacked. Packages come from where this machine's own apt, npm and pip take them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
release=bookworm
recipe=$(cat "$here/image.sh" "$here/app/package-lock.json" | sha256sum | cut -c1-12)
out=${XDG_CACHE_HOME:-$HOME/.cache}/seawall/bench/image-$recipe
[ -e "$out/index.json" ] && { echo "$out"; exit; }

for program in mmdebstrap npm python3 gzip sha256sum; do
  command -v $program >/dev/null || { echo "image.sh: $program is not installed" >&2; exit 1; }
done
python3 -m pip --version >/dev/null || { echo "image.sh: python3 has no pip" >&2; exit 1; }
. /etc/os-release
[ "${VERSION_CODENAME:-}" = $release ] || { echo "image.sh: the packages of Debian $release are taken from this machine's own apt" >&2; exit 1; }

echo "making the benchmark image (five minutes, once)" >&2
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1700000000

# The archive as it was released: the image does not change with every update.
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e $key ] && option="[signed-by=$key] " || option=
apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  sort -u | awk -v option="$option" -v release=$release '$2 == release && $3 == "main" { print "deb " option $1, $2, $3 }' >"$work/sources.list"
[ -s "$work/sources.list" ] || { echo "image.sh: apt is not configured for $release main" >&2; exit 1; }

app=$work/app python=$work/python
mkdir -p "$app" "$python"
cp "$here/app/package.json" "$here/app/package-lock.json" "$app"
(cd "$app" && npm ci --ignore-scripts --no-audit --no-fund --silent) >&2
python3 -m pip --quiet --disable-pip-version-check install --no-deps --no-compile --only-binary=:all: --python-version 3.11 \
  --root-user-action=ignore --target "$python" django==3.2.0 requests==2.25.0 flask==1.1.2 >&2

packages=python3,python3-pip,nodejs,npm,git,curl
packages+=,autoconf,automake,bzip2,build-essential,default-libmysqlclient-dev,file,imagemagick,libbz2-dev,libc6-dev,libcurl4-openssl-dev
packages+=,libdb-dev,libevent-dev,libffi-dev,libgdbm-dev,libglib2.0-dev,libgmp-dev,libjpeg-dev,libkrb5-dev,liblzma-dev,libmagickcore-dev
packages+=,libmagickwand-dev,libncurses5-dev,libpng-dev,libpq-dev,libreadline-dev,libsqlite3-dev,libssl-dev,libtool,libwebp-dev,libxml2-dev
packages+=,libxslt1-dev,libyaml-dev,make,mercurial,patch,procps,subversion,unzip,wget,xz-utils,zlib1g-dev
dist=/usr/local/lib/python3.11/dist-packages
mmdebstrap --quiet --format=tar --variant=minbase --include=$packages \
  --customize-hook='mkdir -p "$1/app" "$1'$dist'"' \
  --customize-hook="sync-in $app /app" --customize-hook="sync-in $python $dist" \
  $release "$work/layer.tar" "$work/sources.list" >&2

# The layout, by the OCI image specification: three blobs and an index.
layout=$work/layout blobs=$work/layout/blobs/sha256
mkdir -p "$blobs"
sum() { sha256sum "$1" | cut -d' ' -f1; }
keep() { local digest; digest=$(sum "$1"); mv "$1" "$blobs/$digest"; echo "$digest"; } # file -> its digest, as a blob
size() { stat -c %s "$blobs/$1"; }
architecture=$(dpkg --print-architecture)
diff_id=$(sum "$work/layer.tar")
stat -c %s "$work/layer.tar" >"$work/unpacked"
gzip -n -6 "$work/layer.tar"
layer=$(keep "$work/layer.tar.gz")
printf '{"created":"2023-11-14T22:13:20Z","architecture":"%s","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"2023-11-14T22:13:20Z","created_by":"benches/image.sh"}]}' \
  "$architecture" "$diff_id" >"$work/config"
config=$(keep "$work/config")
oci=application/vnd.oci.image
printf '{"schemaVersion":2,"mediaType":"%s.manifest.v1+json","config":{"mediaType":"%s.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"%s.layer.v1.tar+gzip","digest":"sha256:%s","size":%s}]}' \
  $oci $oci "$config" "$(size "$config")" $oci "$layer" "$(size "$layer")" >"$work/manifest"
manifest=$(keep "$work/manifest")
printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
mv "$work/unpacked" "$layout/unpacked-bytes" # for the report; no reader of layouts looks at it
printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s.manifest.v1+json","digest":"sha256:%s","size":%s}]}' \
  $oci "$manifest" "$(size "$manifest")" >"$layout/index.json"

mkdir -p "$(dirname "$out")"; rm -rf "$out"; mv "$layout" "$out"
echo "$out"
