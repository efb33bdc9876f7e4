import Glibc
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Cuts a connection whose request is not answered, down to its last byte, in time: a peer that sends its body drop by drop or
/// does not read what it asked for. Idle connections are not its business.
///
/// Also closes both directions after the answer to a request that asked for it (RFC 9112 section 9.6): a peer that keeps its
/// own direction open must not keep a place.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limit: TimeAmount
    private var deadline: Scheduled<Void>?
    /// Requests whose answers have not left yet: more than one when they are pipelined.
    private var unanswered = 0
    private var closesWhenAnswered = false

    init(limit: TimeAmount) {
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let request) = unwrapInboundIn(data) {
            unanswered += 1
            if request.headerFields[.connection]?.lowercased() == "close" { closesWhenAnswered = true }
            if deadline == nil { start(context) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        // Only the promise tells when the kernel has taken the bytes.
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in
            let (handler, context) = bound.value
            handler.answered(context)
        }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func answered(_ context: ChannelHandlerContext) {
        unanswered -= 1
        stop()
        if unanswered > 0 {
            if context.channel.isActive { start(context) }
        } else if closesWhenAnswered {
            context.close(promise: nil)
        }
    }

    private func start(_ context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: limit) {
            // With a reset, so that the kernel does not go on holding what the peer does not take.
            let reset = linger(l_onoff: 1, l_linger: 0)
            _ = (channel as? any SocketOptionProvider)?.setSoLinger(reset)
            channel.close(promise: nil)
        }
    }

    private func stop() {
        deadline?.cancel()
        deadline = nil
    }
}
