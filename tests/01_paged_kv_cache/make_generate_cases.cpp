/// @file
/// Cases of exercise 1.13. The texts come from the given reference on the unpaged cache, run here.
///
/// A submission may sum in another order, which moves a logit by about 1e-5 (the reference itself is within 6e-6 of float64). So a
/// text whose closest decision is not clear is thrown away and another one is drawn: then every correct program finds the same
/// tokens. Greedy texts must win by 1e-3 in each logit, beams by 1e-3 in each log-probability, draws must lie 1e-4 in
/// probability from any other token.
#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>

#include "generate_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

using probes::GenerationPool;

constexpr double clear_logit = 1e-3, clear_draw = 1e-4;
constexpr int most_attempts = 1000;

/// What prompts begin with.
constexpr std::array<const char*, 10> sentences{
    "Elinor could not be surprised at their want of curiosity, for she had none herself to spare.",
    "Mrs. Jennings was by no means silent on the subject of the letter, and every body else was.",
    "\"You must allow me, my dear Marianne,\" said her sister, \"to think better of him than you do.\"",
    "The cottage was small but dry; it stood at the end of the lane, and nobody ever came by.",
    "It was some time before Colonel Brandon spoke again, and then only of the weather and the roads.",
    "Of all the young men in the county, there was but one who never offended her by his opinions.",
    "They had not been a week in town, when Sir John brought home a party of ten to dinner.",
    "Edward came into the room, and looked as if he would have given much to be out of it.",
    "Her mother had hopes, and where she had hopes she had very soon a certainty as well.",
    "Lady Middleton was pleased with whatever gave no trouble; the children gave a great deal."};

/// The first characters of a sentence.
std::vector<int> prompt_of(Draw& draw, std::size_t length) {
    const std::string sentence = sentences.at(draw.below(sentences.size()));
    return char_model().encode(sentence.substr(0, length));
}

/// Draws until what comes of it is clear.
/// @param attempt  draws, and returns whether what it drew is clear
void until_clear(const std::function<bool()>& attempt) {
    for (int i = 0; i < most_attempts; ++i) {
        if (attempt()) return;
    }
    throw std::runtime_error("1.13: no clear text in " + std::to_string(most_attempts) + " attempts");
}

/// What a request looks like, but for the prompt's words and the seed.
struct Shape {
    std::size_t prompt_len = 20;
    int max_new_tokens = 20;
    int num_sequences = 1;
    char stop = '\0';
    double temperature = 0;
};

/// A request whose text is clear, and its text.
struct Drawn {
    GenerationRequest request;
    std::vector<std::vector<int>> sequences;
};

/// @param prompt  empty: one is drawn
Drawn draw_clear(Draw& draw, std::size_t number, const Shape& shape, const std::vector<int>& prompt = {}) {
    Drawn drawn;
    until_clear([&] {
        GenerationRequest& request = drawn.request;
        request.id = static_cast<std::int64_t>(10 * number);
        request.prompt = prompt.empty() ? prompt_of(draw, shape.prompt_len) : prompt;
        request.max_new_tokens = shape.max_new_tokens;
        request.num_sequences = shape.num_sequences;
        request.stop_token = shape.stop == '\0' ? -1 : char_model().encode({&shape.stop, 1}).front();
        request.sampling = {shape.temperature, draw.below(1U << 30U)};
        const UnpagedText text = generate_unpaged(char_model(), request);
        drawn.sequences = text.sequences;
        const auto [shortest, longest] = std::ranges::minmax_element(text.sequences, {}, &std::vector<int>::size);
        const bool together = shape.stop != '\0' && shape.num_sequences > 1 && shortest->size() == longest->size();
        if (together) return false;  // samples that stop shall leave siblings that go on
        return text.margin >= (shape.temperature > 0 ? clear_draw : clear_logit);
    });
    return drawn;
}

void write_expected(CaseWriter& writer, const std::vector<Drawn>& drawn) {
    std::vector<GenerationRequest> requests;
    for (std::size_t r = 0; r < drawn.size(); ++r) {
        requests.push_back(drawn[r].request);
        for (std::size_t s = 0; s < drawn[r].sequences.size(); ++s) {
            writer.text(generate_case::expected(r, s), char_model().decode(drawn[r].sequences[s]));
        }
    }
    generate_case::write_requests(writer, requests);
}

