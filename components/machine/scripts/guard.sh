# shellcheck shell=bash
# A guarded change is reverted unless a fresh connection confirms it.

BOOT_UNIT=/etc/systemd/system/homeport-revert-at-boot.service
BOOT_WANT=/etc/systemd/system/multi-user.target.wants/homeport-revert-at-boot.service

# Whether the change that awaits confirmation is this bundle's.
unconfirmed() { [ -d "$STATE/revert" ] && [ "$(cat "$STATE/revert/home")" = "$HOME_OF" ]; }

# After a reboot there is no timer, and systemctl would fail.
stop_timer() { ! systemctl is-active -q homeport-revert.timer || systemctl stop homeport-revert.timer; }

# An interrupted run leaves its change unconfirmed; compare with the state before it.
revert_unconfirmed() {
  unconfirmed || return 0
  say "the last change was never confirmed: reverting it first"
  stop_timer
  "$STATE/revert/run" locked
}

# Whether a change awaits confirmation and its timer is gone: the machine restarted within its time, and the revert at boot did not run.
forgotten() { unconfirmed && ! systemctl is-active -q homeport-revert.timer; }

confirm() {
  unconfirmed || return 0
  stop_timer
  rm -rf "$STATE/revert"
  rm -f "$BOOT_UNIT" "$BOOT_WANT"
  # Or systemd goes on listing the unit.
  systemctl daemon-reload
  say "change confirmed"
}

# Saves a file for the revert, one by one: `cp -a DIRECTORY/. /` would give / the mode and owner of DIRECTORY.
keep_as_is() {
  local back=$1 path=$2 number
  number=$(find "$back" -name 'file.*' | wc -l)
  if [ -f "$path" ]; then
    cp -a "$path" "$back/file.$number"
    printf '%s %s\n' "$number" "$path" >>"$back/kept"
  else
    printf '%s\n' "$path" >>"$back/absent"
  fi
}

# Saves what a guarded change replaces, and starts the timer that reverts it.
arm_revert() {
  local back=$STATE/revert i path unit kind key value name
  rm -rf "$back.new"
  mkdir -p "$back.new"
  for name in kept absent new-units settings; do : >"$back.new/$name"; done
  for i in "${CHANGED[@]}"; do
    read -r path _ <<<"${FILES[$i]}"
    keep_as_is "$back.new" "$path"
  done
  for path in "${GONE[@]}"; do keep_as_is "$back.new" "$path"; done
  for path in "$HOME_OF"/{manifest,revision,watches,units,leftovers} "$HOME_OF"/live.*; do keep_as_is "$back.new" "$path"; done
  for unit in "${UNITS[@]}"; do
    systemctl is-enabled -q "$unit" 2>/dev/null || printf '%s\n' "$unit" >>"$back.new/new-units"
  done
  if [ -f "$HOME_OF/before" ]; then
    while read -r kind key _; do
      [ "$kind" = sysctl ] || continue
      value=$(live sysctl "$key")
      printf '%s %s\n' "$key" "$value" >>"$back.new/settings"
    done <"$HOME_OF/before"
  fi
  cp "$HOME_OF/todo" "$back.new/todo"
  printf '%s\n' "$HOME_OF" >"$back.new/home"
  write_revert_script "$back.new/run"
  write_boot_unit
  mv "$back.new" "$back"
  # Before the change: after a power cut the disk has the way back.
  sync -f "$STATE"
  stop_timer
  # By default a timer may be a minute late (systemd.timer(5), AccuracySec).
  systemd-run --quiet --collect --unit=homeport-revert --on-active="${REVERT_SECONDS}s" --timer-property=AccuracySec=1s "$back/run"
  say "a fresh connection has ${REVERT_SECONDS} s to confirm this change, or it is reverted"
}

# A timer of systemd-run ends with the machine. The unit runs before the network is up, and before whatever reads the files.
write_boot_unit() {
  mkdir -p "${BOOT_WANT%/*}"
  cat >"$BOOT_UNIT" <<'UNIT'
[Unit]
Description=Homeport: reverts a change that was not confirmed before a restart
DefaultDependencies=no
RequiresMountsFor=/var/lib/homeport /etc
ConditionPathExists=/var/lib/homeport/revert/run
Wants=network-pre.target
Before=network-pre.target homeport-firewall.service

[Service]
Type=oneshot
ExecStart=/var/lib/homeport/revert/run boot
UNIT
  chmod 0644 "$BOOT_UNIT"
  ln -sf "../${BOOT_UNIT##*/}" "$BOOT_WANT"
}

write_revert_script() {
  cat >"$1" <<'REVERT'
#!/bin/bash
# Reverts the last unconfirmed change. Run by the timer homeport-revert, at boot (boot), by a run that has the lock (locked), or by hand.
set -uo pipefail
back=/var/lib/homeport/revert
how=${1-}
if [ "$how" != locked ]; then
  exec 9>/run/homeport.lock
  # What confirms the change comes first or not at all. A run that hangs keeps no lockout.
  flock -w 30 9 || true
fi
home=$(cat "$back/home" 2>/dev/null) || exit 0
# First of all: what is on its way back is not confirmed any more, whatever interrupts this.
date -u '+%Y-%m-%d %H:%M:%S UTC' >"$home/reverted"
if [ "$how" = boot ]; then
  xargs -r -d '\n' systemctl disable <"$back/new-units"
  xargs -r -d '\n' systemctl --no-block stop <"$back/new-units"
else
  xargs -r -d '\n' systemctl disable --now <"$back/new-units"
fi
xargs -r -d '\n' rm -f <"$back/absent"
while read -r number path; do
  mkdir -p "${path%/*}"
  cp -a "$back/file.$number" "$path.homeport-new" && mv -f "$path.homeport-new" "$path"
done <"$back/kept"
while read -r key value; do printf '%s' "$value" >"/proc/sys/${key//.//}"; done 2>/dev/null <"$back/settings"
systemctl daemon-reload
# At boot they start later, with the files of before.
[ "$how" = boot ] || while IFS=: read -r action unit; do
  grep -qxF -e "$unit" "$back/new-units" || systemctl "$action" "$unit"
done <"$back/todo"
rm -f "$home/todo"
sync -f "$home"
rm -rf "$back"
rm -f /etc/systemd/system/homeport-revert-at-boot.service /etc/systemd/system/multi-user.target.wants/homeport-revert-at-boot.service
[ "$how" = boot ] || systemctl daemon-reload
REVERT
  chmod 0700 "$1"
}
