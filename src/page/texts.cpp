#include "page/texts.hpp"

#include <array>

namespace social::page {

namespace {

using AllWords = std::array<Words, kPageCount>;

constexpr AllWords kEnglish{{
    {
        .title = "You are logged in",
        .message = "Your login with {provider} is complete. This is your session id:",
        .hint = "Copy it into the application that asked you for it. Keep it to yourself, as you "
                "would a password: whoever has it can use this login.",
    },
    {
        .title = "Wrong site url",
        .message = "The address to return to after the login does not belong to a registered "
                   "site. The login was not started.",
        .hint = "Go back to the site that you came from. If it is yours, compare the redirectUrl "
                "with the origins that are registered for it.",
    },
    {
        .title = "Login canceled",
        .message = "You did not give your permission at {provider}. Nothing was shared, and "
                   "nobody was logged in.",
        .hint = "If you change your mind, you can log in again at any time.",
    },
    {
        .title = "This login is no longer valid",
        .message = "It took too long, it was already used, or it was started in another browser.",
        .hint = "Please log in again.",
        .hint_without_link = "Go back to the site that you came from, and log in again there.",
    },
    {
        .title = "{provider} is not answering",
        .message = "Your login could not be finished, because {provider} did not answer as it "
                   "should.",
        .hint = "This is usually over soon. Please try again.",
    },
    {
        .title = "Logins are unavailable",
        .message = "Sessions are unavailable at the moment, so nobody can be logged in. There is "
                   "nothing wrong with your account.",
        .hint = "Please try again in a minute.",
    },
}};

constexpr AllWords kIndonesian{{
    {
        .title = "Anda sudah masuk",
        .message = "Proses masuk melalui {provider} telah selesai. Berikut ID sesi Anda:",
        .hint = "Salin ID ini ke aplikasi yang memintanya. Jaga kerahasiaannya seperti kata "
                "sandi: siapa pun yang memilikinya dapat memakai sesi ini.",
    },
    {
        .title = "URL situs salah",
        .message = "Alamat tujuan setelah masuk bukan milik situs yang terdaftar. Proses masuk "
                   "tidak dimulai.",
        .hint = "Silakan kembali ke situs asal Anda. Jika situs itu milik Anda, bandingkan "
                "redirectUrl dengan alamat asal (origin) yang didaftarkan untuknya.",
    },
    {
        .title = "Proses masuk dibatalkan",
        .message = "Anda tidak memberikan izin di {provider}. Tidak ada data yang dibagikan, dan "
                   "Anda belum masuk.",
        .hint = "Jika Anda berubah pikiran, Anda dapat masuk lagi kapan saja.",
    },
    {
        .title = "Proses masuk ini tidak berlaku lagi",
        .message = "Waktunya sudah habis, tautannya sudah pernah dipakai, atau prosesnya dimulai "
                   "di peramban lain.",
        .hint = "Silakan masuk lagi.",
        .hint_without_link = "Silakan kembali ke situs asal Anda, lalu masuk lagi dari sana.",
    },
    {
        .title = "{provider} tidak merespons",
        .message = "Proses masuk tidak dapat diselesaikan karena {provider} tidak merespons "
                   "sebagaimana mestinya.",
        .hint = "Gangguan seperti ini biasanya hanya sebentar. Silakan coba lagi.",
    },
    {
        .title = "Layanan masuk tidak tersedia",
        .message = "Sesi sedang tidak dapat diakses sehingga tidak ada yang dapat masuk. Tidak "
                   "ada masalah dengan akun Anda.",
        .hint = "Silakan coba beberapa saat lagi.",
    },
}};

constexpr Labels kEnglishLabels{
    .provider = "the provider",
    .session_id = "Session id",
    .copy = "Copy session id",
    .copied = "Copied",
    .try_again = "Try again",
};

constexpr Labels kIndonesianLabels{
    .provider = "penyedia akun",
    .session_id = "ID sesi",
    .copy = "Salin ID sesi",
    .copied = "Tersalin",
    .try_again = "Coba lagi",
};

}  // namespace

const Words& words(PageName page, Language language) noexcept {
    const AllWords& all = language == Language::id ? kIndonesian : kEnglish;
    return all[static_cast<std::size_t>(page)];
}

const Labels& labels(Language language) noexcept {
    return language == Language::id ? kIndonesianLabels : kEnglishLabels;
}

}  // namespace social::page
