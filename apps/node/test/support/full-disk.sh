# Runs a node on a disk of 4 MB of its own, which is filled while it runs. Arguments: folder, home, API port, node, main.
# Without arguments: whether this machine lets a user mount a file system in a namespace of its own.
[ $# -eq 0 ] && exec unshare -Urm sh -c 'mount -t tmpfs -o size=1m tmpfs /tmp'
[ -z "$FULL_DISK_INSIDE" ] && FULL_DISK_INSIDE=1 exec unshare -Urm sh "$0" "$@"

disk=$1 home=$2 port=$3 node=$4 main=$5
mount -t tmpfs -o size=4m tmpfs "$disk" && cp -r "$home" "$disk/home" || exit 9

reaches() {
  tries=0
  while [ "$tries" -lt 300 ]; do
    "$node" -e "fetch('http://127.0.0.1:$port/blocks/$1').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))" && return 0
    tries=$((tries + 1))
  done
  return 1
}
begin() {
  "$node" --conditions=@zhtp/source "$main" start --home "$disk/home" --log-file "$disk/home/data/node.log" 2>"$disk.err" &
  pid=$!
}

begin
reaches 2 || exit 8
dd if=/dev/zero of="$disk/fill" bs=1k count=5000 2>/dev/null
wait "$pid"
echo "first start ended with $?"
cat "$disk.err"
rm "$disk/fill"
begin
reaches 9 || exit 7
echo "second start goes on"
kill -TERM "$pid"
wait "$pid"
echo "second start ended with $?"
rm "$disk.err"
