#!/bin/sh
# Builds the fuzz targets with libFuzzer and AddressSanitizer, and runs them one after another.
#   Fuzz/run.sh [-n RUNS] [TARGET...]      RUNS: executions each, 200000 without -n; TARGET: a file of Targets/ without .swift
# Seeds come from corpus/TARGET. What a run finds interesting stays in .build/corpus/TARGET; an input that breaks a
# property is written to .build/crashes/TARGET-* and ends the run with a status other than 0.
#
# Fuzzing needs its own instrumentation, so this compiles the sources of Wire and Session/Forwarding, and the few of Settings
# that the latter needs, itself, instead of depending on the parent.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sources=$here/../Sources
build=$here/.build
runs=200000
# Freed memory is kept aside to catch late uses; by default more of it than a small machine has to spare.
export ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=32}
# A broken property is told by libFuzzer; Swift's own backtrace of it would take minutes.
export SWIFT_BACKTRACE=enable=no
while getopts n: option; do
    case $option in
    n) runs=$OPTARG ;;
    *) exit 64 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- RequestHeads UpgradeAnswers ChunkedBodies Frames ProxyHeaders EventStreams

mkdir -p "$build/crashes"
compile() {
    swiftc -swift-version 6 -O -g -parse-as-library -package-name tidegate -sanitize=fuzzer,address -I "$build" "$@"
}
# shellcheck disable=SC2046 # no path of the sources has a blank in it
module() {
    name=$1
    shift
    compile -wmo -module-name "$name" -emit-module -emit-module-path "$build/$name.swiftmodule" \
        -c -o "$build/$name.o" $(find "$@" -name '*.swift' | sort)
}
module Wire "$sources/Wire"
module Settings "$sources/Settings/Secret.swift" "$sources/Settings/Sections/HeaderRules.swift" \
    "$sources/Settings/Sections/PathRewrite.swift"
module Session "$sources/Session/Forwarding"

for target; do
    compile -module-name "Fuzz$target" -use-ld=lld -o "$build/$target" \
        "$here/Targets/$target.swift" "$here/Support/Cuts.swift" "$build/Wire.o" "$build/Settings.o" "$build/Session.o"
    mkdir -p "$build/corpus/$target"
    echo "== $target: $runs runs"
    # Heads must be able to pass their limit of 2048 bytes; frames are short, and many of them are slow.
    # A PROXY header must be able to pass its 16 + 4096; event streams are read again and again.
    case $target in
    Frames) longest=700 ;;
    ProxyHeaders) longest=4200 ;;
    EventStreams) longest=400 ;;
    *) longest=2200 ;;
    esac
    "$build/$target" -runs="$runs" -max_len=$longest -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 \
        -artifact_prefix="$build/crashes/$target-" -dict="$here/$target.dict" \
        "$build/corpus/$target" "$here/corpus/$target" 2>"$build/$target.log" || {
        tail -n 60 "$build/$target.log" >&2
        exit 1
    }
    grep -E 'DONE|stat::number_of_executed_units|stat::peak_rss_mb' "$build/$target.log"
done
