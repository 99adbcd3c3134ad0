#include "vit_config.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

using Json = nlohmann::json;

/// The keys of one file's object, or of an object in it.
class Settings {
 public:
    Settings(std::string where, Json values) : where_(std::move(where)), values_(std::move(values)) {
        if (!values_.is_object())
            throw FileError(where_ + ": should be an object, got " + std::string(values_.type_name()));
    }

    [[nodiscard]] bool contains(const char* key) const { return values_.contains(key) && !values_.at(key).is_null(); }
    [[nodiscard]] const Json& at(const char* key) const {
        if (!contains(key)) throw FileError(where_ + ": has no \"" + key + "\"");
        return values_.at(key);
    }
    [[noreturn]] void refuse(const std::string& key, const std::string& wanted, const Json& got) const {
        std::string text = got.dump(-1, ' ', true, Json::error_handler_t::replace);
        if (text.size() > 60) text = text.substr(0, 60) + " ..";
        throw FileError(where_ + ": \"" + key + "\" should be " + wanted + ", got " + text);
    }
    /// A whole number from 1 to `most`.
    [[nodiscard]] std::size_t count(const char* key, std::size_t most) const {
        const Json& value = at(key);
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() < 1 || value.get<std::uint64_t>() > most)
            refuse(key, "a whole number from 1 to " + std::to_string(most), value);
        return value.get<std::size_t>();
    }
    [[nodiscard]] double number(const char* key) const {
        const Json& value = at(key);
        if (!value.is_number()) refuse(key, "a number", value);
        return value.get<double>();
    }
    [[nodiscard]] bool flag(const char* key, bool otherwise) const {
        if (!contains(key)) return otherwise;
        if (!at(key).is_boolean()) refuse(key, "true or false", at(key));
        return at(key).get<bool>();
    }
    /// One finite number for each channel.
    [[nodiscard]] std::vector<double> numbers(const char* key, std::size_t channels) const {
        const Json& value = at(key);
        std::vector<double> result;
        if (value.is_array()) {
            for (const Json& one : value) {
                if (one.is_number() && std::isfinite(one.get<double>())) result.push_back(one.get<double>());
            }
        }
        if (!value.is_array() || value.size() != channels || result.size() != channels)
            refuse(key, std::to_string(channels) + " numbers, one a channel", value);
        return result;
    }
    [[nodiscard]] const std::string& where() const { return where_; }

 private:
    std::string where_;
    Json values_;
};

Settings read(const std::filesystem::path& file) {
    constexpr std::uint64_t largest = 16U << 20U;  // a thousand labels take 0.1 MB
    const auto source = open_file(file);
    if (source->size() > largest)
        throw FileError(file.string() + ": has " + std::to_string(source->size()) + " bytes; settings take less");
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    source->read(0, std::as_writable_bytes(std::span(text)));
    try {
        return {file.string(), Json::parse(text)};
    } catch (const Json::exception& error) {
        throw FileError(file.string() + ": is not JSON: " + error.what());
    }
}

/// The labels in order of their numbers.
std::vector<std::string> labels_of(const Settings& config) {
    const Json& labels = config.at("id2label");
    constexpr std::size_t most = 1000000;
    if (!labels.is_object() || labels.empty() || labels.size() > most)
        config.refuse("id2label", "an object of 1 to " + std::to_string(most) + " labels", labels);
    std::vector<std::string> result;
    for (std::size_t n = 0; n < labels.size(); ++n) {
        const auto found = labels.find(std::to_string(n));
        if (found == labels.end())
            throw FileError(config.where() + ": \"id2label\" has " + std::to_string(labels.size()) +
                            " labels, but none for \"" + std::to_string(n) + "\": classes are numbered from 0");
        if (!found->is_string()) config.refuse("id2label." + std::to_string(n), "a text", *found);
        result.push_back(found->get<std::string>());
    }
    return result;
}

