#!/usr/bin/env bash
# What the tests need and a bare Debian lacks: a browser, Chinese fonts, python3-venv.
# As root, or with a sudo that asks no password, they are installed; otherwise they are named.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

missing=()
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing+=(chromium)
chinese_fonts() { find /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" -iname '*cjk*' -print -quit 2>/dev/null | grep -q .; }
chinese_fonts || missing+=(fonts-noto-cjk)
if [ ! -x .venv/bin/python ] && ! "${PYTHON:-python3}" -c 'import venv, ensurepip' 2>/dev/null; then
  missing+=(python3-venv)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
command -v apt-get >/dev/null 2>&1 || stop "The tests need: ${missing[*]} (here without apt-get)." \
  "install them by this system's package manager, then: make test"
if [ "$(id -u)" = 0 ]; then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  stop "The tests need system packages that are not here: ${missing[*]}. 缺少系统软件包。" "sudo $install" "then: make test"
fi
say "· system packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $install >/dev/null || stop \
  "apt-get could not install: ${missing[*]}." "sudo $install" "then: make test"
