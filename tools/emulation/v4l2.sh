# Sourced by tools/camera-test: a virtual machine with Linux's own test camera, vivid, on the Debian that camera-test made.
#
#   need_machine      $machine: Debian's kernel and an initial RAM disk with the drivers to begin with
#   in_machine FILE   runs a file of tests there
#
# Containers have no /dev/video*, and kernels for clouds no media drivers. The machine has no disk: the Debian and the
# repository are folders of this computer, which it can only read (9p). It does without KVM, which fails in many a virtual
# machine.

machine="$home/machine"

need_machine() {
  local wanted
  wanted=$(cat "$home/made-from" "${BASH_SOURCE[0]}" | sha256sum)
  [ "$(cat "$machine/made-from" 2>/dev/null)" = "$wanted" ] && return
  command -v qemu-system-x86_64 >/dev/null || apt_install qemu-system-x86 || return 1
  say "Getting a kernel with a test camera (2 minutes, once) ..."
  as_root rm -rf "$machine" && mkdir -p "$machine" || return 1
  { unpack_kernel && make_initrd; } >"$machine/make.log" 2>&1 || return 1
  echo "$wanted" >"$machine/made-from"
}

unpack_kernel() {
  inside sh -c '
    apt-get update -qq && cd /opt && rm -f ./*.deb &&
      apt-get download -qq kmod libkmod2 busybox-static \
        "$(apt-cache depends linux-image-amd64 | sed -n "s/.*Depends: \(linux-image-[^ ]*\)$/\1/p")" &&
      for deb in ./*.deb; do dpkg-deb -x "$deb" / || exit 1; done
    rm -f ./*.deb && depmod "$(ls -t /usr/lib/modules | head -1)"' sh &&
    as_root cp "$(find "$root/boot" -name 'vmlinuz-*' | sort | tail -1)" "$machine/vmlinuz"
}

# Modules with what they need, in the order in which they load; those that are packed are unpacked.
make_initrd() {
  local tree="$machine/initrd"
  mkdir -p "$tree/bin" "$tree/modules" "$tree/proc" "$tree/root" &&
    cp "$(find "$root/usr/bin" "$root/bin/" -name busybox | head -1)" "$tree/bin/busybox" && init >"$tree/init" &&
    chmod +x "$tree/init" || return 1
  inside sh -c '
    version=$(ls -t /usr/lib/modules | head -1)
    for module in virtio_pci 9pnet_virtio 9p; do modprobe -S "$version" --show-depends "$module"; done' sh |
    sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++ { printf "%02d %s\n", NR, $0 }' | while read -r number path; do
      "$(find_python)" -c 'import lzma, sys
data = open(sys.argv[1], "rb").read()
sys.stdout.buffer.write(lzma.decompress(data) if sys.argv[1].endswith(".xz") else data)' "$root$path" \
        >"$tree/modules/$number.ko" || exit 1
    done || return 1
  (cd "$tree" && find . | bin/busybox cpio -o -H newc) >"$machine/initrd.img"
}

# The machine's first program. vivid makes a webcam, a TV card and an HDMI grabber; each only captures.
init() {
  cat <<'EOF'
#!/bin/busybox sh
busybox=/bin/busybox
for module in /modules/*.ko; do $busybox insmod "$module"; done
share() { $busybox mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 "$1" "$2"; }
share root /root && share repo /root/repo
for what in proc:proc sysfs:sys devtmpfs:dev tmpfs:tmp; do $busybox mount -t "${what%:*}" none "/root/${what#*:}"; done
$busybox chroot /root modprobe vivid n_devs=3 num_inputs=1,1,1 input_types=0,1,3 node_types=1,1,1 ccs_cap_mode=0,0,0
tests=$($busybox sed -n 's/.*spotter.tests=\([^ ]*\).*/\1/p' /root/proc/cmdline)
$busybox chroot /root env PATH=/opt/venv/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
  SPOTTER_V4L2_CAMERA=1 HYPOTHESIS_STORAGE_DIRECTORY=/tmp/hypothesis \
  sh -c "cd /repo && exec python -m pytest -p no:cacheprovider -v $tests"
echo "the tests ended with $?"
echo o >/root/proc/sysrq-trigger
$busybox sleep 10
EOF
}

in_machine() {
  local log="$machine/console.log"
  as_root timeout 1200 qemu-system-x86_64 -M q35 -accel tcg -cpu max -smp 2 -m 1500 -display none -serial stdio -monitor none \
    -no-reboot -nic none -kernel "$machine/vmlinuz" -initrd "$machine/initrd.img" \
    -append "console=ttyS0 quiet no_timer_check panic=-1 rdinit=/init spotter.tests=$1" \
    -virtfs "local,path=$root,mount_tag=root,security_model=none,readonly=on,multidevs=remap" \
    -virtfs "local,path=$repo,mount_tag=repo,security_model=none,readonly=on,multidevs=remap" </dev/null | tee "$log"
  grep -q '^the tests ended with 0' "$log"
}
