#!/usr/bin/env bash
# `make run`: set up what is missing, then sample data on the first start, then serve.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

port="${PORT:-8000}" data="${DATA:-var}"
export AGAIN="make run"
[[ "$port" =~ ^[0-9]+$ ]] || stop "PORT=$port is not a number. 端口号不正确。" "make run PORT=8000"
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  stop "Port $port on 127.0.0.1 is in use. 端口 $port 已被占用。" "make run PORT=$((port + 1))"
fi
bash scripts/setup.sh
if [ "${1:-}" = "--fresh" ]; then
  # Only a data directory of ours is ever deleted.
  if [ -e "$data" ] && [ ! -e "$data/muniment.db" ] && [ -n "$(ls -A "$data")" ]; then
    stop "$data does not look like a data directory of Muniment, so it is left alone." "make fresh DATA=var"
  fi
  rm -rf "$data"
fi
mkdir -p "$data"
need_space "$data" 300 "make run"
exec .venv/bin/muniment run --data "$data" --port "$port"
