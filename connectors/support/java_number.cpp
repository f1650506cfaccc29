#include "connectors/support/java_number.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

namespace millrace {

namespace {

/// 0.d1 d2 d3 … times ten to the power of `exponent`.
struct Digits {
    std::array<char, 24> text{};
    int count = 0;
    int exponent = 0;
};

/// What makes up a finite number greater than zero: fraction * 2^(exponent - 52), the fraction's 53rd bit set.
struct Binary {
    std::uint64_t fraction;
    int exponent;
    int significant_bits;  ///< how many of the fraction's upper bits the type really holds
};

__extension__ using Wide = unsigned __int128;

/// Whether the digits so far can be no other number: `low` as they stand, `high` if the last is raised by one.
struct Bounds {
    bool low;
    bool high;
};

/// Java computes in int, long or big numbers, as the operands need. The two short kinds treat the upper bound
/// differently from the long one, and wrap around in the sum; both show in the digits.
enum class Arithmetic : std::uint8_t { Int, Long, Big };

/// A natural number of at most 1408 bits, enough for every double at every step.
class Natural {
public:
    explicit Natural(std::uint64_t value) {
        for (; value != 0; value >>= 32) limbs_[size_++] = static_cast<std::uint32_t>(value);
    }
    void multiply(std::uint32_t factor) {
        std::uint64_t carry = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            carry += std::uint64_t{limbs_[i]} * factor;
            limbs_[i] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) limbs_[size_++] = static_cast<std::uint32_t>(carry);
    }
    void shift_left(int bits) {
        if (size_ == 0) return;
        const auto whole = static_cast<std::size_t>(bits / 32);
        std::copy_backward(limbs_.begin(), limbs_.begin() + static_cast<std::ptrdiff_t>(size_),
                           limbs_.begin() + static_cast<std::ptrdiff_t>(size_ + whole));
        std::fill_n(limbs_.begin(), whole, 0u);
        size_ += whole;
        multiply(std::uint32_t{1} << bits % 32);
    }
    bool is_zero() const noexcept { return size_ == 0; }
    /// Less than, equal to or greater than zero, as a is to b.
    friend int compare(const Natural& a, const Natural& b) noexcept {
        if (a.size_ != b.size_) return a.size_ < b.size_ ? -1 : 1;
        for (std::size_t i = a.size_; i-- > 0;) {
            if (a.limbs_[i] != b.limbs_[i]) return a.limbs_[i] < b.limbs_[i] ? -1 : 1;
        }
        return 0;
    }
    friend Natural operator+(const Natural& a, const Natural& b) {
        Natural sum(0);
        std::uint64_t carry = 0;
        for (std::size_t i = 0; i < std::max(a.size_, b.size_) || carry != 0; ++i) {
            carry += std::uint64_t{a.limb(i)} + b.limb(i);
            sum.limbs_[sum.size_++] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        return sum;
    }
    friend Bounds bounds(const Natural& rest, const Natural& margin, const Natural& ten, Arithmetic) {
        return {.low = compare(rest, margin) < 0, .high = compare(rest + margin, ten) >= 0};
    }
    /// Keeps the remainder and gives the quotient, which is less than ten.
    int divide_by(const Natural& divisor) {
        int quotient = 0;
        for (; compare(*this, divisor) >= 0; ++quotient) subtract(divisor);
        return quotient;
    }

private:
    std::uint32_t limb(std::size_t i) const noexcept { return i < size_ ? limbs_[i] : 0; }
    void subtract(const Natural& other) {
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            const std::uint64_t take = std::uint64_t{other.limb(i)} + borrow;
            borrow = limbs_[i] < take ? 1 : 0;
            limbs_[i] = static_cast<std::uint32_t>(limbs_[i] - take);
        }
        while (size_ > 0 && limbs_[size_ - 1] == 0) --size_;
    }

