# shellcheck shell=sh
# Runs a command as root. Stands in front of every script of this folder (commands/script-text.ts).
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }
