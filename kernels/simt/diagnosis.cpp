#include "simt/diagnosis.hpp"

#include <cstring>
#include <utility>

namespace wb::simt {
namespace {

struct ErrorEntry {
    int code;
    const char *name, *text;
};

constexpr ErrorEntry errors[] = {
    {0, "cudaSuccess", "no error"},
    {1, "cudaErrorInvalidValue", "invalid argument"},
    {2, "cudaErrorMemoryAllocation", "out of memory"},
    {9, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {13, "cudaErrorInvalidSymbol", "invalid device symbol"},
    {17, "cudaErrorInvalidDevicePointer", "invalid device pointer"},
    {21, "cudaErrorInvalidMemcpyDirection", "invalid copy direction for memcpy"},
    {98, "cudaErrorInvalidDeviceFunction", "invalid device function"},
    {101, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {400, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {700, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {701, "cudaErrorLaunchOutOfResources", "too many resources requested for launch"},
    {710, "cudaErrorAssert", "device-side assert triggered"},
    {719, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {801, "cudaErrorNotSupported", "operation not supported"},
};

const ErrorEntry* find(int code) {
    for (const ErrorEntry& error : errors) {
        if (error.code == code) return &error;
    }
    return nullptr;
}

}  // namespace

Diagnoses& diagnoses() {
    static Diagnoses all;
    return all;
}

void Diagnoses::keep(std::string report) {
    if (reports_.size() < max_reports) {
        reports_.push_back(std::move(report));
    } else {
        ++left_out_;
    }
}

void Diagnoses::refuse(ErrorCode code, std::string report) {
    last_ = code;
    keep(std::move(report));
}

void Diagnoses::fail(ErrorCode code, std::string report) {
    sticky_ = code;
    keep(std::move(report));
}

void Diagnoses::note(std::string report) {
    keep(std::move(report));
}

ErrorCode Diagnoses::take() {
    const ErrorCode code = peek();
    last_ = ErrorCode::success;
    return code;
}

std::string Diagnoses::reset() {
    std::string all;
    for (const std::string& report : reports_) all += (all.empty() ? "" : "\n") + report;
    if (left_out_ > 0) all += "\n(and " + std::to_string(left_out_) + " more)";
    *this = Diagnoses();
    return all;
}

const char* error_name(int code) {
    const ErrorEntry* const error = find(code);
    return error ? error->name : "unrecognized error code";
}

const char* error_text(int code) {
    const ErrorEntry* const error = find(code);
    return error ? error->text : "unrecognized error code";
}

std::string text(Site site) {
    if (site.file == nullptr) return "an unknown line";
    const char* const slash = std::strrchr(site.file, '/');
    return std::string(slash ? slash + 1 : site.file) + ":" + std::to_string(site.line);
}

std::string text(Index3 index) {
    return "(" + std::to_string(index.x) + ", " + std::to_string(index.y) + ", " + std::to_string(index.z) + ")";
}

}  // namespace wb::simt
