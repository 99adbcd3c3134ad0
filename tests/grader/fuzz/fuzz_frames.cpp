/// @file
/// libFuzzer's entry into what a judge reads of a worker: any bytes at all are a frame's header and payload, an answer, a value of any kind
/// that a probe may ask for, and the counters of kernels; or are refused with a CodecError. What is read is written again: the same bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "judge/frame_fault.hpp"
#include "probe/codec.hpp"
#include "probe/reply.hpp"
#include "profile/profile_file.hpp"

namespace {

using namespace wb::grader;
using wb::Tensor;

enum class Colour : std::uint8_t { red, green };

/// As probes declare them: nested, with everything that a value may hold.
struct Snapshot {
    bool full = false;
    Colour colour = Colour::red;
    std::optional<std::string> words;
    std::vector<std::pair<int, Tensor<1>>> rows;
};
auto fields(Snapshot& one) {
    return std::tie(one.full, one.colour, one.words, one.rows);
}

template <class T>
void read(const Bytes& bytes) {
    try {
        Reader reader(bytes);
        const T value = reader.get<T>();
        reader.finish();
        Writer writer;
        writer.put(value);
        if (writer.bytes() != bytes) std::abort();
    } catch (const CodecError&) {  // the right answer to bad bytes
    }
}

template <class... T>
void read_as_each(const Bytes& bytes) {
    (read<T>(bytes), ...);
}

void read_value(const Bytes& bytes) {
    read_as_each<bool, int, double, Colour, std::string, std::vector<float>, std::vector<bool>,
                 std::vector<std::string>, std::vector<std::vector<int>>, std::optional<std::string>,
                 std::pair<int, std::string>, std::tuple<Tensor<2>, std::vector<Tensor<1>>, bool>, Tensor<0>, Tensor<1>,
                 Tensor<2>, Tensor<3>, Tensor<4>, Tensor<5>, Tensor<2, double>, Tensor<2, int>, Tensor<1, bool>,
                 Snapshot, std::vector<Snapshot>, Bytes>(bytes);
}

void read_counters(const Bytes& bytes) {
    std::istringstream text(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    (void)largest_of_each(read_profiles(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto* const begin = reinterpret_cast<const std::byte*>(data);
    const Bytes bytes(begin, begin + size);
    FrameHeader header;
    std::memcpy(&header, data, std::min(size, sizeof header));
    if (frame_fault(header, FrameHeader{}).empty() &&
        (header.magic != FrameHeader{}.magic || header.size > max_frame_bytes))
        std::abort();
    read_value(bytes);
    read_counters(bytes);
    try {
        Reader reader(bytes);
        const auto reply = reader.get<Reply>();
        reader.finish();
        read_value(reply.value);
        read_counters(reply.value);
    } catch (const CodecError&) {
    }
    return 0;
}
