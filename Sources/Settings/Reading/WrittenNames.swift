/// The names of pools and listeners as they stand in the file, whether or not the rest of each can be read.
struct WrittenNames {
    let pools: [String]
    let listeners: [String]

    init(_ root: Fields) {
        pools = root["pools"]?.fields?.map(\.key) ?? []
        listeners = root["listeners"]?.items?.compactMap { item in
            item.fields?.first { $0.key == "name" }?.element.scalar
        } ?? []
    }
}
