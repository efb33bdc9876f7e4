#!/usr/bin/env bash
# Installs what the build needs from Debian, if it is not there; with `test`, what the plays need as well.
set -euo pipefail

command -v swift >/dev/null || {
    echo "a Swift toolchain is needed, 6.2 or newer: https://swift.org/install" >&2
    exit 1
}

missing=()
command -v pkg-config >/dev/null || missing+=(pkg-config)
pkg-config --exists openssl 2>/dev/null || missing+=(libssl-dev)
pkg-config --exists libsystemd 2>/dev/null || missing+=(libsystemd-dev)
pkg-config --exists libcares 2>/dev/null || missing+=(libc-ares-dev)
command -v openssl >/dev/null || missing+=(openssl)
command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
if [[ ${1:-} == test ]]; then
    for program in curl wrk; do command -v "$program" >/dev/null || missing+=("$program"); done
    [[ -n $(PATH=$PATH:/usr/sbin command -v dnsmasq) ]] || missing+=(dnsmasq-base)
fi
((${#missing[@]} > 0)) || exit 0

as_root=()
if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "please install as root: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
fi
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq "${missing[@]}"
