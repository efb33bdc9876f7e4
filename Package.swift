// swift-tools-version: 6.2
import PackageDescription

// The targets stand in the order of the walk; each may import only those above it.
// Tests/check-imports.sh proves what this file alone cannot: that "facts" touch no descriptor, clock, lock or C library.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// In release builds the data path goes without run-time checks of exclusive access: a driver's fields are touched by one
/// thread, and the checks cost a quarter of its instructions per message. Debug builds, and so all unit tests, keep them.
let unchecked: [SwiftSetting] = strict + [
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

func facts(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: unchecked)
}

func hands(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: unchecked)
}

func app(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["Support"], swiftSettings: strict)
}

let package = Package(
    name: "tidegate",
    products: [.executable(name: "tidegate", targets: ["tidegate"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CCares", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .target(name: "CLinux"),

        // Facts: no descriptor, no clock, no lock, no task, no C import.
        facts("Wire"),
        facts("Routing", ["Wire"]),
        facts("Balancing"),
        facts("Telemetry"),
        facts("Settings", ["Wire", "Routing", "Balancing", .product(name: "Yams", package: "Yams")]),
        facts("Session", ["Wire", "Routing", "Balancing", "Settings"]),

        // Hands: own descriptors.
        hands("TLS", ["COpenSSL"]),
        hands("Transport", ["CLinux", "Wire", "TLS"]),
        hands(
            "DataPlane",
            ["CLinux", "Wire", "Routing", "Balancing", "Telemetry", "Settings", "Session", "TLS", "Transport"]),

        // The app.
        app(
            "ControlPlane",
            [
                "CLinux", "CCares", "Wire", "Balancing", "Telemetry", "Settings", "Session", "TLS", "Transport", "DataPlane",
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
            ]),
        app(
            "Supervisor",
            ["CLinux", "CSystemd", "Wire", "Routing", "Telemetry", "Settings", "TLS", "Transport", "DataPlane", "ControlPlane"]),
        .executableTarget(
            name: "tidegate",
            dependencies: [
                "Supervisor", "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .target(name: "Support", path: "Tests/Support", swiftSettings: strict),
        tests("WireTests", ["Wire"]),
        tests("RoutingTests", ["Routing"]),
        tests("BalancingTests", ["Balancing"]),
        tests("TelemetryTests", ["Telemetry"]),
        tests("SettingsTests", ["Settings"]),
        tests("SessionTests", ["Session", "Settings", "Wire"]),
        tests("TLSTests", ["TLS", "COpenSSL"]),
        tests("TransportTests", ["Transport", "CLinux", "TLS", "Wire"]),
        tests(
            "DataPlaneTests",
            ["DataPlane", "CLinux", "Wire", "Routing", "Balancing", "Telemetry", "Settings", "Session", "TLS", "Transport"]),
        tests(
            "ControlPlaneTests",
            ["ControlPlane", "DataPlane", "Balancing", "Session", "Telemetry", "Settings", "TLS", "Transport", "Wire"]),
        tests("SupervisorTests", ["Supervisor", "ControlPlane", "Settings", "Wire"]),
    ],
    swiftLanguageModes: [.v6]
)
