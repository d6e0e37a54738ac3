/** The last line of a trace: all that came before it has been read. */
export const END_MARK: string = "tcpscope-end";
/** What the script prints when it traces. */
export const READY: string = "tcpscope-ready";

/**
 * Traces route look-ups for TCP and calls of connect() of the process $1 and of all that it starts from then on, in an
 * instance of the kernel's tracing that is its own, and prints the trace. A line on standard input has it mark the end;
 * when standard input is closed, the instance is removed. To be run as root, in a mount namespace of its own: where no
 * tracefs is mounted, it mounts one. Instances of which the process is gone were left by one that was killed.
 */
export const TRACE_SCRIPT: string = `
umask 077
for folder in /sys/kernel/tracing /proc/1/root/sys/kernel/tracing /sys/kernel/debug/tracing none; do
  if [ -d "$folder/instances" ]; then break; fi
done
if [ "$folder" = none ]; then
  folder=/sys/kernel/tracing
  mount -t tracefs tracefs "$folder" || exit 1
fi
for old in "$folder"/instances/tcpscope-*; do
  if [ -d "$old" ] && [ ! -d "/proc/\${old##*-}" ]; then rmdir "$old"; fi
done
own="$folder/instances/tcpscope-$1"
reader=
if [ -d "$own" ]; then rmdir "$own"; fi
mkdir "$own" || exit 1
finish() {
  trap '' TERM HUP INT
  if [ -n "$reader" ]; then kill -KILL "$reader"; wait "$reader"; fi
  rmdir "$own"
  exit "$1"
}
trap 'finish 1' TERM HUP INT
lookups() {
  if [ ! -d "$own/events/$1" ]; then return 0; fi
  echo 'proto == 6' > "$own/events/$1/filter" && echo 1 > "$own/events/$1/enable"
}
{
  echo 256 > "$own/buffer_size_kb" &&
  echo mono > "$own/trace_clock" &&
  echo 1 > "$own/options/event-fork" &&
  echo "$1" > "$own/set_event_pid" &&
  [ -d "$own/events/fib/fib_table_lookup" ] &&
  lookups fib/fib_table_lookup &&
  lookups fib6/fib6_table_lookup &&
  echo 1 > "$own/events/syscalls/sys_enter_connect/enable" &&
  echo 1 > "$own/events/syscalls/sys_exit_connect/enable"
} || finish 1
echo ${READY}
cat "$own/trace_pipe" &
reader=$!
if read -r line; then
  echo ${END_MARK} > "$own/trace_marker"
  read -r line
fi
finish 0
`;
