import COpenSSL
import Glibc

extension TicketKeys {
    /// What OpenSSL asks when it seals (`isSealing` 1) or opens (0) a ticket. The answers are OpenSSL's: -1 fails the
    /// handshake, 0 goes on without a ticket, 1 uses it, 2 uses it and sends a new one.
    static let callback:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?, OpaquePointer?, OpaquePointer?, Int32
        ) -> Int32 = { ssl, name, vector, cipher, mac, isSealing in
            guard let ssl, let name, let vector, let context = SSL_get_SSL_CTX(ssl),
                let data = SSL_CTX_get_ex_data(context, ServerContext.ticketKeysIndex)
            else { return 0 }
            let keys = Unmanaged<TicketKeys>.fromOpaque(data).takeUnretainedValue()
            return isSealing == 1
                ? keys.seal(name: name, vector: vector, cipher: cipher, mac: mac)
                : keys.open(name: name, vector: vector, cipher: cipher, mac: mac)
        }

    private func seal(
        name: UnsafeMutablePointer<UInt8>, vector: UnsafeMutablePointer<UInt8>, cipher: OpaquePointer?, mac: OpaquePointer?
    ) -> Int32 {
        let key = sealing
        guard key.isUsable, let algorithm = OpenSSLLibrary.ticketCipher.pointer,
            RAND_bytes(vector, 16) == 1,
            EVP_EncryptInit_ex2(cipher, algorithm, key.cipherKey, vector, nil) == 1,
            tidegate_ticket_mac(mac, key.macKey, TicketKey.secretCount) == 1
        else { return -1 }
        memcpy(name, key.name, TicketKey.nameCount)
        return 1
    }

    private func open(
        name: UnsafeMutablePointer<UInt8>, vector: UnsafeMutablePointer<UInt8>, cipher: OpaquePointer?, mac: OpaquePointer?
    ) -> Int32 {
        guard let (key, isOld) = opening(name: name), let algorithm = OpenSSLLibrary.ticketCipher.pointer,
            tidegate_ticket_mac(mac, key.macKey, TicketKey.secretCount) == 1,
            EVP_DecryptInit_ex2(cipher, algorithm, key.cipherKey, vector, nil) == 1
        else { return 0 }
        return isOld ? 2 : 1
    }
}
