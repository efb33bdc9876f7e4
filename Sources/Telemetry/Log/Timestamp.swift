/// RFC 3339 time stamps in UTC, made without a calendar library.
package enum Timestamp {
    /// Appends `2026-11-23T00:47:17.123Z`, 24 bytes. Times before 1970 or past the year 9999 are written as those bounds,
    /// so that the width never changes.
    package static func append(unixMilliseconds: Int64, to bytes: inout [UInt8]) {
        let milliseconds = min(max(unixMilliseconds, 0), 253_402_300_799_999)
        let seconds = milliseconds / 1000
        let date = civil(days: seconds / 86_400)
        let clock = seconds % 86_400
        digits(date.year, 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(date.month, 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(date.day, 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        digits(clock / 3600, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(clock / 60 % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(clock % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        digits(milliseconds % 1000, 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// The Gregorian date of a day counted from 1970-01-01. Years are reckoned from March, so that the leap day ends one
    /// and the lengths of months before it follow one formula; 400 years repeat exactly.
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let fromMarchOfYear0 = days + 719_468
        let era = fromMarchOfYear0 / 146_097
        let dayOfEra = fromMarchOfYear0 % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day)
    }

    private static func digits(_ value: Int64, _ width: Int, to bytes: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        for _ in 0..<width {
            bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}
