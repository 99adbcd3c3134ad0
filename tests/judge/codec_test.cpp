// Values survive the pipe, and no bytes can hurt the reader.

#include <gtest/gtest.h>

#include <random>

#include "probes.hpp"

namespace wb::grader {
namespace {

probes::Everything sample() {
    probes::Everything e;
    e.flag = true;
    e.count = -3;
    e.ratio = 0.1;
    e.text = std::string("a\0b", 3);
    e.numbers = {1, 2, 3};
    e.words = {"", "query"};
    e.maybe = 2.5F;
    e.pair = {7, "seven"};
    e.cube = Tensor<3>(Tensor<3>::shape_type{2, 1, 3}, 1.5F);
    e.matrix = Tensor<2, double>(Tensor<2, double>::shape_type{0, 4});
    e.flags = Tensor<1, bool>(Tensor<1, bool>::shape_type{2}, true);
    return e;
}

Bytes encoded(const probes::Everything& e) {
    Writer writer;
    writer.put(e);
    return writer.take();
}

TEST(Codec, EveryKindOfValueComesBackAsItWent) {
    const probes::Everything before = sample();
    const Bytes bytes = encoded(before);
    Reader reader(bytes);
    const auto after = reader.get<probes::Everything>();
    EXPECT_NO_THROW(reader.finish());
    EXPECT_EQ(after.flag, before.flag);
    EXPECT_EQ(after.count, before.count);
    EXPECT_EQ(after.ratio, before.ratio);
    EXPECT_EQ(after.text, before.text);
    EXPECT_EQ(after.numbers, before.numbers);
    EXPECT_EQ(after.words, before.words);
    EXPECT_EQ(after.maybe, before.maybe);
    EXPECT_EQ(after.pair, before.pair);
    EXPECT_EQ(after.cube.shape(), before.cube.shape());
    EXPECT_EQ(after.cube, before.cube);
    EXPECT_EQ(after.matrix.shape(), before.matrix.shape());
    EXPECT_EQ(after.flags, before.flags);
}

TEST(Codec, EveryTruncationIsAnError) {
    const Bytes whole = encoded(sample());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        Reader reader(part);
        EXPECT_THROW(reader.get<probes::Everything>(), CodecError) << size << " of " << whole.size() << " bytes";
    }
}

TEST(Codec, LeftOverBytesAreAnError) {
    Bytes bytes = encoded(sample());
    bytes.push_back(std::byte{0});
    Reader reader(bytes);
    reader.get<probes::Everything>();
    EXPECT_THROW(reader.finish(), CodecError);
}

TEST(Codec, CountsBeyondTheBytesAreRefusedBeforeAnythingIsAllocated) {
    Writer writer;
    writer.put<std::uint64_t>(~std::uint64_t{0} / 2);
    Reader as_vector(writer.bytes());
    EXPECT_THROW(as_vector.get<std::vector<double>>(), CodecError);
    Reader as_text(writer.bytes());
    EXPECT_THROW(as_text.get<std::string>(), CodecError);
}

TEST(Codec, TensorShapesWhoseProductOverflowsAreRefused) {
    Writer writer;
    for (int axis = 0; axis < 3; ++axis) writer.put<std::uint64_t>(std::uint64_t{1} << 30);
    Reader reader(writer.bytes());
    EXPECT_THROW(reader.get<Tensor<3>>(), CodecError);
}

TEST(Codec, StridesOfAnEmptyTensorAreHeldAgainstWhatTheyCanBe) {  // found by fuzz_frames
    Writer writer;
    writer.put<std::uint64_t>(0);  // an axis of 0, so that no byte bounds the others
    for (const std::uint64_t extent : {std::uint64_t{1} << 27, std::uint64_t{1} << 36}) writer.put(extent);
    Reader reader(writer.bytes());
    EXPECT_THROW(reader.get<Tensor<3>>(), CodecError);
}

TEST(Codec, BytesOtherThanZeroAndOneAreNoBool) {
    Writer writer;
    writer.put<std::uint64_t>(1);
    writer.put<std::uint8_t>(2);
    Reader reader(writer.bytes());
    EXPECT_THROW((reader.get<Tensor<1, bool>>()), CodecError);
}

TEST(Codec, HundredThousandDamagedFramesNeverCrashTheReader) {
    const Bytes whole = encoded(sample());
    std::mt19937_64 random(20261124);
    int refused = 0;
    for (int round = 0; round < 100'000; ++round) {
        Bytes damaged = whole;
        for (int flips = static_cast<int>(random() % 4); flips >= 0; --flips) {
            damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        }
        if (random() % 4 == 0) damaged.resize(random() % damaged.size());
        try {
            Reader reader(damaged);
            reader.get<probes::Everything>();
            reader.finish();
        } catch (const CodecError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 30'000) << "damage that is never refused was not looked for";
}

}  // namespace
}  // namespace wb::grader
