# shellcheck shell=sh
# Sends a test alert from this machine: APP.
app=$1
fail() {
  echo "$*" >&2
  exit 1
}
as_root test -f "/etc/homeport/watch/$app.json" || fail "there is no watch here: set alertUrls, then run 'pulumi up'"
as_root test -s "/etc/homeport/watch/$app.urls" || fail "alertUrls is not set, so no alert can be sent"
said=$(as_root /usr/local/lib/homeport/watch "$app" --test 2>&1) ||
  fail "$said
the test was not delivered: check alertUrls (github.com/caronc/apprise/wiki)"
echo "$said"
