#!/bin/sh
# Installs Weir: fetches the executable of this platform, holds it against the checksums of its release, and puts it
# into WEIR_INSTALL_DIR (~/.local/bin). WEIR_VERSION names a release other than the newest, WEIR_DOWNLOAD_URL another place
# that has its files.
set -eu

repository=@REPOSITORY@
version=${WEIR_VERSION:-latest}
directory=${WEIR_INSTALL_DIR:-$HOME/.local/bin}

fail() {
  echo "weir: $*" >&2
  exit 1
}

fetch() {
  if command -v curl >/dev/null; then
    curl -fsSL --retry 2 -o "$2" "$1" || fail "$1 cannot be fetched"
  elif command -v wget >/dev/null; then
    wget -q -O "$2" "$1" || fail "$1 cannot be fetched"
  else
    fail "install curl or wget first"
  fi
}

sum_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  else
    fail "install sha256sum or shasum first: nothing is installed unchecked"
  fi
}

case $(uname -s) in
  Linux) system=linux ;;
  Darwin) system=macos ;;
  *) fail "there is no executable for $(uname -s) here; on Windows use npx weir-gateway" ;;
esac
case $(uname -m) in
  x86_64 | amd64) machine=x64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *) fail "there is no executable for $(uname -m)" ;;
esac
if [ "$system" = linux ] && ls /lib/ld-musl-* >/dev/null 2>&1 && ! ls /lib*/ld-linux-* >/dev/null 2>&1; then
  fail "this system has musl in place of glibc; use the image for containers"
fi

if [ "$version" = latest ]; then
  url=${WEIR_DOWNLOAD_URL:-$repository/releases/latest/download}
else
  url=${WEIR_DOWNLOAD_URL:-$repository/releases/download/v${version#v}}
fi

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
fetch "$url/SHA256SUMS" "$place/SHA256SUMS"
line=$(grep -E "^[0-9a-f]{64}  weir-[0-9][0-9A-Za-z.-]*-$system-$machine\.tar\.gz\$" "$place/SHA256SUMS") ||
  fail "the release has nothing for $system-$machine"
expected=${line%% *}
archive=${line##* }
fetch "$url/$archive" "$place/$archive"
[ "$(sum_of "$place/$archive")" = "$expected" ] ||
  fail "$archive is not what the release says; nothing was installed"

tar -xzf "$place/$archive" -C "$place" weir
mkdir -p "$directory"
# Beside the old one first, so that a running one keeps its file.
cp "$place/weir" "$directory/.weir.new"
chmod 755 "$directory/.weir.new"
mv -f "$directory/.weir.new" "$directory/weir"
echo "$("$directory/weir" version) is $directory/weir"
case :$PATH: in
  *:"$directory":*) ;;
  *) echo "Add $directory to PATH to call it as weir" ;;
esac