    std::array<std::uint32_t, 44> limbs_{};
    std::size_t size_ = 0;
};

/// The same for numbers that fit in 128 bits.
class Short {
public:
    explicit Short(std::uint64_t value) : value_(value) {}
    void multiply(std::uint32_t factor) { value_ *= factor; }
    void shift_left(int bits) { value_ <<= bits; }
    bool is_zero() const noexcept { return value_ == 0; }
    friend int compare(const Short& a, const Short& b) noexcept {
        return a.value_ < b.value_ ? -1 : a.value_ > b.value_ ? 1 : 0;
    }
    friend Short operator+(const Short& a, const Short& b) {
        Short sum(0);
        sum.value_ = a.value_ + b.value_;
        return sum;
    }
    friend Bounds bounds(const Short& rest, const Short& margin, const Short& ten, Arithmetic arithmetic) {
        switch (arithmetic) {
        case Arithmetic::Int:
            return wrapping_bounds<std::int32_t>(rest, margin, ten);
        case Arithmetic::Long:
            return wrapping_bounds<std::int64_t>(rest, margin, ten);
        case Arithmetic::Big:
            break;
        }
        return {.low = compare(rest, margin) < 0, .high = compare(rest + margin, ten) >= 0};
    }
    int divide_by(const Short& divisor) {
        const auto quotient = static_cast<int>(value_ / divisor.value_);
        value_ %= divisor.value_;
        return quotient;
    }

private:
    template <class Word>
    static Bounds wrapping_bounds(const Short& rest, const Short& margin, const Short& ten) {
        const auto m = static_cast<Word>(margin.value_);
        if (m <= 0) return {.low = true, .high = true};
        return {.low = static_cast<Word>(rest.value_) < m,
                .high = static_cast<Word>(rest.value_ + margin.value_) > static_cast<Word>(ten.value_)};
    }

