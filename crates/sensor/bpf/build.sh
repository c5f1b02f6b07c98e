#!/bin/sh
# Builds the committed objects. Usage: build.sh [FOLDER]. Needs clang 14, llvm-strip and libbpf's headers (libbpf-dev).
# The same clang gives the same bytes in any folder.
set -eu
cd "$(dirname "$0")"
folder=${1:-.}
include=${LIBBPF_INCLUDE:-/usr/include}
# libbpf's headers alone are copied beside, so that no libc header of the building machine gets in.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$include/bpf" "$work/bpf"
for name in sensor probe; do
	clang -O2 -g -target bpfel -Wall -Werror -Wno-unused-value -fno-ident \
		-ffile-prefix-map="$PWD"=. -ffile-prefix-map="$work"=libbpf -fdebug-compilation-dir=. \
		-I . -isystem "$work" -c "$name.bpf.c" -o "$work/$name.o"
	# DWARF names folders of the builder; BTF, which relocation needs, stays.
	llvm-strip -g "$work/$name.o"
	cp "$work/$name.o" "$folder/$name.bpf.o"
done
