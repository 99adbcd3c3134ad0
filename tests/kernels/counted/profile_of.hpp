/// @file
/// A launcher's counters, and the lines of its source by their markers.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "counted/counted.hpp"
#include "wb_kernels/device_buffer.hpp"
#include "wb_kernels/profile.hpp"
#include "wb_kernels/run.hpp"

namespace wb::counted {

/// The profile of the one kernel that the launcher launches.
template <class Launcher>
kernels::KernelProfile profile_of(Launcher&& launcher) {
    kernels::take_profiles();
    kernels::run(std::forward<Launcher>(launcher));
    auto profiles = kernels::take_profiles();
    EXPECT_EQ(profiles.size(), 1U);
    return profiles.empty() ? kernels::KernelProfile{} : profiles.front();
}

/// The counters of the line that ends in this marker, in the file that launched the kernel.
inline kernels::LineCounters at(const kernels::KernelProfile& profile, const std::string& marker) {
    std::ifstream source(profile.file);
    std::string line;
    for (int number = 1; std::getline(source, line); ++number) {
        if (line.ends_with("// " + marker)) return profile.at(number);
    }
    ADD_FAILURE() << "no line of " << profile.file << " ends in // " << marker;
    return {};
}

/// Device memory full of ones.
inline DeviceBuffer<float> ones(std::size_t size) {
    return DeviceBuffer<float>(std::span<const float>(std::vector<float>(size, 1.0f)));
}

}  // namespace wb::counted
