#!/bin/sh
# Installs and starts the unit that sets up the node from its card, at this boot and every later one. cloud-init runs
# this script at every boot (`now`); without cloud-init, `systemd.run=` in cmdline.txt runs it once. May be interrupted
# anywhere and run again.
set -eu
card=/boot/firmware units=/etc/systemd/system unit=spotter-first-boot.service
if [ ! -e "$units/$unit" ]; then
  cp "$card/spotter/$unit" "$units/$unit.new"
  sync
  mv "$units/$unit.new" "$units/$unit"
fi
systemctl enable "$unit"
if [ "${1:-}" = now ]; then
  systemctl daemon-reload
  systemctl start --no-block "$unit"
else
  sed 's/ systemd\.\(run\|unit=kernel-command-line\)[^ ]*//g' "$card/cmdline.txt" >"$card/cmdline.new"
  sync
  mv "$card/cmdline.new" "$card/cmdline.txt"
  sync
fi
