import COpenSSL
import Glibc

extension CertificateFacts {
    /// Reads the facts of an X509. Names that are no names (a NUL within, odd bytes) are left out.
    init(of certificate: OpaquePointer) {
        var names = Self.alternativeNames(of: certificate)
        if names.isEmpty, let name = Self.commonName(of: certificate) { names = [name] }
        self.names = names
        notBefore = Self.seconds(X509_get0_notBefore(certificate))
        notAfter = Self.seconds(X509_get0_notAfter(certificate))
        subject = Self.text(of: X509_get_subject_name(certificate))
        ErrorQueue.clear()
    }

    private static func alternativeNames(of certificate: OpaquePointer) -> [String] {
        guard let data = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
        let list = OpaquePointer(data)
        defer { GENERAL_NAMES_free(list) }
        var names: [String] = []
        for index in 0..<max(0, tidegate_GENERAL_NAMES_count(list)) {
            guard let entry = tidegate_GENERAL_NAMES_get(list, index) else { continue }
            switch entry.pointee.type {
            case GEN_DNS: if let name = ServerName.pattern(bytes(entry.pointee.d.dNSName)) { names.append(name) }
            case GEN_IPADD: if let address = address(bytes(entry.pointee.d.iPAddress)) { names.append(address) }
            default: break
            }
        }
        return names
    }

    private static func commonName(of certificate: OpaquePointer) -> String? {
        guard let subject = X509_get_subject_name(certificate) else { return nil }
        let index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(subject, index), let data = X509_NAME_ENTRY_get_data(entry) else {
            return nil
        }
        return ServerName.pattern(bytes(data))
    }

    private static func bytes(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string, let data = ASN1_STRING_get0_data(string) else { return [] }
        return Array(UnsafeBufferPointer(start: data, count: max(0, Int(ASN1_STRING_length(string)))))
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        let family: Int32
        switch bytes.count {
        case 4: family = AF_INET
        case 16: family = AF_INET6
        default: return nil
        }
        var text = [CChar](repeating: 0, count: 64)
        guard inet_ntop(family, bytes, &text, socklen_t(64)) != nil else { return nil }
        return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var broken = tm()
        guard let time, ASN1_TIME_to_tm(time, &broken) == 1 else { return 0 }
        return Int64(timegm(&broken))
    }

    private static func text(of name: OpaquePointer?) -> String {
        guard let name, let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        guard tidegate_X509_NAME_print(bio, name) >= 0 else { return "" }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = BIO_read(bio, &buffer, Int32(truncatingIfNeeded: buffer.count))
        return count > 0 ? String(decoding: buffer[..<Int(count)], as: UTF8.self) : ""
    }
}
