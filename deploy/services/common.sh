# Sourced by the services beside it: options, free ports, and processes that are known by their id.
set -euo pipefail
services=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace
program=$(basename "$0")

say() { printf '%s\n' "$program: $*" >&2; }
die() { say "$*"; exit 1; }
usage() { awk 'NR == 1 {next} !/^#/ {exit} {sub(/^# ?/, ""); print}' "$0" >&2; exit 2; }

# wait_for SECONDS COMMAND...: until COMMAND succeeds; fails when the time is over.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do ((SECONDS < end)) || return 1; sleep 0.1; done
}
port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
# free_ports N: N different ports that nobody listens on.
free_ports() {
  python3 - "$1" <<'PY'
import socket, sys
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in held))
PY
}

# A process is its id and its start time, so that an id that was given to someone else meanwhile is never touched.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }
remember() { echo "$2 $(started_at "$2")" >"$1"; }
# alive FILE: sets $pid.
alive() {
  local since
  [ -f "$1" ] && read -r pid since <"$1" && [ -n "$since" ] && [ "$(started_at "$pid")" = "$since" ]
}
gone() { ! alive "$1"; }
# end FILE [SIGNAL [SECONDS]]: ends that process and waits for it, with -9 when it does not end by itself.
end() {
  alive "$1" || { rm -f "$1"; return 0; }
  kill "-${2:-TERM}" "$pid" 2>/dev/null || true
  wait_for "${3:-30}" gone "$1" || { kill -9 "$pid" 2>/dev/null || true; wait_for 10 gone "$1" || true; }
  rm -f "$1"
}

# jar_folder POM: where its jars are; another after each change of POM, so that nobody loses jars in use. KAFKA_VERSION is the
# release of Apache Kafka, if not the one in the POM.
jar_folder() { echo "$cache/${1%.pom.xml}-${KAFKA_VERSION:+$KAFKA_VERSION-}$(sha256sum <"$services/$1" | cut -c1-12)"; }
# fetch_jars POM FOLDER: the jars that POM names, from Maven, once.
fetch_jars() {
  [ -f "$2/.complete" ] && return 0
  command -v mvn >/dev/null || die "needs mvn and a JDK 17: run deploy/install-dependencies"
  mkdir -p "$(dirname "$2")"
  exec 9>"$2.lock"
  flock 9
  if [ ! -f "$2/.complete" ]; then
    say "fetching the jars of $1"
    rm -rf "$2"
    mvn -q -B -f "$services/$1" ${KAFKA_VERSION:+"-Dkafka.version=$KAFKA_VERSION"} dependency:copy-dependencies -DoutputDirectory="$2" -DincludeScope=runtime >&2
    touch "$2/.complete"
  fi
  exec 9>&-
}
