#include "loop/guard.hpp"

#include <exception>
#include <new>

#include "coro/result_task.hpp"
#include "loop/error_log.hpp"

namespace social::loop {

void log_exception(ngx_log_t* log, std::string_view where) noexcept {
    try {
        throw;
    } catch (const flow::Failure& failure) {
        const Error& error = failure.error();
        const std::string_view colon = error.detail.empty() ? "" : ": ";
        write_limited(log,
                      {.level = NGX_LOG_ERR,
                       .text = {"social: ", where, " failed: ", error.what, colon, error.detail},
                       .kind = {"social: ", where, error.what}});
    } catch (const std::bad_alloc&) {
        write_limited(
            log, {.level = NGX_LOG_CRIT, .text = {"social: ", where, " failed: out of memory"}});
    } catch (const std::exception& error) {
        write_limited(
            log, {.level = NGX_LOG_ERR, .text = {"social: ", where, " failed: ", error.what()}});
    } catch (...) {
        write_limited(
            log, {.level = NGX_LOG_ERR, .text = {"social: ", where, " failed: unknown exception"}});
    }
}

}  // namespace social::loop
