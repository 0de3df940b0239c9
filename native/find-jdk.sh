#!/usr/bin/env bash
# Prints the home of a JDK 25 or later: JAVA_HOME when it is one, else the newest one in the usual places; prints nothing
# when there is none. --explain says in one line what to install.
set -u
need=25
major() { # home -> major version of its javac, or 0
  local v
  v=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  echo "${v:-0}"
}
if [ "${1:-}" = --explain ]; then
  echo "No JDK $need or later found: install one (Debian: temurin-25-jdk; macOS: brew install openjdk@25; or https://adoptium.net) or set JAVA_HOME to it." >&2
  exit 1
fi
best=
best_major=0
for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /usr/java/* /opt/jdk* /opt/java/* \
  "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
  /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
  [ -n "$home" ] && [ -x "$home/bin/javac" ] || continue
  m=$(major "$home")
  if [ "$m" -ge "$need" ]; then
    [ "$home" = "${JAVA_HOME:-}" ] && { echo "$home"; exit 0; }
    if [ "$m" -gt "$best_major" ]; then best=$home; best_major=$m; fi
  fi
done
echo "$best"
