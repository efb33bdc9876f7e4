/// The names of pools and listeners as they stand in the file, whether or not the rest of each can be read.
struct WrittenNames {
    let pools: Set<String>
    let listeners: Set<String>

    init(_ root: Fields) {
        pools = Set(root["pools"]?.fields?.map(\.key) ?? [])
        let names = root["listeners"]?.items?.compactMap { item in
            item.fields?.first { $0.key == "name" }?.element.scalar
        }
        listeners = Set(names ?? [])
    }
}
