/// @file
/// Writes the cases of exercise 6.14, attention between few tokens. Families:
///
///     sizes  1 to 64 tokens and channels, mostly no multiples of 32     many   heads that gridDim.y cannot count
///     large  scores of +-1e4                                            edges  no heads, no tokens
///     small  for the race build                                       profiled  fills whole warps and blocks
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "mistake.hpp"
#include "token_kernel_oracle.hpp"

namespace wb {
namespace {

const std::vector<std::pair<std::string, oracle::FewTokensFlaws>> mistakes = {
    {"attention whose scores are not scaled: they are divided by sqrt(head_dim)", {.not_scaled = true}},
    {"attention with scores divided by head_dim: it is by its root", {.scaled_by_head_dim = true}},
    {"attention with scores divided by sqrt(tokens): it is by sqrt(head_dim)", {.scaled_by_tokens = true}},
    {"attention with softmax over the queries: the weights of each query sum to 1, not those of each key",
     {.softmax_over_queries = true}},
    {"attention with exp(score - largest) for weights: they are divided by their sum", {.not_divided = true}},
    {"attention in which the keys ask: weights [.., i, j] are those of query i", {.keys_ask = true}},
    {"attention with the keys and values of head 0 for all heads", {.first_head_always = true}},
    {"attention to the first 32 keys alone: a warp has 32 lanes, and there may be 64 keys",
     {.first_warp_of_keys = true}},
    {"attention with scores of the first 32 channels alone: a warp has 32 lanes, and head_dim may be 64",
     {.first_warp_of_channels = true}},
};

struct Sizes {
    std::size_t heads = 1, tokens = 1, head_dim = 1;
};

struct Question {
    Tensor<3> q, k, v;
};

Question drawn(const Sizes& s, Draw& draw) {
    const auto next = [&] { return draw.uniform<3>({s.heads, s.tokens, s.head_dim}, 2); };
    Question question;
    question.q = next();
    question.k = next();
    question.v = next();
    return question;
}

/// Scores of +-1e4 in each row of weights, of the same sign or of both; whole numbers, so that a float holds each score exactly.
Question large(const Sizes& s, bool both_signs, Draw& draw) {
    Question question = drawn(s, draw);
    for (Tensor<3>* x : {&question.q, &question.k})
        for (float& number : *x) number = static_cast<float>(draw.below(3)) - 1.0F;
    const float root = s.head_dim == 64 ? 8.0F : 4.0F;  // of 64 and 16
    for (std::size_t head = 0; head < s.heads; ++head)
        for (std::size_t n = 0; n < s.tokens; ++n) {
            question.q(head, n, 0) = n % 2 == 0 ? 100.0F : -100.0F;
            question.k(head, n, 0) = both_signs && n % 3 == 0 ? -100 * root : 100 * root;
        }
    return question;
}

void write_case(const std::string& family, const std::string& name, const Question& asked) {
    CaseWriter writer("6.14/few_tokens_" + family, name);
    writer.in("q", asked.q).in("k", asked.k).in("v", asked.v);
    const auto right = oracle::few_tokens_attention(asked.q, asked.k, asked.v);
    writer.expected("out", right.out).expected("weights", right.weights);
    if (right.weights.size() > 20'000) return;  // the mistakes are told apart by the smaller ones
    for (const auto& [words, flaw] : mistakes) {
        const auto wrong = oracle::few_tokens_attention(asked.q, asked.k, asked.v, flaw);
        mistake(writer, words, "out", wrong.out, right.out);
        mistake(writer, words, "weights", wrong.weights, right.weights);
    }
}

std::string name_of(const Sizes& s) {
    return shape_name({{"heads", s.heads}, {"tokens", s.tokens}, {"head_dim", s.head_dim}});
}

}  // namespace

WB_CASES(few_tokens_kernel) {
    Draw draw(seed + 6144);
    const std::vector<std::pair<std::string, std::vector<Sizes>>> families = {
        {"sizes",
         {{3, 12, 16},
          {8, 7, 16},
          {2, 20, 64},
          {4, 1, 1},
          {2, 64, 64},
          {3, 33, 32},
          {2, 31, 33},
          {5, 32, 8},
          {1, 63, 1},
          {2, 5, 48}}},
        {"many", {{70'000, 1, 1}}},
        {"edges", {{0, 7, 16}, {3, 0, 16}}},
        {"small", {{2, 5, 6}, {1, 34, 9}, {1, 10, 40}}},
    };
    for (const auto& [family, all] : families)
        for (const Sizes& sizes : all) write_case(family, name_of(sizes), drawn(sizes, draw));
    for (const Sizes& sizes : {Sizes{2, 20, 16}, Sizes{1, 41, 64}}) {
        write_case("large", name_of(sizes) + "_one_sign", large(sizes, false, draw));
        write_case("large", name_of(sizes) + "_both_signs", large(sizes, true, draw));
    }
    const Sizes profiled{2, 64, 64};
    write_case("profiled", name_of(profiled), drawn(profiled, draw));
}

}  // namespace wb
