#!/bin/sh
# Unpacks the archive of a platform, starts its executable and asks it once. $1 is the folder of the release, $2 the platform.
set -eu

place=$(mktemp -d)
tar -xzf "$1"/weir-*-"$2".tar.gz -C "$place"
weir=$place/weir
[ -x "$weir" ] || weir=$place/weir.exe
"$weir" version
port=${PORT:-38211}
HOST=127.0.0.1 PORT=$port "$weir" >"$place/log" 2>&1 &
process=$!
trap 'kill "$process" 2>/dev/null || true; wait "$process" || true; rm -rf "$place"' EXIT
answer=$(curl -fsS --retry 20 --retry-connrefused --retry-delay 1 --noproxy "*" \
  "http://127.0.0.1:$port/v1/chat/completions" -H "Content-Type: application/json" \
  -d '{"model":"any-model","messages":[{"role":"user","content":"hello"}]}') || cat "$place/log" >&2
case ${answer:-} in
  *"hello world"*) echo "$2 answers" ;;
  *) exit 1 ;;
esac
