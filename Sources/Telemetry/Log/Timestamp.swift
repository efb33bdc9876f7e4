/// RFC 3339 time stamps in UTC, made without a calendar library.
public enum Timestamp {
    /// Appends `2026-11-23T00:47:17.123Z`, 24 bytes. Times before 1970 or past the year 9999 are written as those bounds,
    /// so that the width never changes.
    public static func append(unixMilliseconds: Int64, to bytes: inout [UInt8]) {
        let milliseconds = min(max(unixMilliseconds, 0), 253_402_300_799_999)
        let seconds = milliseconds / 1000
        let date = civil(days: seconds / 86_400)
        let clock = seconds % 86_400
        // One array for the whole text: appending its parts one by one would check the destination 24 times.
        let (year, month, day) = date
        bytes.append(contentsOf: [
            digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), UInt8(ascii: "-"),
            digit(month / 10), digit(month), UInt8(ascii: "-"), digit(day / 10), digit(day), UInt8(ascii: "T"),
            digit(clock / 36_000), digit(clock / 3600 % 10), UInt8(ascii: ":"),
            digit(clock / 600 % 6), digit(clock / 60), UInt8(ascii: ":"), digit(clock % 60 / 10), digit(clock % 10),
            UInt8(ascii: "."), digit(milliseconds / 100), digit(milliseconds / 10), digit(milliseconds),
            UInt8(ascii: "Z"),
        ])
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

    /// The last decimal digit of a number that is not negative.
    private static func digit(_ value: Int64) -> UInt8 {
        UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
    }
}
