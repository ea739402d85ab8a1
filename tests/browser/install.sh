#!/usr/bin/env bash
# What the tests need from the system: Chromium, a Chinese font that has the rarer characters of names; wrk, for load.
set -euo pipefail

missing=()
if [[ -z "${CHROMIUM:-}" ]] && ! command -v chromium chromium-browser google-chrome >/dev/null; then
  missing+=(chromium)
fi
if ! fc-list ':lang=zh-cn' 2>/dev/null | grep -q . && ! dpkg -s fonts-noto-cjk >/dev/null 2>&1; then
  missing+=(fonts-noto-cjk)
fi
command -v wrk >/dev/null || missing+=(wrk)
((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null || [[ "$(id -u)" != 0 ]]; then
  echo "The tests need ${missing[*]}. As root: apt-get install ${missing[*]}" >&2
  echo "A Chromium that lies elsewhere is named by the environment variable CHROMIUM." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null || {
  echo "apt-get could not install ${missing[*]}, which the tests need." >&2
  exit 1
}