void write_case(Draw& draw, const std::string& family, const std::string& name, const GenerationPool& pool,
                const std::vector<Shape>& shapes) {
    std::vector<Drawn> drawn;
    for (const Shape& shape : shapes) drawn.push_back(draw_clear(draw, drawn.size(), shape));
    CaseWriter writer("1.13/" + family, name);
    generate_case::write_pool(writer, pool);
    write_expected(writer, drawn);
}

void write_logits(Draw& draw, const std::string& name, std::size_t length, int split, const GenerationPool& pool) {
    CharModel& model = char_model();
    const std::vector<int> tokens = prompt_of(draw, length);
    std::vector<int> positions;
    for (std::size_t t = 0; t < tokens.size(); ++t) positions.push_back(static_cast<int>(t));
    ContiguousCache cache(model.sizes().num_layers);
    const Tensor<2> logits = model.logits(tokens, positions, cache);
    CaseWriter writer("1.13/logits", name);
    generate_case::write_pool(writer, pool);
    writer.text("text", model.decode(tokens)).number("split", split).expected("logits", Tensor<2, double>(logits));
}

void write_beams(Draw& draw, const std::string& name, std::size_t prompt_len, int width, int num_new_tokens,
                 const GenerationPool& pool) {
    std::vector<int> prompt;
    UnpagedBeams found;
    until_clear([&] {
        prompt = prompt_of(draw, prompt_len);
        found = beams_unpaged(char_model(), prompt, width, num_new_tokens);
        return found.margin >= clear_logit;
    });
    CaseWriter writer("1.13/beams", name);
    generate_case::write_pool(writer, pool);
    writer.text("prompt", char_model().decode(prompt)).number("width", width).number("num_new_tokens", num_new_tokens);
    Tensor<1, double> log_probs(std::array{found.beams.size()});
    for (std::size_t i = 0; i < found.beams.size(); ++i) {
        log_probs(i) = found.beams[i].log_prob;
        writer.text(generate_case::expected(0, i), char_model().decode(found.beams[i].tokens));
    }
    writer.expected("log_probs", log_probs);
}

/// How many of a prompt's tokens lie in full blocks that earlier requests have computed; the last token never does.
int cached_tokens(const std::vector<std::vector<int>>& computed, const std::vector<int>& prompt, int block_size) {
    std::ptrdiff_t longest = 0;
    for (const std::vector<int>& earlier : computed) {
        longest = std::max(longest, std::ranges::mismatch(earlier, prompt).in2 - prompt.begin());
    }
    const auto most = std::min(longest, static_cast<std::ptrdiff_t>(prompt.size()) - 1);
    return static_cast<int>(most) / block_size * block_size;
}

/// Requests that share the start of their prompts: a common instruction, the same prompt again, a conversation that goes on.
void write_prefixes(Draw& draw, const std::string& name, const GenerationPool& pool, bool everything_stays) {
    std::vector<Drawn> drawn;
    std::vector<std::vector<int>> computed;
    std::vector<double> tokens_computed;
    const auto serve = [&](const std::vector<int>& prompt, int max_new_tokens, double temperature) {
        const Drawn next =
            draw_clear(draw, drawn.size(), {.max_new_tokens = max_new_tokens, .temperature = temperature}, prompt);
        const int hits = cached_tokens(computed, prompt, pool.block_size);
        computed.push_back(prompt);
        computed.back().insert(computed.back().end(), next.sequences[0].begin(), next.sequences[0].end() - 1);
        tokens_computed.push_back(static_cast<double>(computed.back().size()) - hits);
        drawn.push_back(next);
    };
    const auto then = [](std::vector<int> tokens, const std::vector<int>& more) {
        tokens.insert(tokens.end(), more.begin(), more.end());
        return tokens;
    };
    until_clear([&] {  // also over the common beginning, since a prompt that is given cannot be drawn again
        try {
            drawn.clear(), computed.clear(), tokens_computed.clear();
            const std::vector<int> common = prompt_of(draw, 40);
            serve(then(common, prompt_of(draw, 17)), 12, 0.7);
            serve(then(common, prompt_of(draw, 9)), 15,
                  0.7);  // 64 tokens, of which the last is not computed: 7 full blocks of 8
            serve(drawn[0].request.prompt, 12, 0.7);
            serve(prompt_of(draw, 23), 14, 0.7);
            serve(then(then(drawn[1].request.prompt, drawn[1].sequences[0]), prompt_of(draw, 12)), 8, 0.7);
            serve(std::vector<int>(common.begin(), common.begin() + 32), 5,
                  0.7);  // full blocks alone: the last is computed
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    });
    CaseWriter writer("1.13/prefixes", name);
    generate_case::write_pool(writer, pool);
    write_expected(writer, drawn);
    if (everything_stays) {
        Tensor<1, double> counts(std::array{tokens_computed.size()});
        std::ranges::copy(tokens_computed, counts.begin());
        writer.expected("tokens_computed", counts);
    }
}

}  // namespace

