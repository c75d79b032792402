#include "loop/guard.hpp"

#include <exception>
#include <new>

#include "flow/failure.hpp"

namespace social::loop {

void log_exception(ngx_log_t* log, std::string_view where) noexcept {
    try {
        throw;
    } catch (const flow::Failure& failure) {
        const Error& error = failure.error();
        const std::string_view colon = error.detail.empty() ? "" : ": ";
        ngx::write_log(log, NGX_LOG_ERR,
                       {"social: ", where, " failed: ", error.what, colon, error.detail});
    } catch (const std::bad_alloc&) {
        ngx::write_log(log, NGX_LOG_CRIT, {"social: ", where, " failed: out of memory"});
    } catch (const std::exception& error) {
        ngx::write_log(log, NGX_LOG_ERR, {"social: ", where, " failed: ", error.what()});
    } catch (...) {
        ngx::write_log(log, NGX_LOG_ERR, {"social: ", where, " failed: unknown exception"});
    }
}

}  // namespace social::loop
