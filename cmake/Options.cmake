# Language, warnings, optimisation, sanitizers and packages: everything links wb_options.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

set(WB_SANITIZE "" CACHE STRING "Sanitizers for the whole project, e.g. address,undefined; empty for none")
set(WB_KERNEL_BUILDS "plain;asan;race" CACHE STRING "Builds of the kernels on the CPU that are graded")
option(WB_KERNEL_PROFILE "The build for ./workbook profile too; g++ only" ON)
option(WB_CUDA "Require nvcc; otherwise it is used when it is there" OFF)
option(WB_BENCHMARKS "Build benchmarks/ (Google Benchmark)" OFF)
option(WB_UNITY "Compile the library's and the grader's files a dozen at a time: quicker where everything is built, once" OFF)
set(no_oracles ON)
if(EXISTS ${CMAKE_SOURCE_DIR}/tests/oracles)
  set(no_oracles OFF)
endif()
option(WB_EDITION "Judges as the student edition has them: without the trusted models, which are solutions" ${no_oracles})
option(WB_WARNINGS_AS_ERRORS "Stop at a warning" ON)

find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(LibArchive REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(SQLite3 REQUIRED)
find_package(xtensor REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)

# AVX2 and FMA where this machine has them: what is built here runs here. Results move by rounding only.
include(CheckCXXSourceRuns)
check_cxx_source_runs("int main() { return __builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"fma\") ? 0 : 1; }" WB_HAS_AVX2)
set(WB_ARCH_FLAGS "")
if(WB_HAS_AVX2)
  set(WB_ARCH_FLAGS -march=x86-64-v3)
endif()

set(WB_SANITIZE_FLAGS "")
if(WB_SANITIZE)
  set(WB_SANITIZE_FLAGS -fsanitize=${WB_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # its own documentation: sanitizers raise these falsely
    list(APPEND WB_SANITIZE_FLAGS -Wno-maybe-uninitialized)
  else()  # sanitized loops stay scalar
    list(APPEND WB_SANITIZE_FLAGS -Wno-pass-failed -fno-sanitize=float-cast-overflow)  # xsimd casts inf, and selects afterwards
  endif()
endif()

add_library(wb_options INTERFACE)
target_include_directories(wb_options INTERFACE ${CMAKE_SOURCE_DIR}/library ${CMAKE_SOURCE_DIR}/kernels ${CMAKE_SOURCE_DIR}/grader)
target_compile_definitions(wb_options INTERFACE XTENSOR_USE_XSIMD GTEST_HAS_PTHREAD=1)  # everywhere alike, as Precompiled.cmake needs
target_compile_options(wb_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow ${WB_ARCH_FLAGS} ${WB_SANITIZE_FLAGS}
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # g++ 12 warns of "text" + std::string: GCC bug 105651
                       $<$<BOOL:${WB_WARNINGS_AS_ERRORS}>:-Werror>)
target_link_options(wb_options INTERFACE ${WB_SANITIZE_FLAGS})
target_link_libraries(wb_options INTERFACE OpenMP::OpenMP_CXX Threads::Threads)

if(WB_CUDA)
  find_program(WB_NVCC nvcc HINTS $ENV{CUDA_HOME}/bin /usr/local/cuda/bin)
  if(NOT WB_NVCC)
    message(FATAL_ERROR "The preset cuda needs nvcc, which is neither on the PATH nor in /usr/local/cuda/bin. "
            "Install nvidia-cuda-toolkit, or use the preset dev, which does without.")
  endif()
endif()

# The fastest linker that is there.
find_program(WB_MOLD mold)
find_program(WB_LLD ld.lld)
set(WB_LINKER_FLAGS "")
if(WB_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(WB_LINKER_FLAGS -B/usr/libexec/mold)  # g++ 12.1 and later know -fuse-ld=mold, but find it only there
elseif(WB_MOLD)
  set(WB_LINKER_FLAGS -fuse-ld=mold)
elseif(WB_LLD)
  set(WB_LINKER_FLAGS -fuse-ld=lld)
endif()
if(WB_MOLD)
  # mold 1.10 lets the read-only part of a program begin with its .tbss, which takes no memory. Where that lies at the very end of a page,
  # about once in a thousand links, it is a page that is not mapped, and the program does not start (mprotect: Cannot allocate memory).
  list(APPEND WB_LINKER_FLAGS -Wl,-z,norelro)
endif()
target_link_options(wb_options INTERFACE ${WB_LINKER_FLAGS})

find_program(WB_CCACHE ccache)
if(WB_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${WB_CCACHE})
endif()
