# Sourced by worker and java-connect, which set $plugins, run_worker FILE... (becomes the process; $mode is distributed or standalone)
# and fetch (what it needs): one worker with JSON converters on 127.0.0.1. Its settings are DIR/worker.properties, its log DIR/log.

write_properties() {
  cat >"$dir/worker.properties" <<P
bootstrap.servers=$bootstrap
key.converter=org.apache.kafka.connect.json.JsonConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
listeners=http://127.0.0.1:$1
plugin.path=$plugins
P
  if [ "$mode" = standalone ]; then
    echo "offset.storage.file.filename=$dir/offsets" >>"$dir/worker.properties"
  else
    cat >>"$dir/worker.properties" <<P
group.id=$group
config.storage.topic=$group-configs
offset.storage.topic=$group-offsets
status.storage.topic=$group-status
config.storage.replication.factor=1
offset.storage.replication.factor=1
status.storage.replication.factor=1
offset.storage.partitions=5
P
  fi
  printf '%s\n' "$mode" ${connectors[@]+"${connectors[@]}"} >"$dir/command"
  [ ${#settings[@]} = 0 ] || printf '%s\n' "${settings[@]}" >>"$dir/worker.properties"
  echo "127.0.0.1:$1" >"$dir/address"
}
answers() { gone "$dir/pid" || curl -sf -o /dev/null -m 5 "http://$(cat "$dir/address")/connectors"; }
launch() {
  [ -f "$dir/address" ] || die "$dir holds no worker"
  alive "$dir/pid" && return 0
  fetch
  cd "$dir"
  mapfile -t connectors <"$dir/command"
  mode=${connectors[0]}
  run_worker "$dir/worker.properties" "${connectors[@]:1}" >>"$dir/log" 2>&1 </dev/null &
  remember "$dir/pid" $!
  [ "$want_wait" = yes ] || return 0
  wait_for 120 answers && alive "$dir/pid" || { tail -20 "$dir/log" >&2; end "$dir/pid" KILL; die "the worker did not start"; }
}

command=${1:-}
shift || true
dir='' port='' bootstrap='' group=connect settings=() want_wait=yes mode=distributed connectors=()
while [ $# -gt 0 ]; do
  case $1 in
  --dir) mkdir -p "$2"; dir=$(cd "$2" && pwd); shift 2 ;;
  --port) port=$2; shift 2 ;;
  --bootstrap) bootstrap=$2; shift 2 ;;
  --group) group=$2; shift 2 ;;
  --set) settings+=("$2"); shift 2 ;;
  --standalone) mode=standalone; shift ;;
  --connector) connectors+=("$2"); shift 2 ;;
  --no-wait) want_wait=no; shift ;;
  *) usage ;;
  esac
done
[ -n "$dir" ] || usage
case $command in
start)
  alive "$dir/pid" && die "a worker runs in $dir already"
  [ -n "$bootstrap" ] || usage
  rm -f "$dir/log"
  write_properties "${port:-$(free_ports 1)}"
  launch
  cat "$dir/address"
  ;;
resume) launch ;;
restart) end "$dir/pid"; launch ;;
stop) end "$dir/pid" ;;
kill) end "$dir/pid" KILL ;;
*) usage ;;
esac
