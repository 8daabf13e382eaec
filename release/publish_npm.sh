#!/bin/sh
# Publishes the packages for npm: those of the platforms first, so that whoever installs the other finds them. $1 is the
# folder of the release; DRY_RUN=1 publishes nothing.
set -eu

publish() {
  npm publish "$1" --access public ${DRY_RUN:+--dry-run} ${CI:+--provenance}
}
for package in "$1"/npm/weir-gateway-*-*-*.tgz; do
  publish "$package"
done
for package in "$1"/npm/weir-gateway-[0-9]*.tgz; do
  publish "$package"
done
