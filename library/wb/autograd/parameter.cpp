#include "wb/autograd/parameter.hpp"

#include <stdexcept>

namespace wb {

template <class Real>
void ParameterList<Real>::add(const std::string& prefix, const std::string& name, const ParameterPtr<Real>& parameter) {
    const std::string full_name = prefix + name;
    for (const ParameterPtr<Real>& other : parameters_) {
        if (other == parameter) return;
        if (other->name == full_name) {
            throw std::invalid_argument("ParameterList: two parameters are named \"" + full_name +
                                        "\". Give each module of the model a name of its own.");
        }
    }
    parameter->name = full_name;
    parameters_.push_back(parameter);
}

template <class Real>
std::size_t ParameterList<Real>::count() const {
    std::size_t total = 0;
    for (const ParameterPtr<Real>& parameter : parameters_) total += parameter->value.size();
    return total;
}

template <class Real>
Parameter<Real>& ParameterList<Real>::operator[](const std::string& name) const {
    std::string names;
    for (const ParameterPtr<Real>& parameter : parameters_) {
        if (parameter->name == name) return *parameter;
        names += (names.empty() ? "" : ", ") + parameter->name;
    }
    throw std::out_of_range("ParameterList: there is no parameter \"" + name + "\". There are: " + names);
}

template <class Real>
void ParameterList<Real>::zero_gradients() const {
    for (const ParameterPtr<Real>& parameter : parameters_) {
        parameter->gradient.assign(parameter->value.size(), Real{0});
    }
}

template class ParameterList<float>;
template class ParameterList<double>;

}  // namespace wb
