"""Invented members' names in the scripts of the demo clubs, as lists to draw from."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class NameBook:
    """Given names of women and men, and family names in both forms where they differ."""

    language: str
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    families_of_women: tuple[str, ...] = ()

    def family(self, place: int, *, woman: bool) -> str:
        """The family name of a place in the list, in the form of the sex."""
        names = self.families_of_women if woman and self.families_of_women else self.families
        return names[place % len(names)]


def _book(language: str, *lists: str) -> NameBook:
    return NameBook(language, *(tuple(names.split()) for names in lists))


BENGALI = _book(
    "bn",
    (
        "নাসরিন ফারহানা মিতা তানিয়া শর্মিলা রুমানা সাবিনা নুসরাত জান্নাত মৌসুমী লাবণী "
        "সুমাইয়া শাহানা রিয়া তাসনিম আয়েশা পারভীন শিরিন অনন্যা ইশরাত"
    ),
    (
        "রাকিব তানভীর মাহমুদ সাকিব ইমরান আরিফ নাঈম ফয়সাল হাসান সোহেল জাহিদ কামরুল শাহরিয়ার "
        "রিফাত আশিক মেহেদী তৌহিদ নাজমুল সজীব অনিক"
    ),
    (
        "রহমান হোসেন ইসলাম আহমেদ চৌধুরী খান সরকার মিয়া তালুকদার ভূঁইয়া শিকদার দাস পাল সেন "
        "মজুমদার বিশ্বাস হালদার মণ্ডল কাজী মোল্লা"
    ),
)
BENGALI_LATIN = _book(
    "bn",
    (
        "Nasrin Farhana Mita Tania Sharmila Rumana Sabina Nusrat Jannat Mousumi Labony "
        "Sumaiya Shahana Riya Tasnim Ayesha Parvin Shirin Ananya Ishrat"
    ),
    (
        "Rakib Tanvir Mahmud Shakib Imran Arif Nayeem Faisal Hasan Sohel Zahid Kamrul "
        "Shahriar Rifat Ashik Mehedi Touhid Nazmul Sajib Anik"
    ),
    (
        "Rahman Hossain Islam Ahmed Chowdhury Khan Sarker Miah Talukder Bhuiyan Sikder Das "
        "Paul Sen Majumder Biswas Halder Mondal Kazi Molla"
    ),
)
NEPALI = _book(
    "ne",
    (
        "सीता गीता अनिता सुनिता कमला सरिता बिमला प्रतिभा निशा रचना पूजा सुष्मिता मनिषा सबिना "
        "दीपा आस्था प्रिया ऋतु कल्पना शर्मिला"
    ),
    (
        "राम हरि कृष्ण बिकास सुरेश रमेश दिपक प्रकाश सन्तोष राजेश नवीन अमित सागर बिशाल किरण "
        "रोशन सुमन अनिल मिलन आयुष"
    ),
    (
        "शर्मा श्रेष्ठ महर्जन तामाङ गुरुङ राई लिम्बू थापा कार्की अधिकारी पौडेल भट्टराई ढकाल "
        "रिजाल शाक्य बज्राचार्य मगर बस्नेत खड्का पन्त"
    ),
)
NEPALI_LATIN = _book(
    "ne",
    (
        "Sita Gita Anita Sunita Kamala Sarita Bimala Pratibha Nisha Rachana Puja Susmita "
        "Manisha Sabina Deepa Aastha Priya Ritu Kalpana Sharmila"
    ),
    (
        "Ram Hari Krishna Bikash Suresh Ramesh Dipak Prakash Santosh Rajesh Nabin Amit Sagar "
        "Bishal Kiran Roshan Suman Anil Milan Aayush"
    ),
    (
        "Sharma Shrestha Maharjan Tamang Gurung Rai Limbu Thapa Karki Adhikari Paudel "
        "Bhattarai Dhakal Rijal Shakya Bajracharya Magar Basnet Khadka Panta"
    ),
)
CYRILLIC = _book(
    "ru",
    (
        "Айгуль Асель Динара Жанна Сауле Мадина Алия Гульнара Карина Алина Марина Ольга "
        "Татьяна Светлана Ирина Наталья Юлия Екатерина Анна Зарина"
    ),
    (
        "Нурлан Ерлан Тимур Арман Данияр Руслан Бауыржан Алибек Самат Канат Сергей Дмитрий "
        "Андрей Алексей Иван Павел Максим Виктор Олег Артём"
    ),
    (
        "Ахметов Сулейменов Оспанов Искаков Нургалиев Жумабаев Касымов Абдрахманов Ким Цой "
        "Иванов Петров Соколов Кузнецов Попов Морозов Волков Лебедев Новиков Фёдоров"
    ),
    (
        "Ахметова Сулейменова Оспанова Искакова Нургалиева Жумабаева Касымова Абдрахманова "
        "Ким Цой Иванова Петрова Соколова Кузнецова Попова Морозова Волкова Лебедева Новикова "
        "Фёдорова"
    ),
)
LATIN = _book(
    "en",
    (
        "Anna Lena Sophie Jana Greta Paula Miriam Hannah Nele Clara Elif Ayşe Zofia Katarzyna "
        "Chloé Inès Lucía Giulia Maja Frieda Johanna Antje Sabine Heike"
    ),
    (
        "Jonas Lukas Felix Moritz Jan Tobias Niklas Emil Oskar Jürgen Mehmet Emre Piotr "
        "Tomasz Théo Hugo Mateo Marco Björn Karl Stefan Uwe Anton Leon"
    ),
    (
        "Müller Schmidt Schneider Fischer Weber Wagner Becker Hoffmann Schäfer Koch Bauer "
        "Richter Klein Wolf Schröder Neumann Yılmaz Kaya Demir Kowalski Nowak Dupont Moreau "
        "García Rossi Krüger Lange Vogel Böhm Haas"
    ),
)


def draw_book(books: tuple[tuple[NameBook, float], ...], chance: Random) -> NameBook:
    """One of the books, by its share."""
    point = chance.random()
    for book, share in books:
        point -= share
        if point < 0:
            return book
    return books[-1][0]
