# SPDX-License-Identifier: BSD-2-Clause
#
# What contrib/check and contrib/quickstart share; to be sourced by bash scripts that run under `set -eu`.
#
#   $top                       the checkout, absolute; quote it, there may be a space in it
#   $build_packages            the Debian packages without which nothing compiles
#   say TEXT                   a headline
#   die TEXT                   one line on stderr, exit 1
#   need_packages PACKAGE...   installs those that are missing; when none is, apt is not called
#   build_tree NAME [ARG...]   configures (ARGs are configure's) and builds in $top/build/NAME; sets $build to that
#                              directory.  Again: only what changed.  Output goes to $build.log, shown if it fails.
#
# Everything is built out of tree through relative paths: automake refuses a source directory with a space in
# it, but "../.." has none, whatever the checkout is called.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(
    autoconf automake gcc libc6-dev make pkg-config
    libcurl4-openssl-dev libjansson-dev libldns-dev libmaxminddb-dev libpcre2-dev libuv1-dev libyaml-dev nettle-dev
)

if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi

say() { printf '%s%s%s\n' "$bold" "$*" "$plain"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

need_packages()
{
    local p as_root=() missing=()

    for p; do
        # " installed " as a word: a package that was only ever named is "not-installed".
        [[ " $(dpkg-query -W -f '${db:Status-Status} ' "$p" 2>/dev/null)" == *" installed "* ]] || missing+=("$p")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "as root, please: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    # The first try fails where apt has no package lists yet, or old ones.
    install_packages "${missing[@]}" >/dev/null 2>&1 && return
    apt_get update && install_packages "${missing[@]}" || die "apt-get could not install ${missing[*]}"
}

# Servers among them are started by tests, not by the system (invoke-rc.d(8)).  A subshell, for its trap.
install_packages()
(
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap '"${as_root[@]}" rm -f $policy' EXIT
        "${as_root[@]}" sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
    fi
    apt_get install "$@"
)

# Quietly, without questions; sees need_packages' as_root.
apt_get()
{
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 \
        -y --no-install-recommends "$@" </dev/null >/dev/null
}

build_tree()
{
    build=$top/build/$1
    shift
    [ ! -e "$top/config.status" ] ||
        die "the source directory is configured itself; first: make -C '$top' distclean"
    mkdir -p "$build"
    if ! (build_steps "$@") >"$build.log" 2>&1; then
        tail -n 60 "$build.log" >&2
        die "the build failed; the whole log: $build.log"
    fi
}

# Its steps hang together by && because `set -e` is off inside an `if`.
build_steps()
{
    cd "$top" &&
        { [ configure -nt configure.ac ] && [ -e Makefile.in ] && [ -e build-aux/missing ] || autoreconf -fi; } &&
        cd "$build" &&
        { [ -e Makefile ] && [ "$(cat configured-with 2>/dev/null)" = "$*" ] || ../../configure -q "$@"; } &&
        echo "$*" >configured-with &&
        make -j"$(nproc)"
}
