/// @file
/// libFuzzer's entry into the reader of word pairs: any bytes at all are read, with odd lines reported, or refused with a
/// FileError; what is read is words.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wb/errors.hpp"
#include "wb/word_pairs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        for (const wb::WordPair& pair : wb::parse_word_pairs(text, "fuzz").pairs) {
            if (!wb::why_no_word(pair.source).empty() || !wb::why_no_word(pair.target).empty()) std::abort();
        }
        (void)wb::parse_words(text, "fuzz");
    } catch (const wb::FileError&) {  // the right answer to bytes without a word
    }
    return 0;
}
