import Testing

@testable import Balancing

@Suite struct StableHashTests {
    static let prime32: UInt64 = 2_654_435_761

    /// The buffer of xxHash's own sanity check.
    static let sample: [UInt8] = {
        var state = prime32
        return (0..<256).map { _ in
            defer { state &*= 11_400_714_785_074_694_797 }
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }()

    /// Length, hash with seed 0, hash with the seed of the sanity check.
    static let vectors: [(Int, UInt64, UInt64)] = [
        (0, 0xef46_db37_51d8_e999, 0xac75_fda2_929b_17ef),
        (1, 0xe934_a84a_db05_2768, 0x5014_6076_43a9_b4c3),
        (3, 0xff7e_1959_cb50_794a, 0xaa85_84e8_3660_f7d1),
        (4, 0x9136_a0dc_a574_57ee, 0xcaab_286b_d8e9_fdb5),
        (7, 0x6c83_909a_9f01_ed25, 0xf98d_03b1_ad6f_9293),
        (8, 0xcdbc_f538_e71d_1348, 0xfe0c_047a_5353_cdac),
        (14, 0x8282_dcc4_994e_35c8, 0xc3bd_6bf6_3deb_6df0),
        (31, 0x299b_39a2_90e6_d783, 0xda67_3d5f_eb5c_1d79),
        (32, 0x18b2_1649_2bb4_4b70, 0xb3f3_3bdf_93ad_e409),
        (33, 0x55c8_dc3e_578f_5b59, 0xe92c_292f_64bc_3071),
        (63, 0xa9ef_be0f_a0f3_f4e7, 0x6c91_1fad_b05b_6fc2),
        (100, 0x4bfe_019c_d91d_9ea4, 0x4853_706d_c962_5cae),
        (222, 0xb641_ae8c_b691_c174, 0x20cb_8ab7_ae10_c14a),
    ]

    @Test(arguments: vectors)
    func `XXH64 gives the published values`(length: Int, plain: UInt64, seeded: UInt64) {
        let bytes = Array(Self.sample.prefix(length))
        #expect(StableHash.hash(bytes.span) == plain)
        #expect(StableHash.hash(bytes.span, seed: Self.prime32) == seeded)
    }

    @Test func `a text is hashed as its UTF-8`() {
        #expect(StableHash.hash("abc") == 0x44bc_2cf5_ad77_0999)
        #expect(StableHash.hash("Nobody inspects the spammish repetition") == 0xfbce_a83c_8a37_8bf1)
    }

    @Test func `rehashes of one key differ from it and from each other`() {
        let hashes = (0..<1000).map { StableHash.rehash(77, turn: UInt64($0)) }
        #expect(Set(hashes + [77]).count == 1001)
    }
}

@Suite struct KeyHashTests {
    private func value(_ parts: [String?]) -> UInt64? {
        var hash = KeyHash()
        for part in parts {
            if let part {
                let bytes = Array(part.utf8)
                hash.add(bytes.span)
            } else {
                hash.addMissing()
            }
        }
        return hash.value
    }

    @Test func `a key of one part is the hash of its bytes`() {
        #expect(value(["abc"]) == StableHash.hash("abc"))
    }

    @Test func `a key of which no part is there is no key`() {
        #expect(value([]) == nil)
        #expect(value([nil, nil]) == nil)
        #expect(value([""]) != nil)
    }

    @Test func `where parts end, and which are missing, tells keys apart`() {
        let keys: [[String?]] = [
            ["ab", "c"], ["a", "bc"], ["abc", ""], ["", "abc"], ["abc"], ["abc", nil], [nil, "abc"], ["c", "ab"],
            [nil, nil, "abc"], ["", nil, "abc"],
        ]
        #expect(Set(keys.map { value($0) }).count == keys.count)
    }
}
