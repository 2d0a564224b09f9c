# Sourced by tools/boot-test, after tools/setup.sh: the emulator and a card to boot in it.
#
#   need_emulator   QEMU for arm64 and what makes and edits cards, by apt
#   need_card       $cache/boot-test/card.img, a card as it is flashed, and the kernel that QEMU loads in the firmware's place
#
# Raspberry Pi OS cannot run in QEMU's `virt` machine, so the card holds Debian of the same name: the packages that Raspberry
# Pi OS Lite has and that first boot touches, cloud-init set up as there (system/), the same two partitions. Its kernel is
# Debian's for clouds, which has NVMe and ext4 built in and so needs no initial RAM disk.

emulation="$repo/tools/emulation"
card="$cache/boot-test/card.img"
kernel="$cache/boot-test/vmlinuz"
suite=trixie
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
packages=linux-image-cloud-arm64,tiny-initramfs,systemd-sysv,systemd-timesyncd,udev,kmod,dbus,cloud-init,netplan.io,network-manager,nftables,iproute2,procps,python3,python3-venv,ca-certificates,sudo,dosfstools,e2fsprogs
boot_mib=512 root_mib=3072
partition_mib=4 # before the first, as Raspberry Pi OS does

need_emulator() {
  local program missing=
  for program in qemu-system-aarch64 qemu-aarch64-static mmdebstrap mcopy mkfs.vfat mkfs.ext4 sfdisk socat; do
    command -v "$program" >/dev/null || missing=1
  done
  [ -z "$missing" ] && return
  say "Getting an emulator of the board ..."
  apt_install qemu-system-arm qemu-user-static mmdebstrap mtools dosfstools e2fsprogs fdisk socat
}

# So that the packages' own scripts, which are arm64's, run here while the card is made.
need_binfmt() {
  local formats=/proc/sys/fs/binfmt_misc
  [ -e $formats/register ] || as_root mount -t binfmt_misc binfmt_misc $formats 2>/dev/null || return 1
  [ -e $formats/qemu-aarch64 ] || as_root tee $formats/register </usr/lib/binfmt.d/qemu-aarch64.conf >/dev/null
}

need_card() {
  local stamp="$cache/boot-test/made-from" wanted
  wanted=$(cat "$emulation/card.sh" $(find "$emulation/system" -type f | sort) | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  say "Making a card with Debian $suite for arm64 (some ten minutes, once) ..."
  need_binfmt || return 1
  mkdir -p "$cache/boot-test" && rm -f "$stamp"
  make_card >"$cache/boot-test/card.log" 2>&1 || return 1
  echo "$wanted" >"$stamp"
}

make_card() {
  local root_at=$((partition_mib + boot_mib))
  rm -f "$card" && truncate -s $((root_at + root_mib))M "$card" || return 1
  sfdisk -q "$card" <<EOF || return 1
label: dos
label-id: 0x5b077e57
start=${partition_mib}MiB, size=${boot_mib}MiB, type=c
start=${root_at}MiB, type=83
EOF
  mkfs.vfat -F 32 -n bootfs --offset $((partition_mib * 2048)) "$card" $((boot_mib * 1024)) || return 1
  echo "console=serial0,115200 console=tty1 root=PARTUUID=5b077e57-02 rootfstype=ext4 fsck.repair=yes rootwait" |
    mcopy -i "$card@@${partition_mib}M" - ::cmdline.txt || return 1
  as_root env INITRD=No SOURCE_DATE_EPOCH= mmdebstrap --mode=root --architectures=arm64 --variant=minbase --skip=check/qemu \
    --include="$packages" --aptopt='Acquire::Retries "3"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --customize-hook="sync-in '$emulation/system' /" \
    --customize-hook='mkdir -p "$1/boot/firmware"; echo raspberrypi >"$1/etc/hostname"; passwd --root "$1" --lock root' \
    --customize-hook="cp \"\$1\"/boot/vmlinuz-* '$kernel'" \
    --customize-hook="rm -rf \"\$1\"/var/cache/apt/* \"\$1\"/var/lib/apt/lists/*" \
    --customize-hook="mkfs.ext4 -q -F -L rootfs -E offset=$((root_at * 1048576)) -d \"\$1\" '$card' ${root_mib}M" \
    --format=null "$suite" - "$mirror" || return 1
  as_root chown "$(id -u):$(id -g)" "$card" "$kernel"
}
