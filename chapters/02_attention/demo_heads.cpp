// Four heads on a sentence. Nothing is learned here: the projections are set by hand, so that each head shows one relation that
// queries and keys can express.

#include <array>
#include <iostream>
#include <string>
#include <vector>

#include "demo.hpp"
#include "multi_head.hpp"
#include "wb/picture.hpp"
#include "wb/tensor.hpp"

namespace wb::demo {
namespace {

/// A word as the embedding sees it.
struct Word {
    const char* text;
    int identity;  ///< equal words have equal numbers
    bool noun;     ///< something that a pronoun can stand for
    bool animate;  ///< something that can be tired
    bool pronoun;
    bool content;  ///< carries meaning of its own, unlike 'the' or 'was'
};

constexpr std::array<Word, 12> sentence{{{"the", 0, false, false, false, false},
                                         {"animal", 1, true, true, false, true},
                                         {"did", 2, false, false, false, false},
                                         {"not", 3, false, false, false, true},
                                         {"cross", 4, false, false, false, true},
                                         {"the", 0, false, false, false, false},
                                         {"street", 5, true, false, false, true},
                                         {"because", 6, false, false, false, false},
                                         {"it", 7, false, false, true, false},
                                         {"was", 8, false, false, false, false},
                                         {"too", 9, false, false, false, false},
                                         {"tired", 10, false, false, false, true}}};

constexpr std::size_t length = sentence.size();
// Channels of the embedding: which word (one-hot), where it stands (one-hot), and five features.
constexpr std::size_t identity_at = 0, position_at = length, noun_at = 2 * length, animate_at = noun_at + 1,
                      pronoun_at = noun_at + 2, content_at = noun_at + 3, constant_at = noun_at + 4,
                      channels = noun_at + 5;
constexpr std::size_t num_heads = 4, head_dim = length;

/// @return [1, length, channels]
Tensor<3> embed() {
    auto x = zeros<3>({1, length, channels});
    for (std::size_t t = 0; t < length; ++t) {
        x(0, t, identity_at + static_cast<std::size_t>(sentence[t].identity)) = 1;
        x(0, t, position_at + t) = 1;
        x(0, t, noun_at) = sentence[t].noun ? 1 : 0;
        x(0, t, animate_at) = sentence[t].animate ? 1 : 0;
        x(0, t, pronoun_at) = sentence[t].pronoun ? 1 : 0;
        x(0, t, content_at) = sentence[t].content ? 1 : 0;
        x(0, t, constant_at) = 1;
    }
    return x;
}

/// Projections whose scores, before the scale, are 0 or some multiple of `gain`.
MultiHeadWeights heads_by_hand() {
    constexpr float gain = 16;  // after the scale 16 / sqrt(12) = 4.6, so one match among twelve words gets about 0.9
    MultiHeadWeights weights;
    weights.num_heads = num_heads;
    weights.w_query = zeros<2>({num_heads * head_dim, channels});
    weights.w_key = zeros<2>({num_heads * head_dim, channels});
    weights.w_value = zeros<2>({num_heads, channels});
    weights.w_output = zeros<2>({1, num_heads});
    for (std::size_t i = 0; i < head_dim; ++i) {
        // Head 0, the previous word: the query at position i + 1 looks for position i.
        if (i + 1 < length) weights.w_query(i, position_at + i + 1) = gain;
        weights.w_key(i, position_at + i) = 1;
        // Head 1, the same word wherever it stands.
        weights.w_query(head_dim + i, identity_at + i) = gain;
        weights.w_key(head_dim + i, identity_at + i) = 1;
    }
    // Head 2, what a pronoun stands for: nouns, and animate ones twice as much.
    weights.w_query(2 * head_dim, pronoun_at) = gain;
    weights.w_key(2 * head_dim, noun_at) = 0.5F;
    weights.w_key(2 * head_dim, animate_at) = 0.5F;
    // Head 3, whoever asks: the words that carry meaning.
    weights.w_query(3 * head_dim, constant_at) = gain;
    weights.w_key(3 * head_dim, content_at) = 0.5F;
    return weights;
}

}  // namespace

void draw_heads(const std::filesystem::path& folder) {
    const Tensor<3> x = embed();
    const MultiHeadResult result = multi_head_attention(heads_by_hand(), x, x, x, Mask{});
    constexpr std::array<const char*, num_heads> titles{"the previous word", "the same word",
                                                        "what a pronoun stands for", "words with meaning"};
    std::vector<std::string> words;
    for (const Word& word : sentence) words.emplace_back(word.text);

    std::vector<HeatMap> maps;
    for (std::size_t head = 0; head < num_heads; ++head) {
        HeatMap map;
        map.title = "head " + std::to_string(head) + ": " + titles[head];
        map.values = zeros<2>({length, length});
        for (std::size_t i = 0; i < length; ++i) {
            for (std::size_t j = 0; j < length; ++j) map.values(i, j) = result.weights(0, head, i, j);
        }
        maps.push_back(map);
    }
    HeatMapSheet sheet;
    sheet.title = "Four heads set by hand: how much each word (row) takes from each word (column)";
    sheet.x_ticks = sheet.y_ticks = words;
    sheet.range = {0.0, 1.0};
    sheet.columns = 2;
    const std::filesystem::path file = folder / "heads.png";
    write_heat_maps(file, maps, sheet);
    std::cout << file.string() << ": each row is a word that asks, each column a word that is looked at\n";
}

}  // namespace wb::demo
