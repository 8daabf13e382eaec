#!/usr/bin/env bash
# Boots the machine's own systemd over a view of its disk that is thrown away.
#
# To be called in namespaces of its own, by unshare. $1 is an empty directory, $2 the executable.
set -euo pipefail
place=$1 weir=$2

mount --make-rprivate /
mount -t tmpfs tmpfs "$place"
mkdir "$place"/{upper,work,root}
mount -t overlay overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" "$place/root"
cd "$place/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
# Where the commands of docs/operate.md are run.
install -D -m 755 "$weir" root/dist/weir

# Nothing but the journal starts by itself: what else a machine starts could change its kernel's settings.
echo >etc/fstab
rm -rf etc/systemd/system/*.wants lib/systemd/system/{sysinit,local-fs,multi-user,timers}.target.wants

mkdir old
pivot_root . old
export container=other
# Shared, as it is where a machine boots: credentials appear in services through such mounts.
exec chroot . sh -c 'umount -l /old && mount --make-rshared / && exec /lib/systemd/systemd --system' \
  <>/dev/null >&0 2>&0
