# The maker of chapter 1's cases.
wb_add_case_maker(01_paged_kv_cache
  SOURCES
    make_block_cases.cpp
    make_beam_cases.cpp
    make_cache_cases.cpp
    make_scheduler_cases.cpp
    make_rival_cases.cpp
    make_workload_cases.cpp
    make_simulator_cases.cpp
    make_paged_cases.cpp
    make_paged_kernel_cases.cpp
    draw_paged.cpp
    make_generate_cases.cpp
    ${CMAKE_SOURCE_DIR}/chapters/01_paged_kv_cache/unpaged.cpp  # the given reference
    ../goldens/make_golden_cases.cpp
  ORACLES oracles_01_paged_kv_cache
  DEFINITIONS
    WB_GOLDENS="${CMAKE_SOURCE_DIR}/tests/goldens/01_paged_kv_cache")
