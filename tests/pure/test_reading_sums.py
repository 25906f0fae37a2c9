"""Tables whose headers say nothing that is understood: the amounts that make a total of the document are those of its lines."""

from __future__ import annotations

from decimal import Decimal

from reading.fields import View
from reading.layout import Layout
from reading.model import Options, ReadLine
from reading.tables import find_lines
from reading_page import page


def read(*pages: str, net: str, gross: str) -> list[ReadLine]:
    """The best reading of these pages when net and gross are known."""
    layout = Layout([page(text, number) for number, text in enumerate(pages)])
    known = {"BT-109": Decimal(net), "BT-112": Decimal(gross)}
    readings = find_lines(View.of(layout, Options(), ("fr", "en", "de")), known)
    return readings[0] if readings else []


def amounts(lines: list[ReadLine]) -> list[str]:
    """The amounts as text."""
    return [str(line.amount) for line in lines]


def test_a_header_nobody_knows_does_not_hide_the_table():
    lines = read(
        """
Denrées remises                     Bottes       Chacune        Notre dû
Radis roses                             12          1,10           13,20
Carottes fanes                           8          2,05           16,40
Blettes                                  5          2,40           12,00
                                             Net à porter          41,60
                                             TVA 5,5 %              2,29
                                             Total TTC             43,89
""",
        net="41.60",
        gross="43.89",
    )
    assert amounts(lines) == ["13.20", "16.40", "12.00"]
    assert [line.quantity for line in lines] == [12, 8, 5]
    assert lines[1].description == "Carottes fanes"


def test_amounts_may_stand_before_their_words():
    lines = read(
        """
   417,80   Rédaction d'acte
    36,39   Frais de courrier
   181,33   Déplacement au greffe
Total HT                                                          635,52
TVA 20 %                                                          127,10
Total TTC                                                         762,62
""",
        net="635.52",
        gross="762.62",
    )
    assert amounts(lines) == ["417.80", "36.39", "181.33"]
    assert lines[0].description == "Rédaction d'acte"


def test_parts_and_labour_at_different_edges_make_the_total_together():
    lines = read(
        """
Bougie                         4        9,50         38,00
Courroie                       1       61,20         61,20
Total des pièces                                     99,20

Mécanique           1,50 h     62,00      93,00
Carrosserie         0,50 h     70,00      35,00
                                              Total HT            227,20
                                              TVA 20 %             45,44
                                              Total TTC           272,64
""",
        net="227.20",
        gross="272.64",
    )
    assert amounts(lines) == ["38.00", "61.20", "93.00", "35.00"]


def test_a_schedule_of_payments_is_no_table():
    lines = read(
        """
Audit de la chaufferie                                          1 484,09
                                              Total HT          1 484,09
                                              TVA 20 %            296,82
                                              Total TTC         1 780,91
14/10/2026              890,46   Prélèvement
14/11/2026              890,45   Prélèvement
""",
        net="1484.09",
        gross="1780.91",
    )
    assert amounts(lines) == ["1484.09"]


def test_a_part_and_its_rows_count_once():
    lines = read(
        """
Site de Lyon                                                      150,00
  Ronde de nuit                                                    90,00
  Ronde de jour                                                    60,00
Site de Vienne                                                     75,00
  Ronde de nuit                                                    45,00
  Ouverture                                                        30,00
                                              Total HT            225,00
                                              TVA 20 %             45,00
                                              Total TTC           270,00
""",
        net="225.00",
        gross="270.00",
    )
    assert sum(line.amount for line in lines) == Decimal("225.00")
    assert amounts(lines) == ["90.00", "60.00", "45.00", "30.00"]


def test_a_table_without_header_goes_on_over_pages():
    lines = read(
        """
Serrure trois points               2       184,50        369,00
Cylindre débrayable                3        62,10        186,30
                                        À reporter       555,30
""",
        """
                                           Report        555,30
Gâche électrique                   1        48,00         48,00
Pose                               4        55,00        220,00
                                        Total HT         823,30
                                        TVA 20 %         164,66
                                        Total TTC        987,96
""",
        net="823.30",
        gross="987.96",
    )
    assert amounts(lines) == ["369.00", "186.30", "48.00", "220.00"]


def test_a_discount_in_a_column_without_name_explains_the_amount():
    lines = read(
        """
Plinthe chêne 2,20 m              12        14,50     10      156,60
Parquet massif                    30        48,00     15    1 224,00
Sous-couche                        3        22,00      5       62,70
                                        Total HT            1 443,30
                                        TVA 20 %              288,66
                                        Total TTC           1 731,96
""",
        net="1443.30",
        gross="1731.96",
    )
    assert [line.quantity for line in lines] == [12, 30, 3]
    assert [line.discount for line in lines] == [10, 15, 5]


def test_rows_that_make_nothing_are_still_given():
    lines = read(
        """
Désignation                    Qté      P.U. HT   Montant HT
Taille de haies                  4        45,00       180,00
Évacuation                       1        60,00        60,00
                                        Total HT       999,00
                                        TVA 20 %       199,80
""",
        net="999.00",
        gross="1198.80",
    )
    assert amounts(lines) == ["180.00", "60.00"]
    assert all("sum" not in line.reasons for line in lines)


def test_a_name_under_its_row_of_figures_stays_with_it():
    lines = read(
        """
PR16113                  4        6,60         26,40
Contrôle technique

PR19446                  5        1,00          5,00
Joint de culasse

PR15497                  6       50,00        300,00
Photographies
                                  Total HT            331,40
                                  TVA 20 %             66,28
                                  Total TTC           397,68
""",
        net="331.40",
        gross="397.68",
    )
    assert [line.description.split("\n")[-1] for line in lines] == [
        "Contrôle technique",
        "Joint de culasse",
        "Photographies",
    ]
