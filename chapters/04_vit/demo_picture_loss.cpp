#include "demo_picture_loss.hpp"

#include <algorithm>
#include <cmath>

#include "wb/autograd/losses.hpp"

namespace wb::demo {
namespace {

/// The pixels of pictures begin .. end - 1, as a model reads them: [end - begin, channels, height, width].
Tensor<4> normalised(const LabelledPictures& from, std::size_t begin, std::size_t end, const ChannelStatistics& scale) {
    const std::size_t channels = from.pictures.shape(3), area = from.pictures.shape(1) * from.pictures.shape(2);
    Tensor<4> pixels(std::array<std::size_t, 4>{end - begin, channels, from.pictures.shape(1), from.pictures.shape(2)});
    const std::uint8_t* bytes = from.pictures.data() + begin * area * channels;
    for (std::size_t i = 0; i < (end - begin) * area; ++i) {  // each place of each picture
        for (std::size_t c = 0; c < channels; ++c) {
            const float value = static_cast<float>(*bytes++) / 255.0F;
            pixels.data()[((i / area) * channels + c) * area + i % area] = (value - scale.mean[c]) / scale.std[c];
        }
    }
    return pixels;
}

}  // namespace

ChannelStatistics channel_statistics(const LabelledPictures& pictures) {
    const std::size_t channels = pictures.pictures.shape(3), count = pictures.pictures.size() / channels;
    ChannelStatistics result;
    for (std::size_t c = 0; c < channels; ++c) {
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const double value = static_cast<double>(pictures.pictures.data()[i * channels + c]) / 255;
            sum += value;
            squares += value * value;
        }
        const double mean = sum / static_cast<double>(count);
        result.mean.push_back(static_cast<float>(mean));
        result.std.push_back(static_cast<float>(std::sqrt(squares / static_cast<double>(count) - mean * mean)));
    }
    return result;
}

DataParallel<float>::LossFunction picture_loss(const VisionTransformer& model, const LabelledPictures& pictures,
                                               const ChannelStatistics& scale, std::size_t first,
                                               std::vector<char>* right) {
    return [&model, &pictures, &scale, first, right](Tape<float>& tape, const Shard& shard) {
        const std::size_t begin = first + shard.begin, end = first + shard.end, classes = model.options.classes;
        const std::span<const int> labels = std::span(pictures.labels).subspan(begin, shard.size());
        const Var<float> logits = model(tape, normalised(pictures, begin, end, scale));
        for (std::size_t n = 0; right != nullptr && n < shard.size(); ++n) {
            const auto row = logits.value().subspan(n * classes, classes);
            (*right)[begin + n] = std::max_element(row.begin(), row.end()) - row.begin() == labels[n] ? 1 : 0;
        }
        return ShardLoss<float>{cross_entropy(logits, labels), static_cast<double>(shard.size())};
    };
}

PictureResult evaluate_pictures(DataParallel<float>& parallel, const VisionTransformer& model,
                                const LabelledPictures& pictures, const ChannelStatistics& scale) {
    const std::size_t count = pictures.size(), at_once = 512;  // of which the tapes' memory is made
    std::vector<char> right(count);
    PictureResult result;
    for (std::size_t first = 0; first < count; first += at_once) {
        const std::size_t size = std::min(at_once, count - first);
        result.loss += parallel.evaluate(size, picture_loss(model, pictures, scale, first, &right)) *
                       static_cast<double>(size) / static_cast<double>(count);
    }
    result.accuracy = static_cast<double>(std::count(right.begin(), right.end(), 1)) / static_cast<double>(count);
    return result;
}

}  // namespace wb::demo
