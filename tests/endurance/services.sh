# Sourced by what runs end-to-end tests for long: services of their own in a folder below /tmp, which end with the script. The folder
# stays if it fails.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PYTHONPATH=$root/tests/support:$root/tests/e2e
export MILLRACE_WORKER=${MILLRACE_WORKER:-$root/build/release/bin/connect-distributed}
export MILLRACE_PLUGINS=${MILLRACE_PLUGINS:-$root/build/release/plugins}
started=()
finish() {
  local status=$? kind
  for kind in ${started[@]+"${started[@]}"}; do "$root/deploy/services/$kind" stop --dir "$MILLRACE_TEST_DIR/$kind" || true; done
  if [ "$status" = 0 ]; then rm -rf "$MILLRACE_TEST_DIR"; else echo "state is in $MILLRACE_TEST_DIR"; fi
}
# with_services NAME KIND...: starts them; their addresses are exported.
with_services() {
  MILLRACE_TEST_DIR=$(mktemp -d "/tmp/millrace-$1.XXXXXX")
  export MILLRACE_TEST_DIR
  chmod 711 "$MILLRACE_TEST_DIR"
  trap finish EXIT
  local kind address
  for kind in "${@:2}"; do
    started=("$kind" ${started[@]+"${started[@]}"})
    address=$("$root/deploy/services/$kind" start --dir "$MILLRACE_TEST_DIR/$kind")
    case $kind in postgres) export MILLRACE_TEST_PG=$address ;; kafka) export MILLRACE_TEST_KAFKA=$address ;; esac
  done
}
# end_to_end FILE [OPTION...]: those tests, by pytest.
end_to_end() { "$root/tests/support/python" -m pytest -q -s -p no:cacheprovider "$root/tests/e2e/$1" "${@:2}"; }