void check_layout(const Settings& config, const VitOptions& o) {
    if (o.hidden % o.heads != 0)
        config.refuse("num_attention_heads", "a divisor of hidden_size, " + std::to_string(o.hidden), o.heads);
    if (o.image_size % o.patch_size != 0)
        config.refuse("patch_size", "a divisor of image_size, " + std::to_string(o.image_size), o.patch_size);
    const Json& activation = config.at("hidden_act");
    if (activation != "gelu") config.refuse("hidden_act", "\"gelu\", the one that this model has", activation);
    if (!config.flag("qkv_bias", true))
        config.refuse("qkv_bias", "true: this model's projections have biases", Json(false));
    const double epsilon = config.number("layer_norm_eps");
    if (!(epsilon > 0 && epsilon < 1)) config.refuse("layer_norm_eps", "between 0 and 1", Json(epsilon));
    const double of_layer = static_cast<double>(o.hidden) * static_cast<double>(4 * o.hidden + 2 * o.mlp);
    const double others = static_cast<double>(o.hidden) *
                          static_cast<double>(o.tokens() + o.classes + o.channels * o.patch_size * o.patch_size);
    if (static_cast<double>(o.layers) * of_layer + others > 0x1p32)
        throw FileError(config.where() + ": means a model of more than 2^32 parameters");
}

/// What the picture is resized to: a number, or an object of two.
void check_size(const Settings& preprocessor, std::size_t wanted) {
    const Json& size = preprocessor.at("size");
    const auto fits = [&](const Json& value) { return value.is_number_unsigned() && value == wanted; };
    const bool square = size.is_object() && size.contains("height") && size.contains("width") &&
                        fits(size.at("height")) && fits(size.at("width"));
    if (!fits(size) && !square)
        preprocessor.refuse(
            "size", "the model's image_size, " + std::to_string(wanted) + R"(, or {"height": .., "width": ..} of it)",
            size);
}

}  // namespace

VitConfig read_vit_config(const std::filesystem::path& folder) {
    const Settings config = read(folder / "config.json");
    VitConfig result;
    VitOptions& o = result.options;
    o.image_size = config.count("image_size", 4096);
    o.channels = config.count("num_channels", 64);
    o.patch_size = config.count("patch_size", 4096);
    o.hidden = config.count("hidden_size", 65536);
    o.layers = config.count("num_hidden_layers", 1024);
    o.heads = config.count("num_attention_heads", 65536);
    o.mlp = config.count("intermediate_size", 262144);
    result.labels = labels_of(config);
    o.classes = result.labels.size();
    o.layer_norm_epsilon = config.number("layer_norm_eps");
    check_layout(config, o);

    const Settings preprocessor = read(folder / "preprocessor_config.json");
    if (!preprocessor.flag("do_resize", true))
        preprocessor.refuse("do_resize", "true: pictures come in all sizes", Json(false));
    check_size(preprocessor, o.image_size);
    constexpr int bilinear = 2;  // Pillow's number
    if (preprocessor.contains("resample") && preprocessor.at("resample") != bilinear)
        preprocessor.refuse("resample", "2, bilinear", preprocessor.at("resample"));
    if (!preprocessor.flag("do_rescale", true))
        preprocessor.refuse("do_rescale", "true: pixels come as 0 .. 255", Json(false));
    if (preprocessor.contains("rescale_factor") && !(std::abs(preprocessor.number("rescale_factor") * 255 - 1) < 1e-6))
        preprocessor.refuse("rescale_factor", "1/255", preprocessor.at("rescale_factor"));
    result.mean.assign(o.channels, 0);
    result.deviation.assign(o.channels, 1);
    if (preprocessor.flag("do_normalize", true)) {
        result.mean = preprocessor.numbers("image_mean", o.channels);
        result.deviation = preprocessor.numbers("image_std", o.channels);
        for (const double deviation : result.deviation) {
            if (!(deviation > 0)) preprocessor.refuse("image_std", "above 0", preprocessor.at("image_std"));
        }
    }
    return result;
}

}  // namespace wb
