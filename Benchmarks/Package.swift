// swift-tools-version: 6.2
import PackageDescription

// The tools of the benchmark suite: a load generator, a backend and a bare relay. A package of its own, so that the proxy's
// package never builds it. No dependency beyond the system's OpenSSL.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "tidegate-benchmarks",
    products: [
        .executable(name: "bench-echo", targets: ["bench-echo"]),
        .executable(name: "bench-load", targets: ["bench-load"]),
        .executable(name: "bench-relay", targets: ["bench-relay"]),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "CBench"),
        .target(name: "BenchCore", dependencies: ["CBench", "COpenSSL"], swiftSettings: strict),
        .executableTarget(name: "bench-echo", dependencies: ["BenchCore"], swiftSettings: strict),
        .executableTarget(name: "bench-load", dependencies: ["BenchCore"], swiftSettings: strict),
        .executableTarget(name: "bench-relay", cSettings: [.treatAllWarnings(as: .error)]),
        .testTarget(name: "BenchCoreTests", dependencies: ["BenchCore"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
