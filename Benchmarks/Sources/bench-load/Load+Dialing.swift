import BenchCore

extension Load {
    /// Counts the tunnel that just opened and closes it. The next takes its place at once, or when the schedule wants it.
    func dialled(_ tunnel: Tunnel) throws(SystemFailure) {
        tunnel.endDial(in: self)
        if scheduleStep > 0 { idle.append(tunnel) } else { try tunnel.dial(intended: Surroundings.now(), in: self) }
    }
}
