# The maker of chapter 2's cases.
wb_add_case_maker(02_attention
  SOURCES
    make_attention_cases.cpp
    make_module_cases.cpp
    make_count_cases.cpp
    make_backward_cases.cpp
    ../goldens/make_golden_cases.cpp
    make_kernel_cases.cpp
    make_fused_attention_cases.cpp
  ORACLES oracles_02_attention
  DEFINITIONS
    WB_GOLDENS="${CMAKE_SOURCE_DIR}/tests/goldens/02_attention")
