"""What is learnt of a supplier helps with the next document, and a wrong lesson fades."""

import json
from datetime import date
from decimal import Decimal

import pytest
from reading.memory import learn, recall, store, trace
from reading.model import Candidate, Options, Result
from reading.own import Own
from reading_page import view

AWKWARD = """
ATELIERS BOURDIN                                   www.ateliers-bourdin.example
Siret 36882634300056

Pièce            {number}              Dossier        C8817
Émis             {issued}
A solder         {due}

Usinage de pièces                                                 {net}
Hors taxe                                                         {net}
Somme due                                                         {gross}
"""
FIRST = {
    "number": "K-0411",
    "issued": "03/02/2026",
    "due": "05/03/2026",
    "net": "100,00",
    "gross": "120,00",
}
SECOND = {
    "number": "K-0412",
    "issued": "09/03/2026",
    "due": "08/04/2026",
    "net": "250,00",
    "gross": "300,00",
}
RIGHT = {"BT-1": "K-0411", "BT-2": "2026-02-03", "BT-9": "2026-03-05", "BT-109": "100.00", "BT-112": "120.00", "BT-27": "Ateliers Bourdin"}  # fmt: skip


def document(values):
    return view(AWKWARD.format(**values))


def read(values, **evidence):
    """A result that read nothing surely."""
    return Result("text", {}, {}, trace=trace.make(document(values).layout, Own(Options())))


def proposed(values, memory, candidates=()):
    found = {}
    for candidate in recall(document(values), list(candidates), memory):
        if "memory" in candidate.reasons:
            found.setdefault(candidate.field, candidate.value)
    return found


def test_one_correction_finds_the_same_places_in_the_next_document():
    memory = learn(None, read(FIRST), RIGHT)
    found = proposed(SECOND, memory)
    assert found["BT-1"] == "K-0412"
    assert (found["BT-2"], found["BT-9"]) == (date(2026, 3, 9), date(2026, 4, 8))
    assert (found["BT-109"], found["BT-112"]) == (Decimal("250.00"), Decimal("300.00"))
    assert found["BT-27"] == "Ateliers Bourdin"


def test_the_memory_is_plain_data():
    memory = learn(None, read(FIRST), RIGHT)
    assert json.loads(json.dumps(memory)) == memory
    assert proposed(SECOND, json.loads(json.dumps(memory)))["BT-1"] == "K-0412"


def test_the_printed_invoice_with_its_mistakes_mended_is_a_correction_too():
    printed = {
        "file": "a.pdf",
        "invoice": {
            "BT-1": "K-0411",
            "BT-112": "120.00",
            "BG-4": {"name": "Ateliers Bourdin"},
            "BG-25": [{}],
        },
    }
    assert learn(None, read(FIRST), printed) == learn(
        None, read(FIRST), {"BT-1": "K-0411", "BT-112": "120.00", "BT-27": "Ateliers Bourdin"}
    )


def test_what_was_handed_in_is_not_changed():
    memory = learn(None, read(FIRST), RIGHT)
    before = json.dumps(memory)
    learn(memory, read(SECOND), {"BT-1": "K-0412"})
    assert json.dumps(memory) == before


def test_another_supplier_is_not_helped():
    memory = learn(None, read(FIRST), RIGHT)
    other = view("""
Menuiserie Aubin                         www.aubin.example
Siret 96165172600047
Pièce            K-9000
""")
    assert recall(other, [], memory) == []


def test_a_wrong_lesson_does_not_give_an_earlier_number_again_and_fades():
    wrong = learn(None, read(FIRST), {"BT-1": "C8817"})
    assert proposed(SECOND, wrong).get("BT-1") != "C8817"
    memory = wrong
    for place in range(3):
        values = {**SECOND, "number": f"K-05{place}0"}
        memory = learn(
            memory, read(values), {**RIGHT, "BT-1": values["number"], "BT-2": "2026-03-09"}
        )
    [supplier] = memory["suppliers"]
    assert all("dossier" not in lesson["left"] for lesson in supplier["lessons"]["BT-1"])
    assert proposed({**SECOND, "number": "K-0777"}, memory)["BT-1"] == "K-0777"


