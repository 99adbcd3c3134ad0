/// @file
/// What training changes: a named tensor with its gradient, and the list of all that a model has.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "wb/autograd/shape.hpp"

namespace wb {

/// A trainable tensor. Modules hold it by shared_ptr: a copied module shares its parameters, as in PyTorch, and two modules
/// that hold the same one are tied.
template <class Real>
struct Parameter {
    /// Zeros.
    explicit Parameter(const Shape& extents, bool decays = true)
        : shape(extents), value(extents.size()), decay(decays) {}

    /// Gives the gradient its memory, zeros, unless it has it. What writes or reads gradients calls this: a tape that goes
    /// backward, an optimizer, zero_gradients(). A model that only infers does without.
    void need_gradient() {
        if (gradient.size() != value.size()) gradient.assign(value.size(), Real{0});
    }

    std::string name = {};       ///< e.g. "encoder.layers.0.self_attn.query.weight"; given by ParameterList
    Shape shape;                 ///< of value and gradient
    std::vector<Real> value;     ///< row-major
    std::vector<Real> gradient;  ///< of the same size, or empty for zeros: see need_gradient(); backward adds to it
    bool decay;                  ///< whether AdamW's weight decay applies: to matrices, not to biases and norms
};

template <class Real>
using ParameterPtr = std::shared_ptr<Parameter<Real>>;  ///< models and optimizers share parameters

/// A model's parameters in a fixed order, each with its full name. Every module has
/// `void list(ParameterList<Real>& out, const std::string& prefix) const`, which calls add() for what it holds.
template <class Real>
class ParameterList {
 public:
    ParameterList() = default;
    /// The parameters of a module, named from "" on.
    template <class Module>
    explicit ParameterList(const Module& module) {
        module.list(*this, "");
    }

    /// Adds a parameter as prefix + name; one that is in the list already (a tied one) stays there once.
    /// @throws std::invalid_argument when another parameter has that name
    void add(const std::string& prefix, const std::string& name, const ParameterPtr<Real>& parameter);
    /// Adds all that a module holds, each name behind prefix + name + ".".
    template <class Module>
    void add_module(const std::string& prefix, const std::string& name, const Module& module) {
        module.list(*this, prefix + name + ".");
    }
    /// Adds the modules of a sequence as prefix + name + ".0.", ".1.", ..
    template <class Module>
    void add_modules(const std::string& prefix, const std::string& name, const std::vector<Module>& modules) {
        for (std::size_t n = 0; n < modules.size(); ++n) add_module(prefix, name + "." + std::to_string(n), modules[n]);
    }

    [[nodiscard]] const std::vector<ParameterPtr<Real>>& all() const {
        return parameters_;
    }                                                                      ///< in the order in which they were added
    auto begin() const { return parameters_.begin(); }                     ///< of the parameters
    auto end() const { return parameters_.end(); }                         ///< of the parameters
    [[nodiscard]] std::size_t size() const { return parameters_.size(); }  ///< how many tensors
    /// Numbers in all parameters together.
    [[nodiscard]] std::size_t count() const;
    /// @throws std::out_of_range that lists the names there are
    [[nodiscard]] Parameter<Real>& operator[](const std::string& name) const;
    /// Sets every gradient to 0; each has its memory then.
    void zero_gradients() const;

 private:
    std::vector<ParameterPtr<Real>> parameters_;
};

}  // namespace wb
