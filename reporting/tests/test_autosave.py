"""A draft that saves itself: the answers that the page's script lives by."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import PASSWORD, SIGNATURE, at_once, entry_of, fill, make_user, moment, send, submission_of, text_of
from reporting.models import Evidence, ProgressEntry
from roadmap.models import User


def address(submission, position=1):
    return f"/roadmaps/decree-631/submissions/{submission.pk}/measures/{position}/autosave/"


def typed(person, entry, **changes):
    """What the page sends by itself."""
    return {
        "person": person.pk,
        "revision": ProgressEntry.objects.get(pk=entry.pk).revision,
        "status": "in_progress",
        "percent": "40",
        "narrative": "Жұмыс басталды.",
    } | changes


def state(response):
    return re.search(r'data-state="([\w-]+)"', response.content.decode())[1]


def revision_in(response):
    return int(re.search(r'name="revision" value="(\d+)"[^>]*hx-swap-oob', response.content.decode())[1])


@pytest.fixture
def draft(period):
    return submission_of("natr", period)


@pytest.fixture
def executor(sign_in, officer):
    officer.language = "en"
    officer.save()
    return sign_in(officer)


@pytest.fixture
def colleague(officer):
    """Another officer of the same body."""
    return User.objects.create_user(
        "colleague", password=PASSWORD, role=User.Role.EXECUTOR, executor=officer.executor, language="en",
        first_name="Айнұр", last_name="Сейітова",
    )  # fmt: skip


def test_it_saves_and_tells_when_and_the_next_revision(executor, officer, draft):
    entry = entry_of(draft, 1)
    response = executor.post(address(draft), typed(officer, entry))
    assert (response.status_code, state(response)) == (200, "saved")
    assert re.search(r"saved \d\d:\d\d", text_of(response))
    entry.refresh_from_db()
    assert (entry.narrative, entry.percent, entry.edited_by, entry.revision) == ("Жұмыс басталды.", 40, officer, 1)
    assert revision_in(response) == 1
    again = executor.post(address(draft), typed(officer, entry, revision=1, narrative="Жұмыс жүріп жатыр."))
    assert revision_in(again) == 2


def test_it_writes_nothing_where_nothing_changed(executor, officer, draft):
    values = typed(officer, entry_of(draft, 1))
    executor.post(address(draft), values)
    response = executor.post(address(draft), values)  # the answer was lost, so it is sent again
    assert (response.status_code, state(response), revision_in(response)) == (200, "saved", 1)
    assert entry_of(draft, 1).revision == 1


def test_it_says_that_nothing_was_saved_yet_of_an_empty_form(executor, officer, draft):
    response = executor.post(address(draft), typed(officer, entry_of(draft, 1), status="", percent="", narrative=""))
    assert (response.status_code, state(response)) == (200, "empty")
    assert entry_of(draft, 1).edited_at is None


def test_it_names_the_day_of_a_saving_that_was_not_today(executor, officer, draft, on_day):
    values = typed(officer, entry_of(draft, 1))
    executor.post(address(draft), values)
    on_day("2013-07-02")
    assert "saved 01.07.2013" in text_of(executor.post(address(draft), values))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("percent", "150", "Readiness, %: A percentage lies between 0 and 100."),
        ("document_date", "31.02.2013", "Date of the document: Enter a valid date."),
        ("document_date", "2013-07-02", "lies between the act's day"),
        ("narrative", "ұ" * 20_001, "Ensure this value has at most 20000 characters"),
        ("narrative", "ab\x00cd", "Null characters are not allowed."),
        ("revision", "", "This field is required."),
        ("planned_republican", "5", "The decree gives this measure no such funding"),
    ],
)
def test_it_saves_nothing_of_a_form_with_an_invalid_field_and_names_it(
    executor, officer, draft, field, value, sentence
):
    """A half-typed value never takes the place of a good one; the rest waits with it in the browser."""
    executor.post(address(draft), typed(officer, entry_of(draft, 1), document_date="2013-06-25"))
    response = executor.post(
        address(draft), typed(officer, entry_of(draft, 1), narrative="Жаңа мәтін") | {field: value}
    )
    assert (response.status_code, state(response)) == (422, "invalid")
    assert sentence in text_of(response)
    entry = entry_of(draft, 1)
    assert (entry.narrative, entry.percent, str(entry.document_date)) == ("Жұмыс басталды.", 40, "2013-06-25")


def test_it_overwrites_nobody_and_names_who_saved_meanwhile(executor, officer, colleague, draft):
    mine = typed(officer, entry_of(draft, 1), narrative="Менің мәтінім")
    other = Client()
    other.force_login(colleague)
    other.post(address(draft), typed(colleague, entry_of(draft, 1), narrative="Әріптесімнің мәтіні"))
    response = executor.post(address(draft), mine)
    assert (response.status_code, state(response)) == (409, "conflict")
    assert "Айнұр Сейітова" in text_of(response) and b'name="save"' in response.content
    assert b"hx-swap-oob" not in response.content
    assert entry_of(draft, 1).narrative == "Әріптесімнің мәтіні"
    page = executor.post(address(draft).removesuffix("autosave/"), mine)
    assert "Менің мәтінім" in page.content.decode() and "Әріптесімнің мәтіні" in page.content.decode()
    assert b"hx-post" not in page.content  # both texts are shown: the person decides, nothing saves itself


def test_it_takes_the_same_text_from_two_tabs_for_no_conflict(executor, officer, draft):
    values = typed(officer, entry_of(draft, 1))
    executor.post(address(draft), values | {"narrative": "Басқа"})
    executor.post(address(draft), values | {"revision": 1})
    response = executor.post(address(draft), values)
    assert (response.status_code, revision_in(response)) == (200, 2)


def test_it_tells_that_the_report_was_sent_meanwhile(executor, officer, draft):
    values = typed(officer, entry_of(draft, 1))
    send(draft)
    response = executor.post(address(draft), values)
    assert (response.status_code, state(response)) == (409, "locked")
    assert "can no longer be changed" in text_of(response)
    assert entry_of(draft, 1).narrative == "Жұмыс жүргізілуде."


def test_it_leaves_files_and_buttons_alone(executor, officer, draft):
    file = SimpleUploadedFile("хат.pdf", b"%PDF-1.4")
    Evidence.objects.attach(
        entry_of(draft, 1), file, content_type="application/pdf", by=officer, at=moment("2013-07-01 09:00")
    )
    kept = Evidence.objects.get()
    values = typed(officer, entry_of(draft, 1), detach=kept.pk, next="", evidence=SimpleUploadedFile("x.pdf", b"%PDF-"))
    assert executor.post(address(draft), values).status_code == 200
    assert [(one.pk, one.detached_at) for one in Evidence.objects.all()] == [(kept.pk, None)]


# Who


def test_it_answers_the_signed_out_with_the_way_back_and_no_redirect(client, officer, draft):
    response = client.post(address(draft), typed(officer, entry_of(draft, 1)))
    assert (response.status_code, state(response)) == (401, "signed-out")
    back = address(draft).removesuffix("autosave/")
    assert f'href="/accounts/login/?next={back}" target="_blank"' in response.content.decode()
    assert entry_of(draft, 1).revision == 0


@pytest.mark.parametrize("who", ["colleague", "stranger", "ministry"])
def test_it_saves_nothing_under_another_persons_name(client, request, officer, draft, who):
    """On a shared computer somebody else has signed in since the page was opened."""
    client.force_login(request.getfixturevalue(who))
    response = client.post(address(draft), typed(officer, entry_of(draft, 1)))
    assert (response.status_code, state(response)) == (401, "other")
    assert entry_of(draft, 1).revision == 0


@pytest.mark.parametrize("person", ["", "None", "0", "\x00", "²", "9" * 40])
def test_it_saves_nothing_where_no_person_is_named(executor, officer, draft, person):
    response = executor.post(address(draft), typed(officer, entry_of(draft, 1)) | {"person": person})
    assert response.status_code == 401


def test_it_is_404_for_strangers_and_403_for_other_roles(client, stranger, ministry, head, draft):
    for person, status in ((stranger, 404), (ministry, 404), (head, 403)):
        client.force_login(person)
        assert client.post(address(draft), typed(person, entry_of(draft, 1))).status_code == status


def test_it_wants_a_post(executor, draft):
    assert executor.get(address(draft)).status_code == 405


def test_it_wants_the_token_of_the_present_sign_in(officer, draft):
    """A session ends in the middle of a form; after signing in anew the token has changed, and the new one serves."""
    browser = Client(enforce_csrf_checks=True)
    sign_in = "/accounts/login/"

    def enter():
        browser.get(sign_in)
        token = browser.cookies["csrftoken"].value
        browser.post(sign_in, {"username": "natr", "password": PASSWORD, "csrfmiddlewaretoken": token})
        return browser.cookies["csrftoken"].value

    first = enter()
    values = typed(officer, entry_of(draft, 1), csrfmiddlewaretoken=first)
    assert browser.post(address(draft), values).status_code == 200
    del browser.cookies["sessionid"]
    values |= {"revision": 1, "narrative": "Сеанс аяқталғанда терілген мәтін"}
    assert browser.post(address(draft), values).status_code == 401
    del browser.cookies["csrftoken"]
    assert browser.post(address(draft), values).status_code == 401
    second = enter()
    assert second != first
    assert browser.post(address(draft), values).status_code == 403
    assert browser.post(address(draft), values | {"csrfmiddlewaretoken": second}).status_code == 200
    assert entry_of(draft, 1).narrative == "Сеанс аяқталғанда терілген мәтін"


def test_the_page_names_its_person_and_keeps_typed_text_apart_from_everybody_elses(executor, officer, draft):
    content = executor.get(address(draft).removesuffix("autosave/")).content.decode()
    measure = entry_of(draft, 1).measure_id
    assert f'data-draft="draft:{officer.pk}:{draft.pk}:{measure}:"' in content
    assert f'hx-vals=\'{{"person": "{officer.pk}"}}\'' in content
    assert "data-typed" not in content
    assert 'id="draft-state" role="status"' in content and 'id="unsaved"' in content


def test_the_page_that_comes_back_with_typed_text_says_so(executor, officer, draft):
    page = address(draft).removesuffix("autosave/")
    assert b"data-typed" in executor.post(page, typed(officer, entry_of(draft, 1), percent="150")).content


# At once


@pytest.mark.usefixtures("threads")
def test_two_tabs_at_once_save_one_text_and_tell_the_other(period, officer):
    draft = submission_of("natr", period)

    def tab(text):
        client, values = Client(), typed(officer, entry_of(draft, 1), narrative=text)
        client.force_login(officer)
        return lambda: client.post(address(draft), values).status_code

    assert sorted(at_once(tab("бір"), tab("екі"), tab("үш"))) == [200, 409, 409]
    assert entry_of(draft, 1).revision == 1


@pytest.mark.usefixtures("threads")
def test_saving_by_itself_while_it_is_sent_leaves_nothing_out_of_the_round(period):
    for code in ("natr", "mgmt", "zerde", "king"):
        draft, officer = submission_of(code, period), make_user(code, User.Role.EXECUTOR, code)
        fill(draft)
        entry = draft.entries.in_order().select_related("measure").first()
        client, values = Client(), typed(officer, entry, narrative="соңғы сөз", reason="Мерзімі өтті.")
        client.force_login(officer)

        def saving(client=client, values=values, draft=draft, entry=entry):
            return client.post(address(draft, entry.measure.position), values).status_code

        def sending(draft=draft, officer=officer):
            seen = draft.revision
            return draft.submit(by=officer, at=moment("2013-07-03 11:20"), revision=seen, signature=SIGNATURE)

        at_once(saving, sending)
        draft.refresh_from_db()
        entry.refresh_from_db()
        assert all(sent.payload[0]["narrative"] == entry.narrative for sent in draft.rounds.all())


def test_a_lines_end_counts_as_one_and_a_letter_is_one_sign(executor, officer, draft):
    """Browsers send two characters for a line's end, and count one; a Mac may part «й» into two."""
    found = entry_of(draft, 1)
    text = "\r\n".join(["а" * 19] * 1000)
    assert executor.post(address(draft), typed(officer, found, narrative=text)).status_code == 200
    found.refresh_from_db()
    assert len(found.narrative) == 19_999
    executor.post(address(draft), typed(officer, found, narrative="сейсмостои\u0306кий"))
    found.refresh_from_db()
    assert found.narrative == "сейсмостойкий"
