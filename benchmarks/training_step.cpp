/// @file
/// A training step of chapter 5's translator (forward, backward, Adam) against PyTorch on the same model, batch and threads.
///
///     training_step [--threads N] [--rounds R] [--shards S] [--rival PATH] [--only NAME]
///
/// The model is the source homework's: one head without output projection, no layer norm, Linear + ReLU for a feed-forward,
/// residual sums; lengths 8 -> 11, 29 characters. The two take turns, R rounds, and each counts with its fastest: neighbours
/// on a shared machine only ever slow one down. Goals: 1/4 of PyTorch's time at batch 64, 2/5 at batch 512.
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "wb/nn/nn.hpp"
#include "wb/random.hpp"
#include "wb/training/adam.hpp"
#include "wb/training/data_parallel.hpp"

namespace {

using namespace wb;
using V = Var<float>;

constexpr std::size_t source_length = 8, target_length = 11, vocabulary = 29;

struct Sizes {
    const char* name;
    std::size_t hidden, layers, batch;
};
constexpr Sizes all_sizes[] = {
    {"h32-L4-B64", 32, 4, 64}, {"h64-L3-B64", 64, 3, 64}, {"h32-L3-B512", 32, 3, 512}, {"h64-L3-B512", 64, 3, 512}};

struct EncoderLayer {
    MultiHeadAttention<float> self_attention;
    Linear<float> feed_forward;
    V operator()(V x) const {
        x = x + self_attention(x, x);
        return x + feed_forward(x, Activation::relu);
    }
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "self_attn", self_attention);
        out.add_module(prefix, "feed_forward", feed_forward);
    }
};

struct DecoderLayer {
    MultiHeadAttention<float> self_attention, cross_attention;
    Linear<float> feed_forward;
    V operator()(V y, V annotations) const {
        y = y + self_attention(y, y, {.causal = true});
        y = y + cross_attention(y, annotations);
        return y + feed_forward(y, Activation::relu);
    }
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "self_attn", self_attention);
        out.add_module(prefix, "cross_attn", cross_attention);
        out.add_module(prefix, "feed_forward", feed_forward);
    }
};

class Translator {
 public:
    Translator(const Sizes& sizes, Random& random)
        : source_embedding_(vocabulary, sizes.hidden, random),
          target_embedding_(vocabulary, sizes.hidden, random),
          out_(sizes.hidden, vocabulary, random),
          positions_(sinusoidal_positions<float>(32, sizes.hidden)) {
        const MultiHeadAttentionOptions one_head{.output_projection = false};
        const std::size_t h = sizes.hidden;
        for (std::size_t n = 0; n < sizes.layers; ++n) {
            encoder_.push_back({{h, one_head, random}, {h, h, random}});
            decoder_.push_back({{h, one_head, random}, {h, one_head, random}, {h, h, random}});
        }
    }
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "source_embedding", source_embedding_);
        out.add_module(prefix, "target_embedding", target_embedding_);
        out.add_modules(prefix, "encoder", encoder_);
        out.add_modules(prefix, "decoder", decoder_);
        out.add_module(prefix, "out", out_);
    }
    V operator()(Tape<float>& tape, std::span<const int> source, std::span<const int> target, std::size_t batch) const {
        V x = source_embedding_(tape, source, {batch, source_length}) + positions(tape, source_length);
        for (const EncoderLayer& layer : encoder_) x = layer(x);
        V y = target_embedding_(tape, target, {batch, target_length}) + positions(tape, target_length);
        for (const DecoderLayer& layer : decoder_) y = layer(y, x);
        return out_(y);
    }

 private:
    V positions(Tape<float>& tape, std::size_t length) const {
        const std::size_t h = positions_.shape(1);
        return tape.constant(Shape{length, h}, {positions_.data(), length * h});
    }
    Embedding<float> source_embedding_, target_embedding_;
    std::vector<EncoderLayer> encoder_;
    std::vector<DecoderLayer> decoder_;
    Linear<float> out_;
    Tensor<2> positions_;
};

