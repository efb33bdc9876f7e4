import Wire

/// Behind a 101: frames, until what was asked for has come.
extension CheckExchange {
    /// A 101 to a handshake of ours; `held` and `rest` follow it.
    mutating func switched(_ head: ResponseHead, _ nonce: CheckNonce, _ rest: Span<UInt8>) -> Action {
        guard case .websocket(let check) = plan.kind, !nonce.accept.isEmpty,
            case .accepted(let chosen, let extensions) = UpgradeAnswer.examine(head, expectedAccept: nonce.accept),
            // What was not offered must not be chosen (RFC 6455 4.1), and what was offered is wanted.
            !extensions, chosen.map({ Array($0) }) == check.subprotocol.map({ Array($0.utf8) })
        else { return end(.failed(.badHandshake)) }
        if saysDraining(head) { return end(.draining) }

        let question = self.question(check, nonce)
        awaitsPong = check.ping
        awaitsText = check.expect != nil
        guard awaitsPong || awaitsText else { return end(.passed(farewell: question + farewell)) }
        var here = held
        for index in rest.indices { here.append(rest[index]) }
        held = []
        taken = 0
        // A backend may speak first, and that may be all that was expected.
        let action = takeFrames(CheckFrames(), here.span)
        switch action {
        case .passed: return .passed(farewell: question + farewell)
        case .wait where !question.isEmpty: return .send(question)
        default: return action
        }
    }

    mutating func takeFrames(_ frames: CheckFrames, _ bytes: Span<UInt8>) -> Action {
        var frames = frames
        let count = min(bytes.count, Self.mostFrames - taken)
        taken += count
        let here = bytes.extracting(0..<count)
        var position = 0
        while let event = frames.next(here, from: &position) {
            switch event {
            case .pong(let payload): if payload == tagBytes { awaitsPong = false }
            case .text(let text): if let wanted = plan.wanted, Self.contains(text, wanted) { awaitsText = false }
            case .close: return end(.failed(.closed))
            case .broken: return end(.failed(.badAnswer))
            }
            if !awaitsPong, !awaitsText { return end(.passed(farewell: farewell)) }
        }
        guard taken < Self.mostFrames else {
            isCut = true
            return end(.failed(missing))
        }
        stage = .frames(frames)
        return .wait
    }

    private func question(_ check: WebSocketCheck, _ nonce: CheckNonce) -> [UInt8] {
        var bytes: [UInt8] = []
        if check.ping { bytes += ControlFrame.ping(tag: nonce.tag, mask: nonce.pingMask) }
        if let text = check.send { bytes += Self.textFrame(Array(text.utf8), mask: nonce.textMask) }
        return bytes
    }

    private var farewell: [UInt8] { ControlFrame.close(.normal, reason: "", mask: nonce?.closeMask ?? 0) }

    private var tagBytes: [UInt8] {
        guard let tag = nonce?.tag else { return [] }
        return stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: tag &>> $0) }
    }

    /// A masked text in one frame (RFC 6455 5.2, 5.3); a plan's text is shorter than 65,536 bytes.
    private static func textFrame(_ text: [UInt8], mask: UInt32) -> [UInt8] {
        var frame: [UInt8] = [0x81]
        if text.count < 126 {
            frame.append(0x80 | UInt8(truncatingIfNeeded: text.count))
        } else {
            frame += [0x80 | 126, UInt8(truncatingIfNeeded: text.count >> 8), UInt8(truncatingIfNeeded: text.count)]
        }
        for index in 0..<4 { frame.append(UInt8(truncatingIfNeeded: mask &>> UInt32(8 * index))) }
        for (index, byte) in text.enumerated() {
            frame.append(byte ^ UInt8(truncatingIfNeeded: mask &>> UInt32(8 * (index & 3))))
        }
        return frame
    }
}
