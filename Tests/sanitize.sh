#!/usr/bin/env bash
# Unit tests and plays under a sanitizer: `Tests/sanitize.sh address` or `Tests/sanitize.sh thread`.
# Each has its own build folder, since the flags change every object.
set -euo pipefail
cd "$(dirname "$0")/.."
sanitizer=${1:?address or thread}
shift
scratch=.build-$sanitizer
export LSAN_OPTIONS=suppressions=$PWD/Tests/leaks.supp:print_suppressions=0
export TSAN_OPTIONS=suppressions=$PWD/Tests/races.supp:print_suppressions=0

swift test --scratch-path "$scratch" --sanitize "$sanitizer"
swift build --scratch-path "$scratch" --sanitize "$sanitizer" --product tidegate
TIDEGATE=$PWD/$scratch/debug/tidegate TIDEGATE_SANITIZED=1 Tests/clients/run.sh "$@"
