#include "wb/training/checkpoint.hpp"

#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "wb/errors.hpp"
#include "wb/training/stored_numbers.hpp"

namespace wb {
namespace {

constexpr const char* number_prefix = "state.";

std::string metadata(const SafeTensors& file, const std::string& key) {
    const auto found = file.metadata.find(key);
    if (found != file.metadata.end()) return found->second;
    throw FileError(file.source + ": has no \"" + key + "\" in its metadata, so it is no checkpoint of a training run");
}

/// Values for all parameters, of which none is set yet.
template <class Real>
std::vector<std::vector<Real>> read_values(const SafeTensors& file, const ParameterList<Real>& parameters) {
    std::vector<std::vector<Real>> values;
    for (const ParameterPtr<Real>& parameter : parameters) {
        values.emplace_back(parameter->value.size());
        load_numbers(file, parameter->name, parameter->shape, values.back());
    }
    return values;
}

template <class Real>
void set_values(std::vector<std::vector<Real>> values, const ParameterList<Real>& parameters) {
    // Copied, not moved in: a tape may know where a parameter's numbers lie.
    for (std::size_t n = 0; n < values.size(); ++n) {
        std::copy(values[n].begin(), values[n].end(), parameters.all()[n]->value.begin());
    }
}

}  // namespace

template <class Real>
void store_parameters(SafeTensors& file, const ParameterList<Real>& parameters) {
    for (const ParameterPtr<Real>& parameter : parameters) {
        store_numbers(file, parameter->name, parameter->shape, parameter->value);
    }
}

template <class Real>
void load_parameters(const SafeTensors& file, const ParameterList<Real>& parameters) {
    set_values(read_values(file, parameters), parameters);
}

template <class Real>
void load_parameters(const SafeTensorsReader& file, const ParameterList<Real>& parameters) {
    for (const ParameterPtr<Real>& parameter : parameters) {
        require_stored<Real>(file.source(), file.find(parameter->name), parameter->name, parameter->shape);
    }
    for (const ParameterPtr<Real>& parameter : parameters) file.read(parameter->name, std::span(parameter->value));
}

template <class Real>
void write_checkpoint(const std::filesystem::path& path, const TrainingState<Real>& state) {
    SafeTensors file;
    store_parameters(file, state.parameters);
    if (state.optimizer != nullptr) state.optimizer->save(file);
    if (state.random != nullptr) file.metadata["random"] = state.random->state();
    file.put("epoch", full<1, std::int64_t>({1}, state.epoch));
    for (const auto& [name, number] : state.numbers) file.put(number_prefix + name, full<1, double>({1}, number));
    write_safetensors(path, file);
}

template <class Real>
void read_checkpoint(const std::filesystem::path& path, TrainingState<Real>& state) {
    const SafeTensors file = read_safetensors(path);
    std::vector<std::vector<Real>> values = read_values(file, state.parameters);
    const auto one = [&](const Tensor<1, double>& tensor, const std::string& name) {
        if (tensor.size() != 1) throw FileError(file.source + ": tensor \"" + name + "\" must hold one number");
        return tensor(0);
    };
    const auto epoch = file.template get<1, std::int64_t>("epoch");
    if (epoch.size() != 1 || epoch(0) < 0) throw FileError(file.source + ": \"epoch\" must be one number, 0 or more");
    std::map<std::string, double> numbers;
    for (const auto& [name, raw] : file.tensors) {
        if (!name.starts_with(number_prefix)) continue;
        numbers[name.substr(std::string(number_prefix).size())] = one(file.template get<1, double>(name), name);
    }
    Random random(0);
    if (state.random != nullptr) {
        try {
            random.set_state(metadata(file, "random"));
        } catch (const std::invalid_argument& error) {
            throw FileError(file.source + ": metadata \"random\": " + error.what());
        }
    }
    if (state.optimizer != nullptr) state.optimizer->load(file);  // the last that can fail
    set_values(std::move(values), state.parameters);
    if (state.random != nullptr) *state.random = random;
    state.epoch = epoch(0);
    state.numbers = std::move(numbers);
}

#define WB_CHECKPOINT(Real)                                                                   \
    template void write_checkpoint(const std::filesystem::path&, const TrainingState<Real>&); \
    template void read_checkpoint(const std::filesystem::path&, TrainingState<Real>&);        \
    template void load_parameters(const SafeTensors&, const ParameterList<Real>&);            \
    template void load_parameters(const SafeTensorsReader&, const ParameterList<Real>&);      \
    template void store_parameters(SafeTensors&, const ParameterList<Real>&);
WB_CHECKPOINT(float)
WB_CHECKPOINT(double)
#undef WB_CHECKPOINT

}  // namespace wb