def test_a_surer_candidate_of_the_page_keeps_its_rank_over_one_lesson():
    memory = learn(None, read(FIRST), {"BT-1": "K-0411"})
    labelled = Candidate("BT-1", "X-77", 0.98)
    assert recall(document(SECOND), [labelled], memory)[0] == labelled


def test_a_known_account_is_never_proposed_where_it_is_not_printed():
    memory = learn(None, read(FIRST), {**RIGHT, "BT-84": "FR7620041477417353720727644"})
    assert "BT-84" not in proposed(SECOND, memory)


def test_usual_terms_give_a_due_date_only_where_none_is_printed():
    memory = learn(None, read(FIRST), RIGHT)
    bare = view(AWKWARD.replace("A solder         {due}", "").format(**SECOND))
    issue = Candidate("BT-2", date(2026, 3, 9), 0.9)
    [due] = [c for c in recall(bare, [issue], memory) if c.field == "BT-9"]
    assert due.value == date(2026, 4, 8) and due.origin == "history" and due.score < 0.6


@pytest.mark.parametrize(
    "broken",
    [None, [], {"suppliers": 7}, {"suppliers": [{"keys": 1}]}, {"suppliers": [{"keys": {"siren:1": "x"}}]},
     {"suppliers": [{"keys": {}, "lessons": {"BT-1": [{"left": 3}]}, "values": {}, "numbers": [], "days": {}}]}],
)  # fmt: skip
def test_a_memory_of_another_shape_is_left_aside(broken):
    assert store.checked(broken) == store.empty()
    assert recall(document(SECOND), [], broken) == []


def test_a_result_without_a_trace_teaches_nothing():
    with pytest.raises(ValueError, match="trace"):
        learn(None, Result("xml", {}, {}), RIGHT)


def test_a_key_that_many_suppliers_share_names_nobody():
    memory = store.empty()
    for number in range(6):
        supplier = store.new_supplier()
        supplier["keys"] = {"phone:123456789": 1, f"siren:{number}": 1}
        memory["suppliers"].append(supplier)
    assert store.find_supplier(memory, ["phone:123456789"]) is None
    assert store.find_supplier(memory, ["siren:3", "phone:123456789"]) is memory["suppliers"][3]


LETTER = AWKWARD + "IBAN {iban}"
OURS, STOLEN = "FR7620041477417353720727644", "FR7611315741043647608079855"


def test_a_known_account_is_said_to_be_known_and_another_one_warned_of(monkeypatch):
    from reading import reader
    from reading_page import page

    memory = learn(None, read(FIRST), {**RIGHT, "BT-84": OURS})
    for iban, warned in ((OURS, False), (STOLEN, True)):
        pages = [page(LETTER.format(**SECOND, iban=iban))]
        monkeypatch.setattr(
            reader,
            "_read",
            lambda *_a, p=pages, **_k: reader.read_document(p, Options(memory=memory)),
        )
        [result] = reader.read_file(b"", "", Options(memory=memory))
        assert result.invoice["BT-84"] == iban
        assert ("known_iban" in result.evidence["BT-84"]["reasons"]) is not warned
        assert ("account_differs" in [message.code for message in result.messages]) is warned


def test_one_wrong_lesson_does_not_take_the_value_of_another_field():
    wrong = learn(None, read(FIRST), {**RIGHT, "BT-9": RIGHT["BT-2"]})  # the date was typed twice
    seen = document(SECOND)
    words = {word.text: word for word in seen.layout.words}
    issued = Candidate("BT-2", date(2026, 3, 9), 0.5, (words["09/03/2026"],), ("place",))
    due = Candidate("BT-9", date(2026, 4, 8), 0.6, (words["08/04/2026"],), ("label",))
    found = recall(seen, [issued, due], wrong)
    assert next(c.value for c in found if c.field == "BT-9") == date(2026, 4, 8)
    assert next(c.value for c in found if c.field == "BT-2") == date(2026, 3, 9)
