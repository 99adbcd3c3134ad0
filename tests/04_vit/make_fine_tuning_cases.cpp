/// @file
/// Writes the cases of exercise 4.9: a seed, from which its tests draw their small models and pictures; and pictures of five classes
/// of Fashion-MNIST with a body that was pretrained on the other five. Which pictures, and which number each class has, is drawn
/// anew for each seed of the grader: weights from another time cannot know.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
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

WB_CASES(fine_tuning) {
    Draw draw(seed + 49);
    CaseWriter("4.9/seeds", "first").number("seed", static_cast<double>(draw.below(1U << 30U)));

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
