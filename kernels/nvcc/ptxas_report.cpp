#include "nvcc/ptxas_report.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>

namespace wb::nvcc {
namespace {

/// The text between the first two single quotes.
std::string_view quoted(std::string_view line, std::size_t from = 0) {
    const std::size_t open = line.find('\'', from);
    if (open == std::string_view::npos) return {};
    const std::size_t close = line.find('\'', open + 1);
    return close == std::string_view::npos ? std::string_view{} : line.substr(open + 1, close - open - 1);
}

/// The number that stands before `unit`, or 0: "56 registers", "29184 bytes smem".
int number_before(std::string_view line, std::string_view unit) {
    const std::size_t at = line.find(unit);
    if (at == std::string_view::npos) return 0;
    std::size_t begin = at;
    while (begin > 0 && line[begin - 1] >= '0' && line[begin - 1] <= '9') --begin;
    int number = 0;
    std::from_chars(line.data() + begin, line.data() + at, number);
    return number;
}

}  // namespace

std::string readable_name(std::string_view symbol) {
    const std::string name(symbol);
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status),
                                                      std::free);
    std::string readable = status == 0 ? text.get() : name;
    // Without the parameters, the return type and the anonymous namespaces: wb::fused_attention_kernel<64>
    int depth = 0;
    for (std::size_t i = readable.size(); i-- > 0;) {
        if (readable[i] == ')') ++depth;
        if (readable[i] == '(' && --depth == 0) {
            readable.resize(i);
            break;
        }
    }
    for (const std::string_view noise : {"void ", "(anonymous namespace)::"}) {
        for (std::size_t at; (at = readable.find(noise)) != std::string::npos;) readable.erase(at, noise.size());
    }
    return readable;
}

std::vector<KernelUse> read_ptxas(std::string_view output) {
    std::vector<KernelUse> kernels;
    while (!output.empty()) {
        const std::size_t end = std::min(output.find('\n'), output.size());
        const std::string_view line = output.substr(0, end);
        output.remove_prefix(std::min(end + 1, output.size()));
        if (line.find("Compiling entry function") != std::string_view::npos) {
            const std::string_view name = quoted(line);
            const std::size_t target = line.find(" for ");
            kernels.push_back({});
            kernels.back().name = readable_name(name);
            kernels.back().gpu = target == std::string_view::npos ? "" : std::string(quoted(line, target));
        } else if (kernels.empty() || kernels.back().complete) {
            continue;
        } else if (line.find("bytes stack frame") != std::string_view::npos) {
            KernelUse& kernel = kernels.back();
            kernel.stack = number_before(line, " bytes stack frame");
            kernel.spill_stores = number_before(line, " bytes spill stores");
            kernel.spill_loads = number_before(line, " bytes spill loads");
        } else if (line.find(" registers") != std::string_view::npos && line.find("Used ") != std::string_view::npos) {
            KernelUse& kernel = kernels.back();
            kernel.registers = number_before(line, " registers");
            kernel.shared = number_before(line, " bytes smem");
            kernel.constant = number_before(line, " bytes cmem");
            kernel.complete = true;
        }
    }
    return kernels;
}

std::string table(const std::vector<KernelUse>& kernels) {
    std::size_t width = 6;
    for (const KernelUse& kernel : kernels) width = std::max(width, kernel.name.size());
    const auto cell = [](const std::string& text, std::size_t columns) {
        return text.size() < columns ? std::string(columns - text.size(), ' ') + text : text;
    };
    std::string text = "kernel" + std::string(width - 6, ' ') + "  GPU    registers  stack  spills  shared\n";
    for (const KernelUse& kernel : kernels) {
        const int spills = kernel.spill_stores + kernel.spill_loads;
        text += kernel.name + std::string(width - kernel.name.size(), ' ') + "  " + kernel.gpu +
                cell(std::to_string(kernel.registers), 16 - std::min<std::size_t>(kernel.gpu.size(), 6)) +
                cell(std::to_string(kernel.stack), 7) + cell(std::to_string(spills), 8) +
                cell(std::to_string(kernel.shared), 8) + (spills > 0 ? "  <- registers spill to memory" : "") +
                (kernel.complete ? "" : "  <- not reported whole") + "\n";
    }
    return text;
}

bool has_fault(const std::vector<KernelUse>& kernels) {
    return std::any_of(kernels.begin(), kernels.end(), [](const KernelUse& kernel) {
        return !kernel.complete || kernel.spill_stores > 0 || kernel.spill_loads > 0;
    });
}

}  // namespace wb::nvcc
