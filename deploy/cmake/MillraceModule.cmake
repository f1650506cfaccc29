# How Millrace's folders become targets: compiler settings, millrace_folders, millrace_module, millrace_plugin.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Warnings are errors for our own code; users of an installed SDK see none of it.
add_library(millrace_options INTERFACE)
target_compile_options(millrace_options INTERFACE
  $<BUILD_INTERFACE:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wold-style-cast;-Werror;${MILLRACE_CXX_FLAGS}>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${MILLRACE_PCH}>>:$<BUILD_INTERFACE:-fpch-preprocess>>
  # Without the time of the headers in a precompiled one, ccache knows it again.
  $<$<AND:$<CXX_COMPILER_ID:Clang>,$<BOOL:${MILLRACE_PCH}>>:$<BUILD_INTERFACE:SHELL:-Xclang -fno-pch-timestamp>>
  # g++ 12 takes the frames of coroutines at -O2 for memory of another allocator.
  $<$<CXX_COMPILER_ID:GNU>:$<BUILD_INTERFACE:-Wno-mismatched-new-delete>>
  # Types without linkage are no fault in what only one file includes, and g++ takes the files of a batch for headers.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${MILLRACE_UNITY}>>:$<BUILD_INTERFACE:-Wno-subobject-linkage>>
  # clang blames callers of std::stable_sort for what libstdc++ 12 uses inside.
  $<$<CXX_COMPILER_ID:Clang>:$<BUILD_INTERFACE:-Wno-deprecated-declarations>>)
target_link_options(millrace_options INTERFACE $<BUILD_INTERFACE:${MILLRACE_CXX_FLAGS}>)
target_compile_definitions(millrace_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION BOOST_ALL_NO_LIB SPDLOG_FMT_EXTERNAL SPDLOG_COMPILED_LIB SPDLOG_SHARED_LIB)

# What a worker needs to run, without the tests: the programs and the plugins.
add_custom_target(programs)

# Adds the folders in order. A module may depend only on one that was added before it, so there are no cycles.
macro(millrace_folders)
  foreach(folder ${ARGN})
    add_subdirectory(${folder})
  endforeach()
endmacro()

# A folder is a library: all *.cpp beside the calling CMakeLists.txt.
#   millrace_module(name [SEPARATE] DEPENDS modules of ours... LINKS outside libraries...)
# With MILLRACE_UNITY four files are compiled at once, which saves a third of the time; SEPARATE: not in this module, whose files
# have names of their own in common (`keys`, `routes`).
function(millrace_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SEPARATE" "" "DEPENDS;LINKS")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.hpp)
  list(FILTER headers EXCLUDE REGEX "/pch\\.hpp$")
  if(sources)
    add_library(${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(millrace::${name} ALIAS ${name})
  if(MILLRACE_UNITY AND sources AND NOT arg_SEPARATE)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 4)
  endif()
  target_sources(${name} ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${headers})
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  foreach(module IN LISTS arg_DEPENDS)
    if(NOT TARGET millrace::${module})
      message(FATAL_ERROR "${name} may not depend on ${module}: it is not above it in CMakeLists.txt")
    endif()
    target_link_libraries(${name} ${scope} millrace::${module})
  endforeach()
  target_link_libraries(${name} ${scope} millrace_options Threads::Threads ${arg_LINKS})
  if(MILLRACE_PCH AND sources)
    get_property(owner GLOBAL PROPERTY millrace_pch_owner)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/pch.hpp)
      target_precompile_headers(${name} PRIVATE pch.hpp)
      set_property(GLOBAL PROPERTY millrace_pch_owner ${name})
    elseif(owner)
      target_precompile_headers(${name} REUSE_FROM ${owner})
    endif()
  endif()
endfunction()

# A plugin folder also becomes lib<name>.so, whose one C symbol returns the folder's manifest.
#   millrace_plugin(name NAMESPACE its namespace DEPENDS modules that define <namespace>::manifest()...)
function(millrace_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAMESPACE" "DEPENDS")
  set(export ${CMAKE_CURRENT_BINARY_DIR}/export.cpp)
  file(CONFIGURE OUTPUT ${export} CONTENT
"#include \"connectors/api/plugin.hpp\"
namespace ${arg_NAMESPACE} { const millrace::PluginManifest& manifest(); }
extern \"C\" __attribute__((visibility(\"default\"))) const millrace::PluginManifest* millrace_plugin_manifest() {
    return &${arg_NAMESPACE}::manifest();
}
")
  add_library(${name}_plugin MODULE ${export})
  add_dependencies(programs ${name}_plugin)
  set_target_properties(${name}_plugin PROPERTIES OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins
    LINK_DEPENDS ${CMAKE_SOURCE_DIR}/deploy/cmake/plugin.map)
  target_link_options(${name}_plugin PRIVATE LINKER:--version-script=${CMAKE_SOURCE_DIR}/deploy/cmake/plugin.map)
  foreach(module IN LISTS arg_DEPENDS)
    target_link_libraries(${name}_plugin PRIVATE millrace::${module})
  endforeach()
  install(TARGETS ${name}_plugin LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR_PLUGINS} COMPONENT worker)
endfunction()
set(CMAKE_INSTALL_LIBDIR_PLUGINS lib/millrace/plugins)
