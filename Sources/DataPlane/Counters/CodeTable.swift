/// Counts numbers that are not known beforehand (private close codes, HTTP statuses) in a bounded number of cells: the first
/// distinct ones a worker sees get a cell of their own, all later ones share one.
///
/// Layout from `start`: `slots` cells of codes (0: unused), then `slots` cells of counts for each of `groups` groups, then one
/// cell for the rest per group. Single writer; a reader never sees a count before its code.
struct CodeTable {
    let start: Int
    let slots: Int
    let groups: Int

    /// Cells it takes up.
    var cells: Int { slots + groups * (slots + 1) }

    /// Counts one event of `code` in `group`. Linear in the codes seen; a code of 0 goes to the rest.
    func add(_ code: UInt16, group: Int, in cells: CounterCells) {
        let wanted = UInt64(code)
        for slot in 0..<slots where wanted != 0 {
            let seen = cells.load(start + slot)
            if seen == 0 { cells.publish(start + slot, wanted) }
            if seen == 0 || seen == wanted {
                cells.add(cell(slot, group), 1)
                return
            }
        }
        cells.add(cell(slots, group), 1)
    }

    /// Adds one block's counts of `group` to `totals`; the rest stands under nil.
    func collect(group: Int, from block: CounterBlock, into totals: inout [UInt16?: UInt64]) {
        for slot in 0..<slots {
            let code = UInt16(truncatingIfNeeded: block.cells.loadPublished(start + slot))
            let count = block.load(cell(slot, group))
            if code != 0 && count != 0 { totals[.some(code), default: 0] &+= count }
        }
        let rest = block.load(cell(slots, group))
        if rest != 0 { totals[.none, default: 0] &+= rest }
    }

    private func cell(_ slot: Int, _ group: Int) -> Int {
        start + slots + group * (slots + 1) + slot
    }
}
