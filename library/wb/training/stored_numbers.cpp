#include "wb/training/stored_numbers.hpp"

#include <cstring>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb {

template <class Real>
void store_numbers(SafeTensors& file, const std::string& name, const Shape& shape, const std::vector<Real>& numbers) {
    const std::span<const std::size_t> extents = shape;
    RawTensor raw{
        dtype_of<Real>(), {extents.begin(), extents.end()}, std::vector<std::byte>(numbers.size() * sizeof(Real))};
    if (!numbers.empty()) std::memcpy(raw.bytes.data(), numbers.data(), raw.bytes.size());
    file.tensors[name] = std::move(raw);
}

template <class Real>
void load_numbers(const SafeTensors& file, const std::string& name, const Shape& shape, std::vector<Real>& numbers) {
    const RawTensor& raw = file.find(name);
    require_stored<Real>(file.source, raw, name, shape);
    if (raw.bytes.size() != numbers.size() * sizeof(Real)) {
        throw FileError(file.source + ": tensor " + in_quotes(name) + " has " + std::to_string(raw.bytes.size()) +
                        " bytes, but the model's takes " + std::to_string(numbers.size() * sizeof(Real)));
    }
    if (!numbers.empty()) std::memcpy(numbers.data(), raw.bytes.data(), raw.bytes.size());
}

template void store_numbers(SafeTensors&, const std::string&, const Shape&, const std::vector<float>&);
template void store_numbers(SafeTensors&, const std::string&, const Shape&, const std::vector<double>&);
template void load_numbers(const SafeTensors&, const std::string&, const Shape&, std::vector<float>&);
template void load_numbers(const SafeTensors&, const std::string&, const Shape&, std::vector<double>&);

}  // namespace wb
