#!/usr/bin/env bash
# Run a command as root on a copy of this machine, under a systemd and on a loopback of its own.
# The copy is in memory and is thrown away: accounts that are made in it never exist here.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
    [ "$EUID" = 0 ] || { echo "Only root can do this: sudo make test-classroom" >&2; exit 1; }
    # Where systemd runs already, ask it for a part of the control groups.
    delegate=()
    [ -d /run/systemd/system ] && delegate=(systemd-run --quiet --scope --property=Delegate=yes)
    exec "${delegate[@]}" unshare --mount --pid --ipc --uts --net --cgroup --fork --kill-child \
        "$0" --inside "$@"
fi
shift

course=$PWD
python=$(readlink -f "$1")
copy=$(mktemp --directory)
mount --make-rprivate /
mount -t tmpfs copy "$copy"
mkdir "$copy"/{changed,work,root}
mount -t overlay -o "lowerdir=/,upperdir=$copy/changed,workdir=$copy/work" overlay "$copy/root"
cd "$copy/root"

[ -d "./$course" ] && [[ $course != /tmp/* ]] || {
    echo "The copy is of the root file system, without /tmp: $course must be on it" >&2
    exit 1
}

mount -t proc proc proc
mount -t sysfs sysfs sys
for folder in run tmp dev; do mount -t tmpfs "$folder" "$folder"; done
for device in null zero full random urandom tty; do
    touch "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
mount -t tmpfs shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs cgroup sys/fs/cgroup
while IFS=: read -r _ controllers _; do
    if [ -n "$controllers" ]; then  # version 1: a tree for each
        mkdir "sys/fs/cgroup/${controllers#name=}"
        mount -t cgroup -o "$controllers" cgroup "sys/fs/cgroup/${controllers#name=}"
    elif [ "$(wc -l < /proc/self/cgroup)" = 1 ]; then  # version 2 alone
        mount -t cgroup2 cgroup sys/fs/cgroup
    else
        mkdir sys/fs/cgroup/unified
        mount -t cgroup2 cgroup sys/fs/cgroup/unified
    fi
done < /proc/self/cgroup
ip link set lo up

# Here a Python in somebody's home, which others may not enter, will do.
while [ "$python" != / ]; do
    python=$(dirname "$python")
    chmod a+x ".$python"
done

mkfifo opt/output
cat opt/output &
{
    echo '#!/bin/bash'
    echo 'exec > /opt/output 2>&1'
    printf 'cd %q\n' "$course"
    printf '%q ' "$@"
} > opt/command
chmod +x opt/command
mkdir -p old
pivot_root . old
umount --lazy /old
exec env -i container=other /lib/systemd/systemd --log-target=null \
    systemd.run=/opt/command systemd.run_success_action=exit systemd.run_failure_action=exit
