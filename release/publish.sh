#!/bin/sh
# Publishes the files of a release. $1 is their folder, $2 the tag.
set -eu

notes=$(mktemp)
# What stands in CHANGELOG.md below the heading of this version.
awk -v version="${2#v}" '/^## /{on = index($0, version) > 0; next} on' CHANGELOG.md >"$notes"
cd "$1"
sha256sum --check --strict SHA256SUMS
gh release create "$2" --verify-tag --title "$2" --notes-file "$notes" \
  weir-*.tar.gz weir-*.spdx.json install.sh SHA256SUMS