/// Seconds of the fastest of `steps` steps.
class OurSteps {
 public:
    OurSteps(const Sizes& sizes, std::size_t shards)
        : batch_(sizes.batch),
          model_(sizes, random_),
          parameters_(model_),
          adam_(parameters_),
          parallel_(parameters_, shards) {
        for (auto [list, length] :
             {std::pair{&source_, source_length}, {&target_, target_length}, {&expected_, target_length}}) {
            for (std::size_t i = 0; i < sizes.batch * length; ++i) list->push_back(int(random_.below(vocabulary)));
        }
    }
    double fastest(int steps) {
        double best = std::numeric_limits<double>::infinity();
        for (int n = 0; n < steps; ++n) {
            const auto start = std::chrono::steady_clock::now();
            parallel_.gradients(batch_, [&](Tape<float>& tape, const Shard& shard) {
                const auto piece = [&](const std::vector<int>& all, std::size_t length) {
                    return std::span(all).subspan(shard.begin * length, shard.size() * length);
                };
                const V logits =
                    model_(tape, piece(source_, source_length), piece(target_, target_length), shard.size());
                const std::span<const int> expected = piece(expected_, target_length);
                return ShardLoss<float>{cross_entropy(logits, expected), double(expected.size())};
            });
            adam_.step(5e-4);
            best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return best;
    }
    [[nodiscard]] std::size_t parameters() const { return parameters_.count(); }
    [[nodiscard]] std::size_t capacity() const { return parallel_.capacity(); }

 private:
    Random random_{1};
    std::size_t batch_;
    Translator model_;
    ParameterList<float> parameters_;
    Adam<float> adam_;
    DataParallel<float> parallel_;
    std::vector<int> source_, target_, expected_;
};

/// Runs the rival, which prints its fastest time in seconds. @return infinity when it cannot run
double rival_seconds(const std::string& path, const Sizes& sizes, int threads) {
    const std::string command = "/usr/bin/python3 '" + path + "' --threads " + std::to_string(threads) + " --hidden " +
                                std::to_string(sizes.hidden) + " --layers " + std::to_string(sizes.layers) +
                                " --batch " + std::to_string(sizes.batch) + " 2>/dev/null";
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return std::numeric_limits<double>::infinity();
    double seconds = 0;
    const int found = std::fscanf(pipe, "%lf", &seconds);
    const int status = pclose(pipe);
    return found == 1 && status == 0 ? seconds : std::numeric_limits<double>::infinity();
}

}  // namespace

int main(int argc, char** argv) {
    int threads = omp_get_max_threads(), rounds = 3;
    std::size_t shards = 0;
    std::string rival = WB_TRAINING_RIVAL, only;
    for (int n = 1; n + 1 < argc; n += 2) {
        if (std::strcmp(argv[n], "--threads") == 0) threads = std::max(1, std::atoi(argv[n + 1]));
        if (std::strcmp(argv[n], "--rounds") == 0) rounds = std::max(1, std::atoi(argv[n + 1]));
        if (std::strcmp(argv[n], "--shards") == 0) shards = std::size_t(std::max(1, std::atoi(argv[n + 1])));
        if (std::strcmp(argv[n], "--rival") == 0) rival = argv[n + 1];
        if (std::strcmp(argv[n], "--only") == 0) only = argv[n + 1];
    }
    if (shards == 0) shards = std::size_t(threads);
    std::printf("training step, lengths %zu -> %zu, %d threads, %zu shards, fastest of %d rounds, ms\n", source_length,
                target_length, threads, shards, rounds);
    std::printf("%-12s %10s %9s %9s %8s %10s %10s %8s\n", "model", "parameters", "1 thread", "all", "scaling",
                "tapes, MB", "PyTorch", "ratio");
    for (const Sizes& sizes : all_sizes) {
        if (!only.empty() && only != sizes.name) continue;
        OurSteps ours(sizes, shards);
        double one = std::numeric_limits<double>::infinity(), many = one, theirs = one;
        for (int round = 0; round < rounds; ++round) {
            omp_set_num_threads(1);
            one = std::min(one, ours.fastest(30));
            omp_set_num_threads(threads);
            many = std::min(many, ours.fastest(30));
            if (rival != "none") theirs = std::min(theirs, rival_seconds(rival, sizes, threads));
        }
        std::printf("%-12s %10zu %9.2f %9.2f %8.2f %10.1f ", sizes.name, ours.parameters(), one * 1e3, many * 1e3,
                    one / many, double(ours.capacity()) / 1e6);
        if (theirs < std::numeric_limits<double>::infinity()) {
            std::printf("%10.2f %8.2f\n", theirs * 1e3, many / theirs);
        } else {
            std::printf("   skipped: '/usr/bin/python3 %s' did not run (Debian: python3-torch)\n", rival.c_str());
        }
    }
    return 0;
}
