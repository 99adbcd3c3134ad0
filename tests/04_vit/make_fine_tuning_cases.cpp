/// @file
/// Writes the cases of exercise 4.9. Which pictures, and which number each class has, is drawn anew for each seed of the grader: weights
/// from another time cannot know. Families:
///
///     seeds    a seed, from which its tests draw their small models and pictures
///     augment  pictures, mirrored and moved     augment_white  the same of white ones: what comes in is black
///     rate_0   what a run reports of a model that does not move
///     fashion  pictures of five classes of Fashion-MNIST, and a body that was pretrained on the other five
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fine_tuning_draw.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "picture_worth.hpp"
#include "trusted_augment.hpp"
#include "vit_oracle.hpp"
#include "wb/labelled_pictures.hpp"
#include "wb/random.hpp"
#include "wb/safetensors.hpp"

namespace wb {
namespace {

/// What the body has never seen: Sandal, Shirt, Sneaker, Bag, Ankle boot. Place n holds the class that is called n.
using Classes = std::vector<int>;

/// Of each class, `count` pictures behind the first `skip`, in the order of `order`.
void write_part(CaseWriter& writer, const std::string& name, const LabelledPictures& all, const Classes& classes,
                const std::vector<std::size_t>& order, std::size_t skip, std::size_t count) {
    std::vector<std::size_t> numbers, seen(classes.size());
    std::vector<int> labels;
    for (const std::size_t n : order) {
        const auto found = std::find(classes.begin(), classes.end(), all.labels[n]);
        if (found == classes.end()) continue;
        const std::size_t place = seen[static_cast<std::size_t>(found - classes.begin())]++;
        if (place < skip || place >= skip + count) continue;
        numbers.push_back(n);
        labels.push_back(static_cast<int>(found - classes.begin()));
    }
    auto shape = all.pictures.shape();
    shape[0] = numbers.size();
    Tensor<4, std::uint8_t> pictures(shape);
    const std::size_t size = shape[1] * shape[2] * shape[3];
    for (std::size_t n = 0; n < numbers.size(); ++n)
        std::copy_n(all.pictures.data() + numbers[n] * size, size, pictures.data() + n * size);
    Tensor<1, std::int32_t> numbers_of_classes(std::array<std::size_t, 1>{labels.size()});
    std::copy(labels.begin(), labels.end(), numbers_of_classes.begin());
    writer.in(name + ".pictures", pictures).in(name + ".labels", numbers_of_classes);
}

using trusted::AugmentFlaws;

constexpr std::pair<const char*, AugmentFlaws> augment_mistakes[] = {
    {"those of a shift down that is drawn before the shift to the right", {.down_first = true}},
    {"those of a mirror that is drawn after the shifts", {.flip_last = true}},
    {"those of pictures that are moved first, and mirrored then", {.moves_first = true}},
    {"those of pictures that move to the left and up where they should move to the right and down",
     {.moves_back = true}},
    {"those of a mirror that turns the picture upside down", {.upside_down = true}},
    {"those of pictures where what leaves on one side comes in on the other", {.wraps = true}},
    {"those of pictures where what comes in repeats the edge; it is 0", {.repeats_edge = true}},
    {"those of pictures that are all changed alike: each one has numbers of its own", {.drawn_once = true}}};

void write_augmented(const std::string& family, const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options,
                     std::size_t run_seed) {
    CaseWriter writer(
        "4.9/" + family,
        shape_name({{"flip", options.flip ? 1 : 0}, {"shift", options.shift}, {"channels", pictures.shape(3)}}));
    writer.in("pictures", pictures).number("flip", options.flip ? 1 : 0);
    writer.number("shift", static_cast<double>(options.shift)).number("seed", static_cast<double>(run_seed));
    const auto with = [&](const AugmentFlaws& flaws) {
        Random random(run_seed);
        return Tensor<4, double>(trusted::augment(pictures, options, random, flaws));
    };
    Random random(run_seed);
    const Tensor<4, double> right(trusted::augment(pictures, options, random));
    writer.expected("pictures", right).text("next_bits", std::to_string(random.bits()));
    for (const auto& [words, flaws] : augment_mistakes) {
        const Tensor<4, double> wrong = with(flaws);
        if (wrong != right) writer.mistake(words, "pictures", wrong);
    }
}

void write_augment(Draw draw) {
    for (const AugmentOptions& options : {AugmentOptions{true, 0}, AugmentOptions{false, 2}, AugmentOptions{true, 3}}) {
        const Tensor<4, std::uint8_t> grey = draw_bytes({12, 7, 9, 1}, draw);
        write_augmented("augment", grey, options, draw.below(1000));
        const Tensor<4, std::uint8_t> coloured = draw_bytes({9, 8, 6, 3}, draw);
        write_augmented("augment", coloured, options, draw.below(1000));
    }
    const Tensor<4, std::uint8_t> white(std::array<std::size_t, 4>{20, 5, 4, 2}, std::uint8_t{255});
    write_augmented("augment_white", white, {.flip = false, .shift = 2}, draw.below(1000));
    // of which some pictures leave as a whole
    write_augmented("augment_white", white, {.flip = true, .shift = 7}, draw.below(1000));
}

/// Some of the pictures, in that order.
probes::Pictures chosen(const probes::Pictures& from, std::span<const std::size_t> numbers) {
    auto shape = from.pictures.shape();
    shape[0] = numbers.size();
    probes::Pictures some{Tensor<4, std::uint8_t>(shape), {}};
    const std::size_t size = shape[1] * shape[2] * shape[3];
    for (std::size_t n = 0; n < numbers.size(); ++n) {
        std::copy_n(from.pictures.data() + numbers[n] * size, size, some.pictures.data() + n * size);
        some.labels.push_back(from.labels[numbers[n]]);
    }
    return some;
}

/// The mean loss of an epoch over pictures that are drawn and augmented by the contract; the model does not move.
double augmented_loss(const oracle::Vit& model, const probes::TrainQuestion& run, Random& random) {
    const std::vector<std::size_t> order = random.permutation(run.train.labels.size());
    double loss = 0;
    for (std::size_t begin = 0; begin < order.size(); begin += run.options.batch_size) {
        const std::size_t size = std::min(run.options.batch_size, order.size() - begin);
        probes::Pictures batch = chosen(run.train, std::span(order).subspan(begin, size));
        batch.pictures = trusted::augment(batch.pictures, run.options.augment, random);
        loss += worth_of(model.logits(normalised(batch, run.options)), batch.labels).loss * static_cast<double>(size) /
                static_cast<double>(order.size());
    }
    return loss;
}

/// @param draw  as the tests draw the same run
void write_rate_0(Draw draw) {
    const probes::TrainQuestion run = augmented_run(draw);
    const oracle::Vit model(run.model.weights, run.model.options);
    const auto worth = [&](const probes::Pictures& pictures) {
        return worth_of(model.logits(normalised(pictures, run.options)), pictures.labels);
    };
    Tensor<1, double> augmented(std::array<std::size_t, 1>{static_cast<std::size_t>(run.options.epochs)});
    Random random(run.options.seed);
    for (double& loss : augmented) loss = augmented_loss(model, run, random);
    CaseWriter writer("4.9/rate_0", "small_run");
    writer.number("train_loss", worth(run.train).loss).number("validation_loss", worth(run.validation).loss);
    writer.number("validation_accuracy", worth(run.validation).accuracy).expected("augmented_losses", augmented);
}

WB_CASES(fine_tuning) {
    const std::size_t first = Draw(seed + 49).below(1U << 30U);
    CaseWriter("4.9/seeds", "first").number("seed", static_cast<double>(first));
    write_augment(Draw(first));
    write_rate_0(Draw(first));

    Random random(seed + 490);
    Classes classes;
    for (const std::size_t number : random.permutation(5)) classes.push_back(static_cast<int>(5 + number));
    const LabelledPictures train = read_fashion_mnist(Part::train), test = read_fashion_mnist(Part::test);
    const std::vector<std::size_t> order = random.permutation(train.size()), unseen = random.permutation(test.size());
    CaseWriter writer("4.9/fashion", "five_classes");
    write_part(writer, "train", train, classes, order, 0, 100);
    write_part(writer, "validation", train, classes, order, 100, 40);
    write_part(writer, "unseen", test, classes, unseen, 0, 600);
    const SafeTensors body = read_safetensors(WB_PRETRAINED_VIT);
    for (const auto& [name, raw] : body.tensors) {
        RawTensor flat = raw;
        flat.shape = {raw.bytes.size() / sizeof(float)};
        writer.in("weights." + name, to_tensor<1, float>(flat, name));
    }
}

}  // namespace
}  // namespace wb
