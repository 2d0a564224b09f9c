# Sourced by the tools: installs what they need, also on a fresh machine; running it again changes nothing.
#
#   need_python EXTRA     a virtual environment in .venv with the project and that extra ("booth" or "dev")
#   need_trackers         the Python library trackers in .venv, for tools/evaluate clips
#   need_mosquitto        mosquitto on PATH: the machine's, else by apt, else Debian's package unpacked into .cache
#   need_chromium         chromium on PATH, by apt where that is allowed
#   need_card_tools       programs that write cards and check a node's settings: mtools, nft, chronyd, ... by apt
#   need_cloud_init       Debian trixie's cloud-init unpacked into .cache, for its schema: older ones miss unknown keys
#   need_upstream         the published models in models/fetched, for tests that compare with them
#
# Each prints one sentence about what it could not get; only need_python ends the program.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache="$repo/.cache"
outer_path=${PATH//"$repo/.venv/bin:"/} # one tool calls another: remove what the first put in front
export PATH="$repo/.venv/bin:$outer_path:/usr/sbin:$cache/bin"

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 2; }

# Runs apt as root if no password is needed; else fails at once.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi
}

apt_install() {
  command -v apt-get >/dev/null || return 1
  [ -n "${apt_is_fresh:-}" ] || as_root apt-get update -qq >/dev/null 2>&1 || true
  apt_is_fresh=1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

# Unpacks Debian packages without root: apt_unpack DIR PACKAGE...
apt_unpack() {
  local into=$1 work
  shift
  command -v apt-get >/dev/null || return 1
  mkdir -p "$into" && work=$(mktemp -d) || return 1
  (cd "$work" && apt-get download -qq "$@" >/dev/null 2>&1 && for deb in *.deb; do dpkg -x "$deb" "$into" || exit 1; done)
  local code=$?
  rm -rf "$work"
  return $code
}

# Finds the machine's own Python, not that of an environment that is being made here.
find_python() {
  local name found
  for name in python3 python3.13 python3.12 python3.11; do
    if found=$(PATH=$outer_path command -v "$name") &&
      "$found" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$found"
      return
    fi
  done
  return 1
}

# On a Pi, picamera2 and libcamera come from apt and not from PyPI: let the environment see them.
venv_options() {
  [ -d /usr/lib/python3/dist-packages/picamera2 ] && echo --system-site-packages
  return 0
}

# Debian ships venv without pip unless python3-venv is installed; pip's own wheel can install itself.
make_venv() {
  local python=$1 wheel options
  options=$(venv_options)
  "$python" -m venv $options "$repo/.venv" >/dev/null 2>&1 && return
  rm -rf "$repo/.venv"
  if apt_install python3-venv && "$python" -m venv $options "$repo/.venv" >/dev/null 2>&1; then return; fi
  rm -rf "$repo/.venv"
  "$python" -m venv --without-pip $options "$repo/.venv" || return 1
  if "$python" -m pip --python "$repo/.venv/bin/python" install -q pip 2>/dev/null; then return; fi
  apt_unpack "$cache/pip" python3-pip-whl || { rm -rf "$repo/.venv"; return 1; }
  wheel=$(ls "$cache"/pip/usr/share/python-wheels/pip-*.whl | tail -1)
  "$repo/.venv/bin/python" "$wheel/pip" install -q --no-index --find-links "$(dirname "$wheel")" pip
}

need_python() {
  local extra=${1:-} python stamp wanted
  python=$(find_python) || die "needs Python 3.11 or newer, found none; on Debian: sudo apt install python3 python3-venv"
  stamp="$repo/.venv/.installed${extra:+-$extra}"
  wanted=$(cat "$repo/pyproject.toml" <("$python" --version) <(echo "$repo") | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  # An environment that was moved or copied still holds its old paths.
  if [ -d "$repo/.venv" ] && ! "$repo/.venv/bin/python" -m pip --version >/dev/null 2>&1; then rm -rf "$repo/.venv"; fi
  if [ ! -d "$repo/.venv" ]; then
    say "Making a virtual environment in .venv ..."
    make_venv "$python" || die "cannot make a virtual environment; on Debian: sudo apt install python3-venv"
  fi
  say "Installing the project and what it needs into .venv ..."
  if ! PYTHONWARNINGS=ignore "$repo/.venv/bin/python" -m pip install -q --disable-pip-version-check -e "$repo${extra:+[$extra]}"; then
    die "could not install its packages. It needs internet once (or a folder of wheels: export PIP_FIND_LINKS=DIR)"
  fi
  echo "$wanted" >"$stamp"
}

# Without its dependencies: its opencv-python would overwrite the headless one. The extra "evaluation" has the rest.
need_trackers() {
  local python="$repo/.venv/bin/python" wanted=2.6.1
  [ "$("$python" -c 'import importlib.metadata as m; print(m.version("trackers"))' 2>/dev/null)" = $wanted ] && return
  "$python" -m pip install -q --disable-pip-version-check --no-deps trackers==$wanted && return
  say "The library trackers could not be installed (no network?): other trackers are left out"
  return 1
}

need_mosquitto() {
  command -v mosquitto >/dev/null && return
  say "Getting the mosquitto broker ..."
  apt_install mosquitto && command -v mosquitto >/dev/null && return
  unpack_mosquitto && command -v mosquitto >/dev/null && return
  say "mosquitto could not be installed (no root, no network?): on Debian, sudo apt install mosquitto"
  return 1
}

# Unpacks the package, and those of its libraries that this machine lacks, into .cache.
unpack_mosquitto() {
  local home="$cache/mosquitto" packages
  command -v apt-cache >/dev/null || return 1
  packages="mosquitto "$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances mosquitto 2>/dev/null | grep -E '^[a-z0-9]' | grep -vx mosquitto | sort -u | while read -r package; do
      [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done)
  # shellcheck disable=SC2086
  apt_unpack "$home" $packages && [ -x "$home/usr/sbin/mosquitto" ] || return 1
  mkdir -p "$cache/bin"
  cat >"$cache/bin/mosquitto" <<EOF
#!/bin/sh
home='$home'
export LD_LIBRARY_PATH=\$(echo "\$home"/usr/lib/*-linux-gnu*):\$(echo "\$home"/lib/*-linux-gnu*)
exec "\$home/usr/sbin/mosquitto" "\$@"
EOF
  chmod +x "$cache/bin/mosquitto"
  mosquitto -h >/dev/null 2>&1 || [ $? -le 3 ]
}

need_chromium() {
  command -v chromium >/dev/null && command -v certutil >/dev/null && return
  say "Getting chromium for the page's tests, and certutil to have it trust a site ..."
  apt_install chromium libnss3-tools || true
  command -v chromium >/dev/null && return
  say "chromium could not be installed: on Debian, sudo apt install chromium"
  return 1
}

need_card_tools() {
  local missing="" pair
  for pair in mcopy:mtools mkfs.vfat:dosfstools sfdisk:fdisk nft:nftables chronyd:chrony udevadm:udev systemd-analyze:systemd; do
    command -v "${pair%:*}" >/dev/null || missing="$missing ${pair#*:}"
  done
  [ -z "$missing" ] && return
  say "Getting$missing for cards and their tests ..."
  # shellcheck disable=SC2086
  apt_install $missing && return
  say "Not everything could be installed: on Debian, sudo apt install$missing"
  return 1
}

need_cloud_init() {
  local home="$cache/cloud-init" apt="$cache/apt-trixie" keys=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -d "$home/usr" ] && return
  say "Getting trixie's cloud-init ..."
  mkdir -p "$apt/lists/partial"
  echo "deb [signed-by=$keys] http://deb.debian.org/debian trixie main" >"$apt/sources.list"
  cat >"$apt/apt.conf" <<EOF
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$apt/lists";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
EOF
  APT_CONFIG="$apt/apt.conf" apt-get update -qq >/dev/null 2>&1 &&
    APT_CONFIG="$apt/apt.conf" apt_unpack "$home" cloud-init && rm -rf "$apt" && return
  say "trixie's cloud-init could not be downloaded (no network?): its files are not checked against its schema"
  return 1
}

need_upstream() {
  spotter models verify --json posenet-353x481 posenet-353x481-edgetpu >/dev/null 2>&1 && return
  local mirror
  for mirror in "${SPOTTER_MODELS_MIRROR:-}" "$repo/../shared/data/models"; do
    if [ -n "$mirror" ] && [ -d "$mirror" ]; then
      spotter models fetch --quiet --mirror "$mirror" >/dev/null && return
    fi
  done
  spotter models fetch --quiet >/dev/null && return
  say "The published models could not be downloaded, so the tests that compare with them are skipped. With a network:" \
    "spotter models fetch. Without: set SPOTTER_MODELS_MIRROR=DIR to a folder with the files that models/manifest.yaml names."
  return 1
}
