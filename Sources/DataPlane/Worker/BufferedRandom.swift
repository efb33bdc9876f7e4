import CLinux

/// The system's random numbers, taken 32 at a time: a system call for each would be felt.
struct BufferedRandom: RandomNumberGenerator {
    // Up to 256 bytes getrandom(2) gives whole, whatever signals come.
    private var numbers = [UInt64](repeating: 0, count: 32)
    private var position = 32

    mutating func next() -> UInt64 {
        if position >= numbers.count { refill() }
        let number = numbers[position]
        // Nobody finds out later what was given away.
        numbers[position] = 0
        position += 1
        return number
    }

    private mutating func refill() {
        position = 0
        guard !numbers.withUnsafeMutableBytes({ cl_random($0.baseAddress, $0.count) }) else { return }
        var system = SystemRandomNumberGenerator()
        for index in numbers.indices { numbers[index] = system.next() }
    }
}
