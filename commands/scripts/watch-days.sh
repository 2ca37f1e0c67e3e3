# shellcheck shell=sh
# The days that the edge has counted: APP. Reads only.
file=/var/lib/homeport-watch/$1.days
as_root test -f "$file" || exit 0
as_root cat "$file"
