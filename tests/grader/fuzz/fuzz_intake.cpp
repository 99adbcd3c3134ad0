/// @file
/// libFuzzer's entry into the intake of submissions: any bytes at all are read as an archive within the limits, or refused with a
/// FileError. Each input is tried twice: as it is, and as the tar inside a .tar.gz.
#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "intake/archive_source.hpp"
#include "text/utf8.hpp"
#include "wb/errors.hpp"

namespace {

using namespace wb::grader;

Course small_course() {
    Course course;
    course.chapters.push_back({"01_numbers", "Numbers", {}});
    Exercise exercise;
    exercise.id = "1.1";
    exercise.files = {"twice.cpp", "row_sum.cu"};
    course.chapters[0].exercises.push_back(exercise);
    return course;
}

void read(std::span<const std::byte> bytes) {
    static const Course course = small_course();
    constexpr IntakeLimits limits{.archive_bytes = 1 << 20,
                                  .unpacked_bytes = 1 << 18,
                                  .entries = 50,
                                  .file_bytes = 1 << 12,
                                  .total_bytes = 1 << 14};
    try {
        const Intake intake = read_archive(bytes, "fuzz", course, limits);
        for (const auto& [place, content] : intake.files) {
            if (place != "01_numbers/twice.cpp" && place != "01_numbers/row_sum.cu") std::abort();
            if (content.size() > limits.file_bytes) std::abort();
        }
        if (intake.left_out.size() > limits.entries) std::abort();
        for (const LeftOut& one : intake.left_out) {
            if (one.reason.empty() || !is_utf8(one.path)) std::abort();
        }
    } catch (const wb::FileError&) {  // the right answer to bad bytes
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read(std::as_bytes(std::span(data, size)));
    std::array<std::uint8_t, 1 << 14> packed{};
    z_stream stream{};
    if (size > packed.size() / 2 || deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 1, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    stream.next_in = const_cast<Bytef*>(data);
    stream.avail_in = static_cast<uInt>(size);
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    (void)deflate(&stream, Z_FINISH);
    const std::size_t packed_size = stream.total_out;
    (void)deflateEnd(&stream);
    read(std::as_bytes(std::span(packed).first(packed_size)));
    return 0;
}
