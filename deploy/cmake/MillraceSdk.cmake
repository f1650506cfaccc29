# What is installed for others: the plugin SDK (headers, api library, CMake package), samples and the licence.
#
#   find_package(millrace REQUIRED)                       # with CMAKE_PREFIX_PATH=<prefix>
#   millrace_add_plugin(counter counter.cpp)              # counter.so for plugin.path, linked with millrace::api
include(CMakePackageConfigHelpers)

set(package_dir lib/cmake/millrace)
set_target_properties(api PROPERTIES OUTPUT_NAME millrace_api)
install(TARGETS api millrace_options EXPORT millrace
  ARCHIVE DESTINATION lib COMPONENT sdk
  FILE_SET HEADERS DESTINATION include/millrace COMPONENT sdk)
install(EXPORT millrace NAMESPACE millrace:: FILE millraceTargets.cmake DESTINATION ${package_dir} COMPONENT sdk)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/millraceConfig.cmake.in ${CMAKE_BINARY_DIR}/millraceConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/millraceConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/millraceConfig.cmake ${CMAKE_BINARY_DIR}/millraceConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/plugin.map DESTINATION ${package_dir} COMPONENT sdk)

install(DIRECTORY ${CMAKE_SOURCE_DIR}/deploy/samples DESTINATION share/millrace COMPONENT samples)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION share/millrace COMPONENT samples)
