# Sourced by bin/test and bin/quickstart (bash): brings what a machine with only Node and npm lacks.
# Expects $root, the checkout. Prints what it does; does nothing when nothing is missing.

say() { printf '%s\n' "$*"; }

# The packages of those given that are not there. Arguments: program:package …
missing_packages() {
  local pair
  for pair in "$@"; do
    # Daemons live in sbin, which is not on everybody's PATH.
    PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v "${pair%%:*}" >/dev/null || printf '%s\n' "${pair#*:}"
  done | sort -u
}

# rsync, when what is there is older than 3.5 and apt may have a newer one: some distributions' mended 3.2.7
# cannot continue a file that half arrived.
outdated_rsync() {
  local there
  ((EUID == 0)) && command -v dpkg-query >/dev/null || return 0
  there=$(dpkg-query --show --showformat '${Version}' rsync 2>/dev/null) || return 0
  if [[ -n $there ]] && dpkg --compare-versions "$there" lt 3.5; then echo rsync; fi
}

# Installs packages; whoever is not root gets the line to run instead, and status 2.
install_packages() {
  (($# > 0)) || return 0
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    say "These packages are missing. Please run this as root, then start again:"
    say "  apt-get update && apt-get install --yes --no-install-recommends $*"
    return 2
  fi
  say "Installing with apt-get: $*"
  # A subshell, so that its EXIT trap ends with it. Ours are programs for the tests, not services of the
  # machine: while packages are being installed, none may be started, and new ones are disabled afterwards.
  (
    set -e
    policy=/usr/sbin/policy-rc.d
    ours="# Written by pobsync while it installs packages."
    if grep -qs "$ours" "$policy"; then rm "$policy"; fi # left by a run that was killed
    if [[ -e $policy ]]; then mv "$policy" "$policy.kept"; fi
    trap 'rm -f "$policy"; if [[ -e $policy.kept ]]; then mv "$policy.kept" "$policy"; fi' EXIT
    printf '#!/bin/sh\n%s\nexit 101\n' "$ours" >"$policy"
    chmod 755 "$policy"
    apt_log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update && apt-get install --yes --no-install-recommends "$@"; } >"$apt_log" 2>&1; then
      cat "$apt_log"
      rm -f "$apt_log"
      exit 1
    fi
    rm -f "$apt_log"
    for package in "$@"; do
      case $package in
        mariadb-server) disable_units mariadb.service mariadb.socket ;;
        openssh-server) disable_units ssh.service ssh.socket ;;
        prometheus) disable_units prometheus.service ;;
        rsync) disable_units rsync.service ;;
      esac
    done
  )
}

# MariaDB's socket counts too: systemd would start the server for whoever connects to its port.
disable_units() {
  local unit
  for unit in "$@"; do
    if command -v systemctl >/dev/null; then
      systemctl disable "$unit" >/dev/null 2>&1 || true
    else
      # No systemd here: the older start scripts, and what would start should it be installed one day.
      update-rc.d "${unit%.*}" disable >/dev/null 2>&1 || true
      rm -f /etc/systemd/system/*.wants/"$unit"
    fi
  done
}

# Installs the exact packages of the lockfile, unless they are there already.
install_node_modules() {
  if ! command -v npm >/dev/null; then
    say "Node and npm are missing. Any Node from 18 on will do: npm brings the one that pobsync runs on."
    return 2
  fi
  local stamp="$root/node_modules/.installed-from" now
  now=$(cd "$root" && cat package.json package-lock.json .npmrc | sha256sum)
  if [[ -f $stamp && $(<"$stamp") == "$now" ]]; then return 0; fi
  say "Installing the packages of package-lock.json"
  # npm itself runs on whatever Node is there; its warnings about that are not the reader's concern.
  (cd "$root" && npm ci --loglevel=error) || return 1
  local recent='process.exit(process.versions.node.localeCompare("24.15", "en", { numeric: true }) < 0 ? 1 : 0)'
  if ! "$root/bin/run-node" -e "$recent"; then
    say "npm could not bring Node 24.15 for this processor. Please install it, then start again."
    return 2
  fi
  printf '%s\n' "$now" >"$stamp"
}
