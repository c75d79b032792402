#include "page/markup.hpp"

#include <array>
#include <string>

namespace social::page {

namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="{{lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{{title}}</title>
)";

constexpr std::string_view kWords = R"(<h1>{{title}}</h1>
<p>{{message}}</p>
)";

constexpr std::string_view kSession =
    R"({{#session_id}}<output id="session-id" aria-label="{{session_label}}">{{session_id}}</output>
<button type="button" id="copy" data-copied="{{copied}}" aria-live="polite" hidden>{{copy}}</button>
{{/session_id}})";

constexpr std::string_view kHint = R"(<p class="hint">{{hint}}</p>
)";

constexpr std::string_view kTryAgain =
    R"({{#try_again}}<a class="button" href="{{try_again}}">{{try_again_label}}</a>
{{/try_again}})";

constexpr std::string_view kFoot = R"(</main>
</body>
</html>
)";

// An icon in a circle that shows the outcome.
struct Mark {
    std::string_view tone;  // CSS class of the icon
    std::string_view path;  // SVG path in a square of 24
};

constexpr Mark kDone{"good", "M6.5 12.5l3.8 3.8 7.2-8"};
constexpr Mark kStopped{"plain", "M8 8l8 8M16 8l-8 8"};
constexpr Mark kTrouble{"bad", "M12 6.5v7M12 17v.01"};
constexpr Mark kLate{"plain", "M12 6.5v6l3.8 2.3"};

constexpr std::array<Mark, kPageCount> kMarks{kDone, kTrouble, kStopped, kLate, kTrouble, kTrouble};

std::string picture(const Mark& mark) {
    return std::string(R"(<svg class=")").append(mark.tone) +
           R"(" viewBox="0 0 24 24" width="48" height="48" aria-hidden="true">)" +
           R"(<circle cx="12" cy="12" r="11"/><path d=")" + std::string(mark.path) + "\"/></svg>\n";
}

std::string make_template(PageName page) {
    std::string html(kHead);
    html.append(kIcon).append("<style>").append(kStyle).append(
        "</style>\n</head>\n<body>\n<main>\n");
    html += picture(kMarks[static_cast<std::size_t>(page)]);
    html += kWords;
    if (page == PageName::landing) {
        html.append(kSession).append(kHint);
        html.append("<script>").append(kScript).append("</script>\n");
    } else {
        html.append(kHint).append(kTryAgain);
    }
    html += kFoot;
    return html;
}

std::array<std::string, kPageCount> make_templates() {
    std::array<std::string, kPageCount> all;
    for (std::size_t i = 0; i < kPageCount; ++i) {
        all[i] = make_template(static_cast<PageName>(i));
    }
    return all;
}

}  // namespace

constinit const std::string_view kIcon =
    R"(<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='8' fill='%232456d3'/%3E%3C/svg%3E">
)";

// Dark and light mode, one accent color, touch targets of at least 48 pixels. System fonts only,
// since the policy allows no download.
constinit const std::string_view kStyle = R"(
:root {
  color-scheme: light dark;
  --ground: #f2f4f8; --paper: #ffffff; --line: #d8dde6; --ink: #1a1f29; --soft: #586174;
  --accent: #2456d3; --on-accent: #ffffff; --good: #1a7f4b; --bad: #b3402a; --inset: #f2f4f8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11141a; --paper: #1b2029; --line: #333b48; --ink: #edf0f5; --soft: #a4adbd;
    --accent: #8fb0ff; --on-accent: #0f1a33; --good: #5fd39a; --bad: #ff9c86; --inset: #11141a;
  }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; padding: 1.25rem;
  display: grid; place-items: center;
  background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main {
  width: 100%; max-width: 30rem; padding: 2rem 1.5rem;
  background: var(--paper); border: 1px solid var(--line); border-radius: 1rem;
}
svg { display: block; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.plain { color: var(--soft); }
h1 { margin: 1.25rem 0 .5rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; text-wrap: balance; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; text-wrap: pretty; }
.hint { margin: 1rem 0 0; color: var(--soft); font-size: .9375rem; }
output {
  display: block; padding: .875rem 1rem; border: 1px solid var(--line); border-radius: .625rem;
  background: var(--inset); font: .9375rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; -webkit-user-select: all; user-select: all;
}
button, .button {
  display: block; width: 100%; min-height: 3rem; margin: 1rem 0 0; padding: .75rem 1rem;
  border: 0; border-radius: .625rem; background: var(--accent); color: var(--on-accent);
  font: inherit; font-weight: 600; line-height: 1.5rem; text-align: center; text-decoration: none; cursor: pointer;
}
.button { margin-top: 1.5rem; }
button:hover, .button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
@media (min-width: 40rem) { main { padding: 2.5rem; } }
)";

// The button is shown only if the script runs. Without the clipboard API (plain http), the script
// selects the id and uses execCommand().
constinit const std::string_view kScript = R"(
(function () {
  "use strict";
  var id = document.getElementById("session-id");
  var button = document.getElementById("copy");
  if (!id || !button) { return; }
  var label = button.textContent;
  function done() {
    button.textContent = button.getAttribute("data-copied");
    setTimeout(function () { button.textContent = label; }, 2500);
  }
  function copySelection() {
    var range = document.createRange();
    range.selectNodeContents(id);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    if (document.execCommand("copy")) { done(); }
  }
  button.addEventListener("click", function () {
    if (navigator.clipboard) {
      navigator.clipboard.writeText(id.textContent).then(done, copySelection);
    } else {
      copySelection();
    }
  });
  button.hidden = false;
}());
)";

std::string_view built_in_template(PageName page) {
    static const std::array<std::string, kPageCount> all = make_templates();
    return all[static_cast<std::size_t>(page)];
}

}  // namespace social::page