WB_CASES(generate) {
    Draw draw(seed + 113);
    write_logits(draw, "one_block", 5, 3, {8, 4, 4, false});
    write_logits(draw, "split_at_a_border", 40, 16, {8, 12, 9, false});
    write_logits(draw, "split_in_a_block", 61, 37, {4, 20, 12, false});
    write_logits(draw, "block_size_1", 23, 22, {1, 32, 24, false});

    write_case(draw, "greedy", "one_request", {16, 12, 0, false}, {{.prompt_len = 40, .max_new_tokens = 60}});
    write_case(draw, "greedy", "three_requests", {4, 64, 0, false},
               {{.prompt_len = 17, .max_new_tokens = 24}, {.prompt_len = 16, .max_new_tokens = 8}, {.prompt_len = 33}});
    write_case(draw, "greedy", "shortest", {4, 16, 0, false},
               {{.prompt_len = 1, .max_new_tokens = 9}, {.prompt_len = 4, .max_new_tokens = 1}, {.prompt_len = 5}});
    // The second request needs 20 blocks of a pool of 16. The others wait for each other.
    write_case(draw, "rejected", "too_long", {4, 16, 0, false},
               {{.prompt_len = 30}, {.prompt_len = 60}, {.prompt_len = 31}, {.prompt_len = 12}});

    write_case(draw, "samples", "four", {4, 80, 0, false},
               {{.prompt_len = 18, .max_new_tokens = 30, .num_sequences = 4, .temperature = 0.8}});
    write_case(draw, "samples", "full_last_block", {8, 40, 0, false},
               {{.prompt_len = 32, .max_new_tokens = 20, .num_sequences = 3, .temperature = 0.8}});
    write_case(draw, "stop", "two_requests", {4, 80, 0, false},
               {{.prompt_len = 19, .max_new_tokens = 25, .num_sequences = 4, .stop = 'e', .temperature = 1.0},
                {.prompt_len = 11, .max_new_tokens = 25, .num_sequences = 3, .stop = ' ', .temperature = 1.0}});

    // Three requests of 5 + 1 blocks are admitted at once and grow to 15 each: 45 blocks do not fit into 24.
    const Shape grows{.prompt_len = 20, .max_new_tokens = 40, .temperature = 0.8};
    write_case(draw, "recompute", "three_requests", {4, 24, 0, false}, {grows, grows, grows});
    write_case(draw, "recompute", "greedy", {4, 24, 24, false},
               {{.max_new_tokens = 40}, {.max_new_tokens = 40}, grows});
    write_case(draw, "swap", "three_requests", {4, 24, 24, true}, {grows, grows, grows});
    // Groups of 3, 1 and 2 samples: the largest could run alone, but the first and the last
    // grow to 4 + 3 * 7 and 4 + 2 * 7 blocks, which do not fit together.
    const std::vector<Shape> groups{{.prompt_len = 18, .max_new_tokens = 24, .num_sequences = 3, .temperature = 0.8},
                                    {.prompt_len = 18, .max_new_tokens = 24, .stop = 'h', .temperature = 0.8},
                                    {.prompt_len = 18, .max_new_tokens = 24, .num_sequences = 2, .temperature = 0.8}};
    write_case(draw, "swap", "samples", {4, 38, 38, true}, groups);
    write_case(draw, "swap", "samples_under_recompute", {4, 38, 38, false}, groups);
    write_case(draw, "no_swap_space", "samples", {4, 38, 0, true}, groups);

    write_beams(draw, "four", 21, 4, 24, {4, 80, 0, false});
    write_beams(draw, "prompt_of_full_blocks", 32, 3, 12, {8, 32, 0, false});
    write_beams(draw, "one_token", 10, 5, 1, {4, 16, 0, false});

    write_prefixes(draw, "all_stay", {8, 64, 0, false}, true);
    write_prefixes(draw, "evicted", {8, 12, 0, false}, false);
}

}  // namespace wb
