#!/usr/bin/env bash
# Proves the arrows of the house: what each target under Sources/ may import, and nothing else.
# Facts touch no descriptor, clock, lock, task or C library; hands and app import only what stands above them.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A allowed=(
    [Wire]=""
    [Routing]="Wire"
    [Balancing]=""
    [Telemetry]=""
    [Settings]="Wire Routing Balancing Yams FoundationEssentials"
    [Session]="Wire Routing Balancing Settings"
    [TLS]="COpenSSL Glibc Synchronization"
    [Transport]="CLinux Glibc Synchronization Wire TLS"
    [DataPlane]="CLinux Glibc Synchronization Wire Routing Balancing Telemetry Settings Session TLS Transport"
    [ControlPlane]="CLinux CCares Glibc Synchronization Dispatch FoundationEssentials Wire Routing Balancing Telemetry Settings Session TLS Transport DataPlane Hummingbird HummingbirdCore HTTPTypes Logging NIOCore NIOPosix NIOHTTP1 NIOHTTPTypes ServiceLifecycle"
    [Supervisor]="Routing CLinux CSystemd Glibc Synchronization Wire Telemetry Settings TLS Transport DataPlane ControlPlane"
    [tidegate]="Supervisor Settings ArgumentParser Glibc"
)

# Not Swift: headers and shims of C libraries.
c_targets="CLinux COpenSSL CSystemd CCares"

failures=0
for folder in Sources/*/; do
    target=$(basename "$folder")
    if [[ -z "${allowed[$target]+listed}" && " $c_targets " != *" $target "* ]]; then
        echo "$folder: no list says what it may import"
        failures=$((failures + 1))
    fi
done

for target in "${!allowed[@]}"; do
    while IFS=: read -r file _ statement; do
        module=$(sed -E 's/.*import +((struct|class|enum|func|protocol|let|var|typealias) +)?([A-Za-z_0-9]+).*/\3/' <<<"$statement")
        if [[ " ${allowed[$target]} " != *" $module "* ]]; then
            echo "$file: $target may not import $module"
            failures=$((failures + 1))
        fi
    done < <(grep -RnE '^ *(@[a-zA-Z_()]+ +)*((internal|package|public|private|fileprivate) +)?import ' --include='*.swift' "Sources/$target" || true)
done

# Only DataPlane calls both Session and Transport; checks have exchanges of their own, and the keeper speaks of the same times and causes.
for target in ControlPlane Supervisor tidegate; do
    if grep -RlE '^ *import Session$' --include='*.swift' "Sources/$target" | grep -vE '^Sources/ControlPlane/(Checks|Keeper)/'; then
        echo "Sources/$target: only DataPlane may import Session"
        failures=$((failures + 1))
    fi
done

# No task, actor or lock where the data flows.
if grep -RnE '\b(actor |Task ?\{|Task\.|await |async )' --include='*.swift' Sources/DataPlane/Driver Sources/DataPlane/Worker Sources/Transport Sources/TLS Sources/Session Sources/Wire; then
    echo "tasks and actors have no place on the data path"
    failures=$((failures + 1))
fi

# Facts wait for nothing, share nothing and read no clock.
for target in Wire Routing Balancing Telemetry Settings Session; do
    if grep -RnE '\b(Task|async|await|ContinuousClock|SuspendingClock|Mutex)\b|\bactor |\bAtomic<' --include='*.swift' "Sources/$target"; then
        echo "Sources/$target: tasks, clocks and locks have no place among facts"
        failures=$((failures + 1))
    fi
done

# A worker's only locks: its mailbox, and the hand-over of what its group starts it with.
if grep -RnE 'Mutex|pthread_mutex|Dispatch' --include='*.swift' Sources/DataPlane/Driver Sources/DataPlane/Worker \
    | grep -vE '^Sources/DataPlane/Worker/(Mailbox|WorkerGroup)\.swift:'; then
    echo "a lock on the data path"
    failures=$((failures + 1))
fi

((failures == 0)) || exit 1
echo "imports: every arrow points up"
