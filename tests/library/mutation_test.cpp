/// @file
/// Twenty thousand damaged files for each reader: every one is read or refused with a FileError, and no reader ever
/// asks for more memory than the file's size warrants. The seed is fixed; tests/library/fuzz searches further.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "mutate.hpp"
#include "packed.hpp"
#include "scratch.hpp"
#include "wb/errors.hpp"
#include "wb/idx.hpp"
#include "wb/labelled_pictures.hpp"
#include "wb/npy.hpp"
#include "wb/photo.hpp"
#include "wb/safetensors.hpp"
#include "wb/word_pairs.hpp"

namespace {
std::atomic<std::size_t> largest_request{0};
}

// Replaced for this whole program, to see how much memory is asked for at once. Not inlined: g++ 12 would see malloc's
// memory deleted, or new's freed, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (size > largest_request) largest_request = size;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace wb {
namespace {

const std::filesystem::path goldens = WB_LIBRARY_GOLDENS;

constexpr std::size_t most_deflated_per_byte = 1032;

/// What the damage must come to.
struct Tally {
    int refused, accepted;             ///< at least
    std::size_t memory_per_byte = 32;  ///< of the file: the most that a reader may ask for at once
};
constexpr Tally mostly_refused{.refused = 10'000, .accepted = 100};

class DamagedFiles : public InScratchFolder {
 protected:
    /// Tries 20,000 damaged files.
    /// @param least  as many must be refused, and accepted, or the damage tests too little
    /// @param read  takes the bytes; returns normally or throws FileError
    template <class Read>
    void try_many(const std::string& good, std::size_t header, const Tally& least, const Read& read) {
        Random random(20240229);
        int accepted = 0, refused = 0;
        for (int n = 0; n < 20'000; ++n) {
            const std::string bytes = mutated(good, header, random);
            largest_request = 0;
            try {
                read(bytes);
                ++accepted;
            } catch (const FileError& error) {
                ++refused;
                ASSERT_TRUE(std::string(error.what()).starts_with("damaged: ")) << error.what();
            }
            ASSERT_LE(largest_request, 4096 + least.memory_per_byte * bytes.size())
                << "for a file of " << bytes.size() << " bytes, number " << n;
        }
        EXPECT_GT(refused, least.refused) << "the damage does too little";
        EXPECT_GT(accepted, least.accepted) << "the damage is too crude to get past the first check";
    }
};

TEST_F(DamagedFiles, OfSafeTensorsAreReadOrRefused) {
    const std::string good = read_text(goldens / "python_writes.safetensors");
    constexpr std::size_t data_bytes = 78;
    int turn = 0;
    try_many(good, good.size() - data_bytes, mostly_refused, [&turn](std::string bytes) {
        if (++turn % 4 != 0 &&
            bytes.size() > 8 + data_bytes) {  // mend the header's length, so that most files get past it
            const std::uint64_t header = bytes.size() - 8 - data_bytes;
            std::memcpy(bytes.data(), &header, 8);
        }
        const SafeTensors content = parse_safetensors(as_bytes(bytes), "damaged");
        for (const auto& [name, raw] : content.tensors) {  // what was accepted can be used
            if (raw.shape.size() == 2 && raw.dtype == DType::f32) {
                const Tensor<2> x = content.get<2>(name);
                ASSERT_EQ(x.size() * sizeof(float), raw.bytes.size());
            }
        }
    });
}

TEST_F(DamagedFiles, OfNpyAreReadOrRefused) {
    const std::string good = read_text(goldens / "float32_2x3.npy");
    try_many(good, 60, mostly_refused, [](const std::string& bytes) {
        const RawTensor raw = parse_npy(as_bytes(bytes), "damaged");
        if (raw.shape.size() == 2 && raw.dtype == DType::f32) (void)to_tensor<2>(raw, "damaged: array");
    });
}

// Most damage leaves odd lines, which are no errors; files that lost every pair are refused.
TEST_F(DamagedFiles, OfWordPairsAreReadOrRefusedAndNoLineIsLost) {
    try_many("team eamtay\r\nwell-bred ellway-edbray\n\n23 23\n", 48, Tally{.refused = 100, .accepted = 10'000},
             [](const std::string& bytes) {
                 const WordPairFile file = parse_word_pairs(bytes, "damaged");
                 const auto lines = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n')) +
                                    (bytes.empty() || bytes.back() == '\n' ? 0 : 1);
                 ASSERT_EQ(file.pairs.size() + file.odd.count, lines) << bytes;
                 for (const WordPair& pair : file.pairs)
                     ASSERT_EQ(why_no_word(pair.source) + why_no_word(pair.target), "");
                 for (const std::string& report : file.odd.reports)
                     ASSERT_TRUE(report.starts_with("damaged:")) << report;
             });
}

// What has lost its header is refused, what lies behind is pixels; PNG's data are not compared with their checksum.
TEST_F(DamagedFiles, OfPhotosAreReadOrRefused) {
    const auto read = [](const std::string& bytes) {
        const Tensor<3, std::uint8_t> photo = parse_photo(as_bytes(bytes), "damaged");
        ASSERT_GT(photo.size(), 0);
        ASSERT_LE(photo.shape(2), 4);
    };
    const Tally png{.refused = 5'000, .accepted = 100, .memory_per_byte = 8 * most_deflated_per_byte};
    try_many(read_text(goldens / "photo_4.png"), 41, png, read);
    const Tally jpeg{.refused = 5'000, .accepted = 100, .memory_per_byte = 3 * 512};
    try_many(read_text(goldens / "photo_3.jpg"), 600, jpeg, read);
    try_many(read_text(goldens / "photo_progressive.jpg"), 400, jpeg, read);
    try_many(read_text(goldens / "photo_3.bmp"), 54, Tally{.refused = 5'000, .accepted = 100}, read);
}

TEST_F(DamagedFiles, OfIdxAreReadOrRefused) {
    const std::string good = idx({2, 3, 5}, std::string(30, 'x')), packed = gzipped(good);
    const auto read = [](const std::string& bytes) {
        const RawTensor array = parse_idx(as_bytes(bytes), "damaged");
        std::size_t product = 1;
        for (const std::size_t extent : array.shape) product *= extent;
        ASSERT_EQ(product, array.bytes.size());
    };
    try_many(good, 16, mostly_refused, read);
    constexpr std::size_t inflater = 1 << 15;  // its own buffer, whatever the file
    try_many(packed, packed.size(), Tally{.refused = 10'000, .accepted = 10, .memory_per_byte = inflater}, read);
}

TEST_F(DamagedFiles, OfCifar10AreReadOrRefused) {
    const std::string good(2 * 3073, '\x05');
    const Tally pixels{.refused = 5'000, .accepted = 1'000};
    try_many(good, 2 * 3073, pixels, [](const std::string& bytes) {
        const LabelledPictures set = parse_cifar10(as_bytes(bytes), "damaged");
        ASSERT_EQ(set.pictures.size() + set.size(), bytes.size());
        for (const int label : set.labels) ASSERT_LT(label, 10);
    });
}

TEST_F(DamagedFiles, CutAtEveryLengthAreRefused) {
    for (const char* name : {"python_writes.safetensors", "float32_2x3.npy"}) {
        const std::string good = read_text(goldens / name);
        for (std::size_t length = 0; length < good.size(); ++length) {
            const std::string cut = good.substr(0, length);
            if (std::string(name).ends_with(".npy"))
                EXPECT_THROW(parse_npy(as_bytes(cut), "damaged"), FileError) << length;
            else
                EXPECT_THROW(parse_safetensors(as_bytes(cut), "damaged"), FileError) << length;
        }
    }
}

}  // namespace
}  // namespace wb
