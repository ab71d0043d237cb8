"""The reader of acts against invented texts: it never breaks, and no word of a row is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap import deadlines, decree, tables
from roadmap.bodies import read_note, split_bodies
from roadmap.letters import mend, squash, tidy
from roadmap.plan import keep, restore

quick = settings(derandomize=True, database=None, deadline=None, max_examples=150)
letters = st.text(alphabet='абвгдеәғқңөұүһі АБӘҒiIKM0123459.,;:()«»"-–/%№', min_size=0, max_size=40)
pieces = st.sampled_from(
    ["\t|\t", "\n", "|", "\t", "<table>", "</table>", "<tr>", "<td colspan=3>", "<td rowspan=9>", "&nbsp;", "№", "1.",
     "Іс-шаралар", "Мероприятия", "Ответственные исполнители", "Жауапты орындаушылар", "Срок исполнения", "Мерзімі",
     "Раздел 1.", "2014 жыл", "до 1 апреля 2014 года", "МФ (по согласованию)", "-\"-",
     "Примечание: расшифровка аббревиатур:",
     "МФ – Министерство", "Утверждено постановлением от 1 мая 2014 года № 5", "|---|", "**", "##"]
)  # fmt: skip
texts = st.lists(st.one_of(letters, pieces, st.text(max_size=6)), max_size=60).map("".join)
words = st.text(alphabet="абвгдежзиклмнопрстуфхцчшщыэюяәғқңөұүһі", min_size=3, max_size=9)
titles = (
    st.lists(words, min_size=1, max_size=5)
    .map(lambda parts: " ".join(parts).capitalize())
    .filter(lambda text: not deadlines.is_ditto(text))
)
WHYS = (tables.EMPTY, tables.TOO_LARGE, tables.OLD_OFFICE, tables.PDF, tables.BINARY, tables.BROKEN)
HEAD = "№\t|\tМероприятие\t|\tФорма завершения\t|\tОтветственные исполнители\t|\tСрок исполнения\n"


@quick
@given(texts)
def test_it_reads_or_refuses_any_text(text):
    try:
        plan = decree.parse(tables.read_text(text))
    except (tables.Unreadable, decree.NotAPlan):
        return
    assert restore(keep(plan)) == plan


@quick
@given(texts)
def test_it_reads_or_refuses_anything_behind_the_headings(text):
    try:
        plan = decree.parse(tables.read_text(HEAD + text))
    except (tables.Unreadable, decree.NotAPlan):
        return
    assert all(measure.line for measure in plan.measures)


@quick
@given(st.binary(max_size=300))
def test_it_reads_or_refuses_any_file(content):
    try:
        rows = tables.read(content)
    except tables.Unreadable as refusal:
        assert refusal.why in WHYS
        return
    assert all(isinstance(row, tables.Row) for row in rows)


@quick
@given(st.lists(st.tuples(titles, titles, titles, letters), min_size=1, max_size=8))
def test_it_loses_no_row_and_no_word_of_it(rows):
    table = "".join(
        f"{number}\t|\t{title}\t|\t{form}\t|\t{body}\t|\t{deadline}\n"
        for number, (title, form, body, deadline) in enumerate(rows, start=1)
    )
    plan = decree.parse(tables.read_text(HEAD + table), "ru")
    assert [(measure.number, measure.title) for measure in plan.measures] == [
        (str(number), squash(row[0])) for number, row in enumerate(rows, start=1)
    ]
    assert all(measure.executors for measure in plan.measures)
    assert [
        "".join(measure.deadline.text.split()) for measure in plan.measures if measure.deadline.doubt == "unread"
    ] == [
        "".join(squash(row[3]).split())
        for row, measure in zip(rows, plan.measures, strict=True)
        if measure.deadline.doubt == "unread"
    ]


@quick
@given(letters, st.sampled_from(["kk", "ru"]))
def test_it_parts_any_cell_without_losing_a_letter(cell, language):
    named = split_bodies(cell, language)
    kept = "".join(one.name for one in named)
    if not any(one.by_agreement or one.lead for one in named):
        assert sum(map(str.isalnum, kept)) == sum(map(str.isalnum, cell))


@quick
@given(st.text(max_size=80))
def test_mending_and_tidying_twice_is_mending_once(text):
    assert mend(mend(text)) == mend(text)
    assert tidy(tidy(text)) == tidy(text)
    assert isinstance(read_note(f"Примечание: расшифровка аббревиатур: {text}", ["МФ"], "ru"), dict)
