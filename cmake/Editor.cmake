# build/<preset>/editor/compile_commands.json: how clangd reads the files that a student edits, and their masters. The grader compiles those,
# so CMake's own compile_commands.json has none of them. /.clangd points there. After Toolchain.cmake, whose flags these are.

# wb_editor_entries(out folder)  The entries of one chapter folder of a submission, as JSON.
function(wb_editor_entries out folder)
  cmake_path(GET folder FILENAME chapter)
  file(GLOB sources ${folder}/*.cpp ${folder}/*.cu)  # whatever lies there: it is not ours to list
  set(entries "")
  foreach(source ${sources})
    set(words ${submission_flags} -I${CMAKE_SOURCE_DIR}/chapters/${chapter})
    foreach(dir ${include_dirs})
      list(APPEND words -I${dir})
    endforeach()
    set(compiler ${CMAKE_CXX_COMPILER})
    if(source MATCHES "\\.cu$")
      set(compiler clang++)  # the words are clang's, whoever compiles
      list(APPEND words -Wno-unknown-pragmas -x cuda --cuda-host-only -nocudainc -nocudalib -Xclang -fcuda-allow-variadic-functions)
      foreach(dir ${WB_KERNEL_INCLUDE_DIRS})
        list(APPEND words -I${dir})
      endforeach()
      list(APPEND words -include ${CMAKE_SOURCE_DIR}/kernels/editor/cuda_for_clangd.h)
    else()
      foreach(header ${pch_headers})  # what the grader's precompiled header holds: a file may do without including it
        list(APPEND words -include ${header})
      endforeach()
    endif()
    wb_json_strings(arguments ${compiler} ${words} -c ${source})
    list(APPEND entries "{\"directory\": \"${CMAKE_BINARY_DIR}\", \"file\": \"${source}\",\n  \"arguments\": ${arguments}}")
  endforeach()
  set(${out} ${entries} PARENT_SCOPE)
endfunction()

set(editor_entries "")
foreach(chapter ${chapters})
  foreach(submission starter solutions)
    wb_editor_entries(entries ${CMAKE_SOURCE_DIR}/${submission}/${chapter})
    list(APPEND editor_entries ${entries})
  endforeach()
endforeach()
list(JOIN editor_entries ",\n" editor_json)
file(WRITE ${CMAKE_BINARY_DIR}/editor/compile_commands.json "[\n${editor_json}\n]\n")
