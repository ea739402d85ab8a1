#!/usr/bin/env bash
# What the tests in a browser need from the system: Chromium, and a Chinese font that has the rarer characters of names.
set -euo pipefail

missing=()
if [[ -z "${CHROMIUM:-}" ]] && ! command -v chromium chromium-browser google-chrome >/dev/null; then
  missing+=(chromium)
fi
if ! fc-list ':lang=zh-cn' 2>/dev/null | grep -q . && ! dpkg -s fonts-noto-cjk >/dev/null 2>&1; then
  missing+=(fonts-noto-cjk)
fi
((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null || [[ "$(id -u)" != 0 ]]; then
  echo "The tests in a browser need ${missing[*]}. As root: apt-get install ${missing[*]}" >&2
  echo "A Chromium that lies elsewhere is named by the environment variable CHROMIUM." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null || {
  echo "apt-get could not install ${missing[*]}, which the tests in a browser need." >&2
  exit 1
}
