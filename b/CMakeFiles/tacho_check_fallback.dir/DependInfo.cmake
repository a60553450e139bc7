
# Consider dependencies only in project.
set(CMAKE_DEPENDS_IN_PROJECT_ONLY OFF)

# The set of languages for which implicit dependencies are needed:
set(CMAKE_DEPENDS_LANGUAGES
  )

# The set of dependency files which are needed:
set(CMAKE_DEPENDS_DEPENDENCY_FILES
  "/tmp/core/tacho/src/alloc.c" "CMakeFiles/tacho_check_fallback.dir/src/alloc.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/alloc.c.o.d"
  "/tmp/core/tacho/src/annex.c" "CMakeFiles/tacho_check_fallback.dir/src/annex.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/annex.c.o.d"
  "/tmp/core/tacho/src/base.c" "CMakeFiles/tacho_check_fallback.dir/src/base.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/base.c.o.d"
  "/tmp/core/tacho/src/cells.c" "CMakeFiles/tacho_check_fallback.dir/src/cells.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/cells.c.o.d"
  "/tmp/core/tacho/src/claims.c" "CMakeFiles/tacho_check_fallback.dir/src/claims.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/claims.c.o.d"
  "/tmp/core/tacho/src/clock.c" "CMakeFiles/tacho_check_fallback.dir/src/clock.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/clock.c.o.d"
  "/tmp/core/tacho/src/collect.c" "CMakeFiles/tacho_check_fallback.dir/src/collect.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/collect.c.o.d"
  "/tmp/core/tacho/src/csv.c" "CMakeFiles/tacho_check_fallback.dir/src/csv.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/csv.c.o.d"
  "/tmp/core/tacho/src/cursor.c" "CMakeFiles/tacho_check_fallback.dir/src/cursor.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/cursor.c.o.d"
  "/tmp/core/tacho/src/define.c" "CMakeFiles/tacho_check_fallback.dir/src/define.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/define.c.o.d"
  "/tmp/core/tacho/src/desc.c" "CMakeFiles/tacho_check_fallback.dir/src/desc.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/desc.c.o.d"
  "/tmp/core/tacho/src/desc_names.c" "CMakeFiles/tacho_check_fallback.dir/src/desc_names.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/desc_names.c.o.d"
  "/tmp/core/tacho/src/emitter.c" "CMakeFiles/tacho_check_fallback.dir/src/emitter.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/emitter.c.o.d"
  "/tmp/core/tacho/src/exemplar.c" "CMakeFiles/tacho_check_fallback.dir/src/exemplar.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/exemplar.c.o.d"
  "/tmp/core/tacho/src/exemplify.c" "CMakeFiles/tacho_check_fallback.dir/src/exemplify.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/exemplify.c.o.d"
  "/tmp/core/tacho/src/extreme.c" "CMakeFiles/tacho_check_fallback.dir/src/extreme.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/extreme.c.o.d"
  "/tmp/core/tacho/src/family.c" "CMakeFiles/tacho_check_fallback.dir/src/family.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/family.c.o.d"
  "/tmp/core/tacho/src/filter.c" "CMakeFiles/tacho_check_fallback.dir/src/filter.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/filter.c.o.d"
  "/tmp/core/tacho/src/gather.c" "CMakeFiles/tacho_check_fallback.dir/src/gather.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/gather.c.o.d"
  "/tmp/core/tacho/src/grace.c" "CMakeFiles/tacho_check_fallback.dir/src/grace.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/grace.c.o.d"
  "/tmp/core/tacho/src/histogram.c" "CMakeFiles/tacho_check_fallback.dir/src/histogram.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/histogram.c.o.d"
  "/tmp/core/tacho/src/http.c" "CMakeFiles/tacho_check_fallback.dir/src/http.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/http.c.o.d"
  "/tmp/core/tacho/src/http_conn.c" "CMakeFiles/tacho_check_fallback.dir/src/http_conn.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/http_conn.c.o.d"
  "/tmp/core/tacho/src/http_listen.c" "CMakeFiles/tacho_check_fallback.dir/src/http_listen.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/http_listen.c.o.d"
  "/tmp/core/tacho/src/http_loop.c" "CMakeFiles/tacho_check_fallback.dir/src/http_loop.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/http_loop.c.o.d"
  "/tmp/core/tacho/src/http_msg.c" "CMakeFiles/tacho_check_fallback.dir/src/http_msg.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/http_msg.c.o.d"
  "/tmp/core/tacho/src/http_query.c" "CMakeFiles/tacho_check_fallback.dir/src/http_query.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/http_query.c.o.d"
  "/tmp/core/tacho/src/http_respond.c" "CMakeFiles/tacho_check_fallback.dir/src/http_respond.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/http_respond.c.o.d"
  "/tmp/core/tacho/src/http_site.c" "CMakeFiles/tacho_check_fallback.dir/src/http_site.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/http_site.c.o.d"
  "/tmp/core/tacho/src/index.c" "CMakeFiles/tacho_check_fallback.dir/src/index.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/index.c.o.d"
  "/tmp/core/tacho/src/json.c" "CMakeFiles/tacho_check_fallback.dir/src/json.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/json.c.o.d"
  "/tmp/core/tacho/src/keep.c" "CMakeFiles/tacho_check_fallback.dir/src/keep.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/keep.c.o.d"
  "/tmp/core/tacho/src/label.c" "CMakeFiles/tacho_check_fallback.dir/src/label.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/label.c.o.d"
  "/tmp/core/tacho/src/line.c" "CMakeFiles/tacho_check_fallback.dir/src/line.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/line.c.o.d"
  "/tmp/core/tacho/src/lint.c" "CMakeFiles/tacho_check_fallback.dir/src/lint.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/lint.c.o.d"
  "/tmp/core/tacho/src/lint_rules.c" "CMakeFiles/tacho_check_fallback.dir/src/lint_rules.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/lint_rules.c.o.d"
  "/tmp/core/tacho/src/lock.c" "CMakeFiles/tacho_check_fallback.dir/src/lock.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/lock.c.o.d"
  "/tmp/core/tacho/src/meta.c" "CMakeFiles/tacho_check_fallback.dir/src/meta.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/meta.c.o.d"
  "/tmp/core/tacho/src/metric.c" "CMakeFiles/tacho_check_fallback.dir/src/metric.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/metric.c.o.d"
  "/tmp/core/tacho/src/native.c" "CMakeFiles/tacho_check_fallback.dir/src/native.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/native.c.o.d"
  "/tmp/core/tacho/src/native_limit.c" "CMakeFiles/tacho_check_fallback.dir/src/native_limit.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/native_limit.c.o.d"
  "/tmp/core/tacho/src/native_view.c" "CMakeFiles/tacho_check_fallback.dir/src/native_view.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/native_view.c.o.d"
  "/tmp/core/tacho/src/negotiate.c" "CMakeFiles/tacho_check_fallback.dir/src/negotiate.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/negotiate.c.o.d"
  "/tmp/core/tacho/src/num.c" "CMakeFiles/tacho_check_fallback.dir/src/num.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/num.c.o.d"
  "/tmp/core/tacho/src/openmetrics.c" "CMakeFiles/tacho_check_fallback.dir/src/openmetrics.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/openmetrics.c.o.d"
  "/tmp/core/tacho/src/point.c" "CMakeFiles/tacho_check_fallback.dir/src/point.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/point.c.o.d"
  "/tmp/core/tacho/src/protobuf.c" "CMakeFiles/tacho_check_fallback.dir/src/protobuf.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/protobuf.c.o.d"
  "/tmp/core/tacho/src/registry.c" "CMakeFiles/tacho_check_fallback.dir/src/registry.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/registry.c.o.d"
  "/tmp/core/tacho/src/remove.c" "CMakeFiles/tacho_check_fallback.dir/src/remove.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/remove.c.o.d"
  "/tmp/core/tacho/src/repair.c" "CMakeFiles/tacho_check_fallback.dir/src/repair.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/repair.c.o.d"
  "/tmp/core/tacho/src/run.c" "CMakeFiles/tacho_check_fallback.dir/src/run.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/run.c.o.d"
  "/tmp/core/tacho/src/scrape.c" "CMakeFiles/tacho_check_fallback.dir/src/scrape.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/scrape.c.o.d"
  "/tmp/core/tacho/src/segment.c" "CMakeFiles/tacho_check_fallback.dir/src/segment.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/segment.c.o.d"
  "/tmp/core/tacho/src/self.c" "CMakeFiles/tacho_check_fallback.dir/src/self.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/self.c.o.d"
  "/tmp/core/tacho/src/series.c" "CMakeFiles/tacho_check_fallback.dir/src/series.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/series.c.o.d"
  "/tmp/core/tacho/src/sink.c" "CMakeFiles/tacho_check_fallback.dir/src/sink.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/sink.c.o.d"
  "/tmp/core/tacho/src/sized.c" "CMakeFiles/tacho_check_fallback.dir/src/sized.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/sized.c.o.d"
  "/tmp/core/tacho/src/sketch.c" "CMakeFiles/tacho_check_fallback.dir/src/sketch.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/sketch.c.o.d"
  "/tmp/core/tacho/src/spell.c" "CMakeFiles/tacho_check_fallback.dir/src/spell.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/spell.c.o.d"
  "/tmp/core/tacho/src/state.c" "CMakeFiles/tacho_check_fallback.dir/src/state.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/state.c.o.d"
  "/tmp/core/tacho/src/stripes.c" "CMakeFiles/tacho_check_fallback.dir/src/stripes.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/stripes.c.o.d"
  "/tmp/core/tacho/src/summary.c" "CMakeFiles/tacho_check_fallback.dir/src/summary.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/summary.c.o.d"
  "/tmp/core/tacho/src/symbol.c" "CMakeFiles/tacho_check_fallback.dir/src/symbol.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/symbol.c.o.d"
  "/tmp/core/tacho/src/text.c" "CMakeFiles/tacho_check_fallback.dir/src/text.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/text.c.o.d"
  "/tmp/core/tacho/src/token.c" "CMakeFiles/tacho_check_fallback.dir/src/token.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/token.c.o.d"
  "/tmp/core/tacho/src/units.c" "CMakeFiles/tacho_check_fallback.dir/src/units.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/units.c.o.d"
  "/tmp/core/tacho/src/utf8.c" "CMakeFiles/tacho_check_fallback.dir/src/utf8.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/utf8.c.o.d"
  "/tmp/core/tacho/src/vec.c" "CMakeFiles/tacho_check_fallback.dir/src/vec.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/vec.c.o.d"
  "/tmp/core/tacho/src/wait.c" "CMakeFiles/tacho_check_fallback.dir/src/wait.c.o" "gcc" "CMakeFiles/tacho_check_fallback.dir/src/wait.c.o.d"
  )

# Targets to which this target links.
set(CMAKE_TARGET_LINKED_INFO_FILES
  )

# Fortran module output directory.
set(CMAKE_Fortran_TARGET_MODULE_DIR "")