    Wide value_;
};

/// factor * 5^fives * 2^twos.
template <class Number>
Number product(std::uint64_t factor, int fives, int twos) {
    Number number(factor);
    for (; fives >= 13; fives -= 13) number.multiply(1'220'703'125);
    for (; fives > 0; --fives) number.multiply(5);
    number.shift_left(twos);
    return number;
}

void round_up(Digits& digits) {
    int i = digits.count - 1;
    while (i > 0 && digits.text[static_cast<std::size_t>(i)] == '9') digits.text[static_cast<std::size_t>(i--)] = '0';
    char& digit = digits.text[static_cast<std::size_t>(i)];
    if (digit == '9') {
        digit = '1';
        ++digits.exponent;
    } else {
        ++digit;
    }
}

/// The number is numerator / denominator * 10^exponent; half the distance to its neighbours is margin / denominator.
struct Fraction {
    std::uint64_t numerator;
    int numerator_fives, numerator_twos;
    int denominator_fives, denominator_twos;
    int margin_twos;
    int exponent;
    Arithmetic arithmetic;
};

/// Digit after digit until what was written can be no other number.
template <class Number>
Digits generate(const Fraction& f) {
    auto rest = product<Number>(f.numerator, f.numerator_fives, f.numerator_twos);
    const auto unit = product<Number>(1, f.denominator_fives, f.denominator_twos);
    auto margin = product<Number>(1, f.numerator_fives, f.margin_twos);
    const auto ten = product<Number>(10, f.denominator_fives, f.denominator_twos);
    Digits digits;
    int exponent = f.exponent;
    const auto next = [&] {
        const int digit = rest.divide_by(unit);
        rest.multiply(10);
        margin.multiply(10);
        return digit;
    };
    const auto put = [&](int digit) {
        digits.text[static_cast<std::size_t>(digits.count++)] = static_cast<char>('0' + digit);
    };
    const int first = next();
    auto stop = bounds(rest, margin, ten, f.arithmetic);
    if (first == 0 && !stop.high) {
        --exponent;
    } else {
        put(first);
    }
    // With an exponent there is always a digit after the point, so one digit is never enough.
    if (exponent < -3 || exponent >= 8) stop = {.low = false, .high = false};
    while (!stop.low && !stop.high) {
        put(next());
        stop = bounds(rest, margin, ten, f.arithmetic);
    }
    digits.exponent = exponent + 1;
    const int middle = stop.low && stop.high ? compare(rest + rest, ten) : stop.high ? 1 : -1;
    const bool odd = (digits.text[static_cast<std::size_t>(digits.count - 1)] & 1) != 0;
    if (middle > 0 || (middle == 0 && odd)) round_up(digits);
    return digits;
}

/// A whole number; `dropped` lower digits are beyond the type's precision.
Digits whole_number(std::uint64_t value, int dropped) {
    Digits digits;
    if (dropped > 0) {
        std::uint64_t power = 1;
        for (int i = 0; i < dropped; ++i) power *= 10;
        const auto residue = value % power;
        value = value / power + (residue >= power / 2 ? 1 : 0);
    }
    while (value % 10 == 0) {
        value /= 10;
        ++dropped;
    }
    for (; value != 0; value /= 10) {
        digits.text[static_cast<std::size_t>(digits.count++)] = static_cast<char>('0' + value % 10);
    }
    std::reverse(digits.text.begin(), digits.text.begin() + digits.count);
    digits.exponent = digits.count + dropped;
    return digits;
}

int bits_of_five_to(int power) {
    if (power >= 27) return power * 3;
    return power == 0 ? 0 : static_cast<int>(power * 2.321928094887362) + 1;
}

/// At most one too many: the line lies above the logarithm.
int estimated_exponent(const Binary& number) {
    constexpr std::uint64_t one = 0x3FF0000000000000;
    const auto mantissa = std::bit_cast<double>(one | (number.fraction & 0x000FFFFFFFFFFFFF));
    return static_cast<int>(
        std::floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + number.exponent * 0.301029995663981));
}

Digits digits_of(const Binary& number) {
    const int zeros = std::countr_zero(number.fraction);
    const int bits = 53 - zeros;
    const int tiny = std::max(0, bits - number.exponent - 1);
    if (number.exponent <= 62 && number.exponent >= -21 && tiny == 0 && bits < 64) {
        const int surplus = number.exponent - number.significant_bits - 1;
        const int dropped = surplus > 1 ? static_cast<int>(surplus * 0.30102999566398120) : 0;
        const auto value = number.exponent >= 52 ? number.fraction << (number.exponent - 52)
                                                 : number.fraction >> (52 - number.exponent);
        return whole_number(value, dropped);
    }
    const int exponent = estimated_exponent(number);
    Fraction f{.numerator = number.fraction >> zeros,
               .numerator_fives = std::max(0, -exponent),
               .numerator_twos = 0,
               .denominator_fives = std::max(0, exponent),
               .denominator_twos = 0,
               .margin_twos = 0,
               .exponent = exponent,
               .arithmetic = Arithmetic::Big};
    f.numerator_twos = f.numerator_fives + tiny + number.exponent;
    f.denominator_twos = f.denominator_fives + tiny;
    f.margin_twos = f.numerator_twos - number.significant_bits;
    f.numerator_twos -= bits - 1;
    const int common = std::min(f.numerator_twos, f.denominator_twos);
    f.numerator_twos -= common;
    f.denominator_twos -= common;
    f.margin_twos -= common;
    if (bits == 1) --f.margin_twos;  // a power of two: its lower neighbour is nearer
    if (f.margin_twos < 0) {
        f.numerator_twos -= f.margin_twos;
        f.denominator_twos -= f.margin_twos;
        f.margin_twos = 0;
    }
    const int rest_bits = bits + f.numerator_twos + bits_of_five_to(f.numerator_fives);
    const int ten_bits = f.denominator_twos + 1 + bits_of_five_to(f.denominator_fives + 1);
    if (rest_bits < 64 && ten_bits < 64) {
        f.arithmetic = rest_bits < 32 && ten_bits < 32 ? Arithmetic::Int : Arithmetic::Long;
    }
    return rest_bits < 120 && ten_bits < 120 ? generate<Short>(f) : generate<Natural>(f);
}

void append_number(std::string& out, const Digits& digits) {
    const auto text = std::string_view(digits.text.data(), static_cast<std::size_t>(digits.count));
    const int exponent = digits.exponent;
    if (exponent > 0 && exponent < 8) {
        const auto whole = static_cast<std::size_t>(exponent);
        out += text.substr(0, whole);
        if (text.size() <= whole) {
            out.append(whole - text.size(), '0');
            out += ".0";
        } else {
            out += '.';
            out += text.substr(whole);
        }
    } else if (exponent <= 0 && exponent > -3) {
        out += "0.";
        out.append(static_cast<std::size_t>(-exponent), '0');
        out += text;
    } else {
        out += text[0];
        out += '.';
        out += text.size() > 1 ? text.substr(1) : "0";
        out += 'E';
        out += std::to_string(exponent - 1);
    }
}

bool append_special(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
        return true;
    }
    if (std::signbit(value)) out += '-';
    if (std::isinf(value)) {
        out += "Infinity";
    } else if (value == 0) {
        out += "0.0";
    } else {
        return false;
    }
    return true;
}

Binary normalised(std::uint64_t fraction, int exponent, int type_bits) {
    const int missing = std::countl_zero(fraction) - 11;  // of a subnormal number
    return {.fraction = fraction << missing, .exponent = exponent - missing, .significant_bits = type_bits - missing};
}

}

void append_java_double(std::string& out, double value) {
    if (append_special(out, value)) return;
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const int biased = static_cast<int>(bits >> 52 & 0x7FF);
    const std::uint64_t fraction = bits & 0x000FFFFFFFFFFFFF;
    append_number(out, digits_of(biased == 0 ? normalised(fraction, -1022, 53)
                                             : Binary{fraction | std::uint64_t{1} << 52, biased - 1023, 53}));
}

void append_java_float(std::string& out, float value) {
    if (append_special(out, static_cast<double>(value))) return;
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const int biased = static_cast<int>(bits >> 23 & 0xFF);
    const std::uint64_t fraction = std::uint64_t{bits & 0x007FFFFF} << 29;
    append_number(out, digits_of(biased == 0 ? normalised(fraction, -126, 24)
                                             : Binary{fraction | std::uint64_t{1} << 52, biased - 127, 24}));
}

}
