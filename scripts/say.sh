# Sourced by the scripts beside it: how they speak and how they give up.
# `stop CAUSE NEXT` names what is wrong and the next command, then ends the script.

say() { printf '%s\n' "$*"; }

stop() {
  printf '\n  ✗ %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '    → %s\n' "$line" >&2; done
  exit 1
}

# need_space FOLDER MEGABYTES COMMAND: stop when the disk under FOLDER has less than that left.
need_space() {
  local free
  free=$(df -Pm "$1" | awk 'NR == 2 {print $4}')
  [ "${free:-0}" -ge "$2" ] || stop \
    "No disk space: $1 has ${free} MB left, $2 MB are needed. 磁盘空间不足。" \
    "free some space (df -h $1), then: $3"
}
