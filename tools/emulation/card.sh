# Sourced by tools/boot-test after tools/setup.sh: installs the emulator and makes a card to boot in it.
#
#   need_emulator   QEMU for arm64, and the programs that make and edit cards, by apt
#   need_card       $card, a card as it is flashed, and $kernel, which QEMU loads in the firmware's place
#
# Raspberry Pi OS itself cannot run in QEMU's `virt` machine. The card holds the Debian it is made from, with those of its
# packages that a first boot touches, cloud-init set up as there (system/) and its two partitions. The kernel is Debian's for
# clouds: NVMe and ext4 are built in, so it needs no initial RAM disk.

emulation="$repo/tools/emulation"
card="$cache/boot-test/card.img"
kernel="$cache/boot-test/vmlinuz"
emulator="qemu-system-arm qemu-user-static mmdebstrap debian-archive-keyring mtools dosfstools e2fsprogs fdisk socat"
suite=trixie
packages=linux-image-cloud-arm64,systemd-sysv,systemd-timesyncd,udev,kmod,dbus,cloud-init,netplan.io,network-manager,nftables
packages=$packages,iproute2,procps,python3,python3-venv,ca-certificates,sudo,dosfstools,e2fsprogs
disk_id=5b077e57 boot_at=4 boot_size=512 root_size=3072 # MiB

skip() { die "skipped, $*"; }

need_emulator() {
  local program
  for program in qemu-system-aarch64 qemu-aarch64-static mmdebstrap mcopy mkfs.vfat mkfs.ext4 sfdisk socat; do
    command -v "$program" >/dev/null && continue
    say "Getting an emulator ..."
    # shellcheck disable=SC2086
    apt_install $emulator
    return
  done
}

need_card() {
  local stamp="$cache/boot-test/made-from" wanted
  wanted=$(find "$emulation/card.sh" "$emulation/system" -type f -print0 | sort -z | xargs -0 cat | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  say "Making a card with Debian $suite for arm64 (10 to 20 minutes, once) ..."
  mkdir -p "$cache/boot-test" && rm -f "$stamp"
  { run_arm64 && make_card; } >"$cache/boot-test/card.log" 2>&1 || return 1
  echo "$wanted" >"$stamp"
}

# Lets Linux start arm64 programs through QEMU, for the packages' own scripts, until the machine restarts.
run_arm64() {
  local formats=/proc/sys/fs/binfmt_misc
  [ -e $formats/register ] || as_root mount -t binfmt_misc binfmt_misc $formats || return 1
  [ -e $formats/qemu-aarch64 ] || as_root tee $formats/register </usr/lib/binfmt.d/qemu-aarch64.conf
}

make_card() {
  local boot="$card@@${boot_at}M" root="$cache/boot-test/root" root_at=$((boot_at + boot_size))
  as_root rm -rf "$root" && rm -f "$card" && truncate -s $((root_at + root_size))M "$card" || return 1
  sfdisk -q "$card" <<EOF || return 1
label: dos
label-id: 0x$disk_id
start=${boot_at}MiB, size=${boot_size}MiB, type=c
start=${root_at}MiB, type=83
EOF
  mkfs.vfat -F 32 -n bootfs --offset $((boot_at * 2048)) "$card" $((boot_size * 1024)) || return 1
  echo "console=serial0,115200 console=tty1 root=PARTUUID=$disk_id-02 rootfstype=ext4 fsck.repair=yes rootwait" |
    mcopy -i "$boot" - ::cmdline.txt || return 1
  echo "dsmode: local" | mcopy -i "$boot" - ::meta-data || return 1
  echo "[all]" | mcopy -i "$boot" - ::config.txt || return 1
  # Python is compiled once at the end, not by each package.
  as_root env INITRD=No mmdebstrap --mode=root --architectures=arm64 --variant=minbase --skip=check/qemu --format=directory \
    --include="$packages" --aptopt='Acquire::Retries "3"' --dpkgopt='path-exclude=/usr/bin/py3compile' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --customize-hook='chroot "$1" python3 -m compileall -q -j 2 /usr/lib/python3/dist-packages || true' \
    --customize-hook="cp -r '$emulation/system/.' \"\$1\"" \
    --customize-hook='mkdir -p "$1/boot/firmware" && echo raspberrypi >"$1/etc/hostname"' \
    --customize-hook='touch "$1/etc/.updated" "$1/var/.updated"' \
    "$suite" "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" || return 1
  as_root cp "$root"/boot/vmlinuz-* "$kernel" &&
    as_root mkfs.ext4 -q -F -L rootfs -E offset=$((root_at << 20)) -d "$root" "$card" ${root_size}M &&
    as_root rm -rf "$root" && as_root chown "$(id -u):$(id -g)" "$card" "$kernel"
}
