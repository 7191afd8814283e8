"""Rules: the holidays that come with the product, by country, with their names in our languages.

A club takes them over as rows of its own and changes them as it likes. Days of mourning and silent
days stand in the calendar, but are not greeted unless the owner says so.
"""

from clubcrm.campaigns.rules.holidays import HolidayKind, HolidayRule, Shipped

FIXED, EASTER, NEPAL, TYPED = HolidayKind


def _fixed(month: int, day: int) -> HolidayRule:
    return HolidayRule(FIXED, month, day)


def _easter(offset: int) -> HolidayRule:
    return HolidayRule(EASTER, offset=offset)


def _nepal(month: int, day: int) -> HolidayRule:
    return HolidayRule(NEPAL, month, day)


MOON = HolidayRule(TYPED)


def _names(en: str, bn: str, ne: str, ru: str) -> dict[str, str]:
    return {"en": en, "bn": bn, "ne": ne, "ru": ru}


NEW_YEAR = _names("New Year", "নববর্ষ", "नयाँ वर्ष", "Новым годом")
CHRISTMAS = _names("Christmas", "বড়দিন", "क्रिसमस", "Рождеством")
EID = _names("Eid ul-Fitr", "ঈদুল ফিতর", "ईद उल-फित्र", "Ораза айтом")
SACRIFICE = _names("Eid ul-Adha", "ঈদুল আজহা", "ईद उल-अजहा", "Курбан айтом")
WOMEN = _names("Women’s Day", "নারী দিবস", "नारी दिवस", "Международным женским днём")
LABOUR = _names("May Day", "মে দিবস", "मजदुर दिवस", "Праздником 1 мая")

FEASTS: tuple[Shipped, ...] = (
    Shipped("BD", "mother_language", _fixed(2, 21),
            _names("Mother Language Day", "শহীদ দিবস ও আন্তর্জাতিক মাতৃভাষা দিবস",
                   "मातृभाषा दिवस", "Днём родного языка"), greets=False),
    Shipped("BD", "women", _fixed(3, 8), WOMEN),
    Shipped("BD", "independence", _fixed(3, 26),
            _names("Independence Day", "স্বাধীনতা দিবস", "स्वतन्त्रता दिवस",
                   "Днём независимости")),
    Shipped("BD", "pohela_boishakh", _fixed(4, 14),
            _names("Pohela Boishakh", "পহেলা বৈশাখ", "पहेला बैशाख", "Пойла-Бойшакх")),
    Shipped("BD", "may_day", _fixed(5, 1), LABOUR),
    Shipped("BD", "eid_ul_fitr", MOON, EID),
    Shipped("BD", "eid_ul_adha", MOON, SACRIFICE),
    Shipped("BD", "durga_puja", MOON,
            _names("Durga Puja", "দুর্গাপূজা", "दुर्गा पूजा", "Дурга-пуджей")),
    Shipped("BD", "victory", _fixed(12, 16),
            _names("Victory Day", "বিজয় দিবস", "विजय दिवस", "Днём победы")),
    Shipped("BD", "christmas", _fixed(12, 25), CHRISTMAS),
    Shipped("BD", "new_year", _fixed(1, 1), NEW_YEAR),
    Shipped("NP", "new_year", _nepal(1, 1),
            _names("Nepali New Year", "নেপালি নববর্ষ", "नयाँ वर्ष", "Непальским Новым годом")),
    Shipped("NP", "women", _fixed(3, 8), WOMEN),
    Shipped("NP", "holi", MOON, _names("Holi", "হোলি", "होली", "Холи")),
    Shipped("NP", "republic", _nepal(2, 15),
            _names("Republic Day", "প্রজাতন্ত্র দিবস", "गणतन्त्र दिवस", "Днём Республики")),
    Shipped("NP", "constitution", _nepal(6, 3),
            _names("Constitution Day", "সংবিধান দিবস", "संविधान दिवस", "Днём Конституции")),
    Shipped("NP", "dashain", MOON, _names("Dashain", "দশাইঁ", "दशैं", "Дашаином")),
    Shipped("NP", "tihar", MOON, _names("Tihar", "তিহার", "तिहार", "Тихаром")),
    Shipped("NP", "eid_ul_fitr", MOON, EID, greets=False),
    Shipped("NP", "christmas", _fixed(12, 25), CHRISTMAS, greets=False),
    Shipped("KZ", "new_year", _fixed(1, 1), NEW_YEAR),
    Shipped("KZ", "christmas", _fixed(1, 7), CHRISTMAS),
    Shipped("KZ", "women", _fixed(3, 8), WOMEN),
    Shipped("KZ", "nauryz", _fixed(3, 21), _names("Nauryz", "নওরোজ", "नौरोज", "Наурызом")),
    Shipped("KZ", "unity", _fixed(5, 1),
            _names("Unity Day", "ঐক্য দিবস", "एकता दिवस", "Днём единства народа Казахстана")),
    Shipped("KZ", "defender", _fixed(5, 7),
            _names("Defender of the Fatherland Day", "প্রতিরক্ষা দিবস", "रक्षक दिवस",
                   "Днём защитника Отечества")),
    Shipped("KZ", "victory", _fixed(5, 9),
            _names("Victory Day", "বিজয় দিবস", "विजय दिवस", "Днём Победы")),
    Shipped("KZ", "kurban_ait", MOON, SACRIFICE),
    Shipped("KZ", "capital", _fixed(7, 6),
            _names("Capital City Day", "রাজধানী দিবস", "राजधानी दिवस", "Днём столицы")),
    Shipped("KZ", "constitution", _fixed(8, 30),
            _names("Constitution Day", "সংবিধান দিবস", "संविधान दिवस", "Днём Конституции")),
    Shipped("KZ", "republic", _fixed(10, 25),
            _names("Republic Day", "প্রজাতন্ত্র দিবস", "गणतन्त्र दिवस", "Днём Республики")),
    Shipped("KZ", "independence", _fixed(12, 16),
            _names("Independence Day", "স্বাধীনতা দিবস", "स्वतन्त्रता दिवस",
                   "Днём независимости")),
    Shipped("DE", "new_year", _fixed(1, 1), NEW_YEAR),
    Shipped("DE", "good_friday", _easter(-2),
            _names("Good Friday", "গুড ফ্রাইডে", "गुड फ्राइडे", "Страстной пятницей"),
            greets=False),
    Shipped("DE", "easter", _easter(0), _names("Easter", "ইস্টার", "इस्टर", "Пасхой")),
    Shipped("DE", "may_day", _fixed(5, 1), LABOUR),
    Shipped("DE", "ascension", _easter(39),
            _names("Ascension Day", "স্বর্গারোহণ দিবস", "स्वर्गारोहण दिवस", "Вознесением"),
            greets=False),
    Shipped("DE", "whit_sunday", _easter(49),
            _names("Whitsun", "পঞ্চাশত্তমী", "पेन्टेकोस्ट", "Троицей")),
    Shipped("DE", "unity", _fixed(10, 3),
            _names("German Unity Day", "জার্মান ঐক্য দিবস", "जर्मन एकता दिवस",
                   "Днём германского единства")),
    Shipped("DE", "christmas", _fixed(12, 25), CHRISTMAS),
)  # fmt: skip
COUNTRIES = tuple(dict.fromkeys(one.country for one in FEASTS))


def feasts_of(country: str) -> list[Shipped]:
    """Return what comes with the product for a country; nothing for one we do not know."""
    return [one for one in FEASTS if one.country == country]
