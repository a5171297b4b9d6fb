# Annotations, and SARIF if asked for; the first that fails decides the exit code.
set -uo pipefail
deconv="${DECONV:-$RUNNER_TEMP/deconv/bin/deconv}"
mapfile -t arguments < <(printf '%s\n' "$ARGUMENTS" | sed '/^$/d')
mapfile -t paths < <(printf '%s\n' "$PATHS" | sed '/^$/d')
"$deconv" check --format github "${arguments[@]}" -- "${paths[@]}"
code=$?
if [ -n "$SARIF" ]; then
  "$deconv" check --format sarif -o "$SARIF" --force "${arguments[@]}" -- "${paths[@]}"
fi
exit "$code"
