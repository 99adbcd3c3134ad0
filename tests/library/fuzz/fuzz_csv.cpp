/// @file
/// libFuzzer's entry into the CSV reader: any bytes at all are read or refused with a FileError.
#include <cstddef>
#include <cstdint>
#include <span>

#include "wb/csv.hpp"
#include "wb/errors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const wb::CsvTable table = wb::parse_csv(std::as_bytes(std::span(data, size)), "fuzz");
        for (std::size_t row = 0; row < table.num_rows(); ++row) {
            for (std::size_t column = 0; column < table.columns().size(); ++column) {
                (void)table.number(row, column, -1e300, 1e300);
            }
        }
    } catch (const wb::FileError&) {  // the right answer to bad bytes
    }
    return 0;
}
