"""Recaps of VAT in the forms that bills print them: name → (text, totals expected, VAT rows expected as rate, base, tax)."""

from __future__ import annotations

Rows = tuple[tuple[str, str, str], ...]
RECAPS: dict[str, tuple[str, dict[str, str], Rows]] = {
    "plain": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté       PU HT     Montant HT
   Pose de cloisons                      2       500,00       1 000,00
   Peinture murale                       1       200,00         200,00

                                      Total HT                1 200,00
                                      TVA 20 %                  240,00
                                      Total TTC               1 440,00
""",
        {"BT-109": "1200.00", "BT-110": "240.00", "BT-112": "1440.00"},
        (("20", "1200.00", "240.00"),),
    ),
    "no rate printed": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté       PU HT     Montant HT
   Pose de cloisons                      2       500,00       1 000,00
   Peinture murale                       1       200,00         200,00

                                      Total HT                1 200,00
                                      TVA                       240,00
                                      Total TTC               1 440,00
""",
        {"BT-109": "1200.00", "BT-110": "240.00", "BT-112": "1440.00"},
        (("20", "1200.00", "240.00"),),
    ),
    "sentence on": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   TVA 20 % sur 1 000,00 : 200,00     TVA 5,5 % sur 200,00 : 11,00
                                      Total HT                1 200,00
                                      Total TTC               1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "sentence paragraph": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   Total HT 1 200,00 €, TVA à 20 % sur 1 000,00 € soit 200,00 €, TVA à 5,5 % sur 200,00 € soit 11,00 €, Total TTC 1 411,00 €
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "sentence soit": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté       PU HT     Montant HT
   Pose de cloisons                      2       500,00       1 000,00
   Peinture murale                       1       200,00         200,00

   Soit un montant HT de 1 200,00 € plus TVA au taux de 20 % soit 240,00 €, total 1 440,00 € TTC.
""",
        {"BT-109": "1200.00", "BT-110": "240.00", "BT-112": "1440.00"},
        (("20", "1200.00", "240.00"),),
    ),
    "transposed": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

                 Taux            20,00 %         5,50 %          Total
                 Base HT       1 000,00          200,00       1 200,00
                 Montant TVA     200,00           11,00         211,00
                 Total TTC                                    1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "transposed no total": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   Taux TVA        20 %        5,5 %               Total HT        1 200,00
   Base        1 000,00       200,00               Total TVA         211,00
   TVA           200,00        11,00               Net à payer     1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "transposed ttc": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   T.V.A.                    5,5 %        20 %
   H.T.                     200,00    1 000,00
   T.V.A.                    11,00      200,00
   T.T.C.                   211,00    1 200,00
   TOTAL TTC                          1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "codes": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   Code    Taux      Base HT      Montant TVA
   1       20,00     1 000,00     200,00
   2        5,50       200,00      11,00
   Total HT 1 200,00    TVA 211,00    Total TTC 1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "codes letters": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   A = 20 %   B = 5,5 %
   TVA    Base         Montant       TTC
   A      1 000,00     200,00        1 200,00
   B        200,00      11,00          211,00
   TOTAL  1 200,00     211,00        1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "codes rate elsewhere": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   Code TVA    Base HT      Montant TVA
   C1          1 000,00     200,00
   C2            200,00      11,00
   Total HT 1 200,00    Total TVA 211,00    Total TTC 1 411,00
   C1 : TVA 20,00 %   C2 : TVA 5,50 %
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "block by rate": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

                                      Total HT 20 %           1 000,00
                                      Total HT 5,5 %            200,00
                                      TVA 20 %                  200,00
                                      TVA 5,5 %                  11,00
                                      Total TTC               1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "tax only rows": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

                                      Total HT                1 200,00
                                      TVA 20 %                  200,00
                                      TVA 5,5 %                  11,00
                                      Total TTC               1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "vat total only, rates in lines": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

                                      Total HT                1 200,00
                                      Total TVA                 211,00
                                      Total TTC               1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "dont": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

                                      Total TTC               1 411,00
                                      dont TVA 20 %             200,00
                                      dont TVA 5,5 %             11,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "receipt rates": (
        """
   SUPER DURAND   Ticket n° 4412  12/03/2026
   PAIN                          1,20 B
   CAFE                         12,00 A
   TOTAL TTC                    13,20
   TVA        HT      TVA      TTC
   A 20,0%   10,00    2,00    12,00
   B  5,5%    1,14    0,06     1,20
""",
        {"BT-109": "11.14", "BT-110": "2.06", "BT-112": "13.20"},
        (("5.5", "1.14", "0.06"), ("20", "10.00", "2.00")),
    ),
    "receipt inline": (
        """
   SUPER DURAND   Ticket n° 4412  12/03/2026
   MENU                         22,00
   TOTAL TTC                    22,00
   dont TVA 10,00% : 2,00 sur HT 20,00
""",
        {"BT-109": "20.00", "BT-110": "2.00", "BT-112": "22.00"},
        (("10", "20.00", "2.00"),),
    ),
    "zero row": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté       PU HT     Montant HT
   Honoraires                            1     1 000,00       1 000,00
   Timbre fiscal                         1       225,00         225,00
                                      Total HT soumis à TVA   1 000,00
                                      Non soumis à TVA          225,00
                                      TVA 20 %                  200,00
                                      Total TTC               1 425,00
""",
        {"BT-109": "1225.00", "BT-110": "200.00", "BT-112": "1425.00"},
        (("0", "225.00", "0.00"), ("20", "1000.00", "200.00")),
    ),
    "zero in recap": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Formation                       1    20,00  1 000,00    1 000,00
   Timbres-poste                   1     0,00    225,00      225,00
   Taux      Base         TVA
   20,00     1 000,00     200,00
   0,00        225,00       0,00
   Total HT 1 225,00     Total TVA 200,00     Total TTC 1 425,00
""",
        {"BT-109": "1225.00", "BT-110": "200.00", "BT-112": "1425.00"},
        (("0", "225.00", "0.00"), ("20", "1000.00", "200.00")),
    ),
    "zero blank tax": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Formation                       1    20,00  1 000,00    1 000,00
   Timbres-poste                   1     0,00    225,00      225,00
   Taux de TVA      Base HT      Montant TVA
   20,00 %         1 000,00           200,00
   Exonéré           225,00                -
   Total HT 1 225,00     Total TVA 200,00     Total TTC 1 425,00
""",
        {"BT-109": "1225.00", "BT-110": "200.00", "BT-112": "1425.00"},
        (("0", "225.00", "0.00"), ("20", "1000.00", "200.00")),
    ),
    "293b": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté       PU HT     Montant HT
   Pose de cloisons                      2       500,00       1 000,00
   Peinture murale                       1       200,00         200,00

                                      Total à payer           1 200,00
   TVA non applicable, art. 293 B du CGI
""",
        {"BT-109": "1200.00", "BT-112": "1200.00"},
        (("0", "1200.00", "0.00"),),
    ),
    "261": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté       PU HT     Montant HT
   Pose de cloisons                      2       500,00       1 000,00
   Peinture murale                       1       200,00         200,00

                                      Total HT                1 200,00
                                      Net à payer             1 200,00
   Exonération de TVA - article 261-4-4° a du CGI
""",
        {"BT-109": "1200.00", "BT-112": "1200.00"},
        (("0", "1200.00", "0.00"),),
    ),
    "autoliq": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté       PU HT     Montant HT
   Pose de cloisons                      2       500,00       1 000,00
   Peinture murale                       1       200,00         200,00

                                      Total HT                1 200,00
                                      TVA 0 %                     0,00
                                      Total                   1 200,00
   Autoliquidation - TVA due par le preneur assujetti, art. 283-2 nonies
""",
        {"BT-109": "1200.00", "BT-112": "1200.00"},
        (("0", "1200.00", "0.00"),),
    ),
    "262": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté       PU HT     Montant HT
   Pose de cloisons                      2       500,00       1 000,00
   Peinture murale                       1       200,00         200,00

                                      Total EUR               1 200,00
   Exonération TVA, article 262 ter I du CGI
""",
        {"BT-109": "1200.00", "BT-112": "1200.00"},
        (("0", "1200.00", "0.00"),),
    ),
    "lawyer": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Honoraires de conseil                                     1 000,00
   Total honoraires HT                                       1 000,00
   TVA au taux de 20 %                                         200,00
   Total honoraires TTC                                      1 200,00
   Débours (non soumis à TVA)
   Droit de plaidoirie                                          13,00
   Timbre fiscal                                               225,00
   TOTAL GÉNÉRAL                                             1 438,00
   À déduire : provision versée le 17/04/2025                 - 500,00
   SOLDE DÛ                                                    938,00
""",
        {
            "BT-109": "1238.00",
            "BT-110": "200.00",
            "BT-112": "1438.00",
            "BT-113": "500.00",
            "BT-115": "938.00",
        },
        (("0", "238.00", "0.00"), ("20", "1000.00", "200.00")),
    ),
    "three rates cents": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50    33,33       33,33
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55
   TVA  5,50 %    Assiette    33,33    Montant    1,83
   TVA 20,00 %    Assiette   211,17    Montant   42,24
   TVA 10,00 %    Assiette    55,55    Montant    5,56
   Total hors TVA 300,05    Total TVA 49,63    Montant TTC 349,68
""",
        {"BT-109": "300.05", "BT-110": "49.63", "BT-112": "349.68"},
        (("5.5", "33.33", "1.83"), ("10", "55.55", "5.56"), ("20", "211.17", "42.24")),
    ),
    "recap with ttc first": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   Taux       Montant TTC    Montant TVA    Montant HT
   20%          1 200,00        200,00       1 000,00
   5.5%           211,00         11,00         200,00
   Totaux       1 411,00        211,00       1 200,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "grouped by header": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   Base HT 20,00%   Base HT 5,50%   TVA 20,00%   TVA 5,50%   Total HT    Total TTC
        1 000,00          200,00       200,00        11,00   1 200,00     1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "stacked label": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

   Base TVA 20 %                 1 000,00
   Montant TVA 20 %                200,00
   Base TVA 5,5 %                  200,00
   Montant TVA 5,5 %                11,00
   Total HT                      1 200,00
   Total TTC                     1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "parenthesis": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté    TVA     PU HT     Montant HT
   Pose de cloisons                      2     20,00   500,00      1 000,00
   Livre de recettes                     1      5,50   200,00        200,00

                                      Total HT                       1 200,00
                                      TVA (20 % de 1 000,00 €)         200,00
                                      TVA (5,5 % de 200,00 €)           11,00
                                      Total TTC                      1 411,00
""",
        {"BT-109": "1200.00", "BT-110": "211.00", "BT-112": "1411.00"},
        (("5.5", "200.00", "11.00"), ("20", "1000.00", "200.00")),
    ),
    "discount and port": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté       PU HT     Montant HT
   Pose de cloisons                      2       500,00       1 000,00
   Peinture murale                       1       200,00         200,00

                                      Total brut HT           1 200,00
                                      Remise 10 %              -120,00
                                      Port                       20,00
                                      Total HT                1 100,00
                                      TVA 20 %                  220,00
                                      Total TTC               1 320,00
""",
        {"BT-109": "1100.00", "BT-110": "220.00", "BT-112": "1320.00"},
        (("20", "1100.00", "220.00"),),
    ),
    "ttc lines": (
        """
   CAMPING DU LAC                Facture n° F-1188 du 12/03/2026
   Désignation                          Qté      PU TTC    Montant TTC
   Nuitées                               2       110,00         220,00
   Taxe de séjour                        4         1,00           4,00
                                      Total TTC                 224,00
                                      dont TVA 10 %              20,00
""",
        {"BT-109": "204.00", "BT-110": "20.00", "BT-112": "224.00"},
        (("0", "4.00", "0.00"), ("10", "200.00", "20.00")),
    ),
    "insurance": (
        """
   ASSUR MUTUELLE    Avis d'échéance n° AE-2026-88123   Le 02/01/2026
   Prime nette                                               1 000,00
   Frais de gestion                                             20,00
   Taxe sur les conventions d'assurance 9 %                     91,80
   Contribution attentats                                        5,90
   Prime TTC à payer                                         1 117,70
""",
        {"BT-112": "1117.70", "BT-115": "1117.70"},
        (("0", "1117.70", "0.00"),),
    ),
    "energy": (
        """
   BRISE    Facture n° 10234567891 du 12 mars 2026
   Abonnement                     TVA 5,5 %     33,33
   Consommation                   TVA 20 %     211,17
   CTA                            TVA 5,5 %     10,00
   Accise                         TVA 20 %      25,00
   Total hors TVA                              279,50
   TVA 5,5 % (sur 43,33 €)                       2,38
   TVA 20 % (sur 236,17 €)                      47,23
   Total TTC                                   329,11
""",
        {"BT-109": "279.50", "BT-110": "49.61", "BT-112": "329.11"},
        (("5.5", "43.33", "2.38"), ("20", "236.17", "47.23")),
    ),
    "de": (
        """
   MÜLLER GmbH           Rechnung Nr. R-118      12.03.2026
   Beratung                                               1.000,00
   Buch                                                     200,00
   Nettobetrag                                            1.200,00
   zzgl. 19 % MwSt. auf 1.000,00 EUR                        190,00
   zzgl. 7 % MwSt. auf 200,00 EUR                            14,00
   Rechnungsbetrag                                        1.404,00
""",
        {"BT-109": "1200.00", "BT-110": "204.00", "BT-112": "1404.00"},
        (("7", "200.00", "14.00"), ("19", "1000.00", "190.00")),
    ),
    "rounded per line": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55

   Taux         Base HT      Montant TVA    TTC
   5,50 %        133,37         7,30        140,67
   20,00 %       211,17        42,27        253,44
   10,00 %        55,55         5,58         61,13
   Total         400,09        55,15        455,24
""",
        {"BT-109": "400.09", "BT-110": "55.15", "BT-112": "455.24"},
        (("5.5", "133.37", "7.30"), ("10", "55.55", "5.58"), ("20", "211.17", "42.27")),
    ),
    "normal reduced": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55

   TVA           Base HT      Montant
   Taux réduit    133,37         7,34
   Taux normal    211,17        42,23
   Taux interm.    55,55         5,56
   Total HT 400,09   Total TVA 55,13    Total TTC 455,22
""",
        {"BT-109": "400.09", "BT-110": "55.13", "BT-112": "455.22"},
        (("5.5", "133.37", "7.34"), ("10", "55.55", "5.56"), ("20", "211.17", "42.23")),
    ),
    "rates before sign": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55

   TVA à 5.5%  sur  133.37  =  7.34
   TVA à 20.0%  sur  211.17  =  42.23
   TVA à 10.0%  sur  55.55  =  5.56
   TOTAL TTC  455.22
""",
        {"BT-109": "400.09", "BT-110": "55.13", "BT-112": "455.22"},
        (("5.5", "133.37", "7.34"), ("10", "55.55", "5.56"), ("20", "211.17", "42.23")),
    ),
    "vertical blocks": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55

   TVA à 5,5 %
   Base HT            133,37
   Montant TVA          7,34
   TVA à 20 %
   Base HT            211,17
   Montant TVA         42,23
   TVA à 10 %
   Base HT             55,55
   Montant TVA          5,56
   Total TTC          455,22
""",
        {"BT-109": "400.09", "BT-110": "55.13", "BT-112": "455.22"},
        (("5.5", "133.37", "7.34"), ("10", "55.55", "5.56"), ("20", "211.17", "42.23")),
    ),
    "ttc and vat only": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Plein carte 1                              253,40
   Boutique                                   140,71
   Montant TTC à 20 %      253,40      dont TVA    42,23
   Montant TTC à 5,5 %     140,71      dont TVA     7,34
   Total TTC               394,11
   Total TVA                49,57
""",
        {"BT-110": "49.57", "BT-112": "394.11", "BT-109": "344.54"},
        (("5.5", "133.37", "7.34"), ("20", "211.17", "42.23")),
    ),
    "no header codes": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55

   HT soumis à 5,5 %      133,37     TVA 5,5 %       7,34
   HT soumis à 20 %       211,17     TVA 20 %       42,23
   HT soumis à 10 %        55,55     TVA 10 %        5,56
   Net à payer            455,22
""",
        {"BT-109": "400.09", "BT-110": "55.13", "BT-112": "455.22"},
        (("5.5", "133.37", "7.34"), ("10", "55.55", "5.56"), ("20", "211.17", "42.23")),
    ),
    "code digit table": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55

   C.TVA   Base H.T.   %TVA    Mt T.V.A.      Total H.T.   400,09
     1       133,37    5,50       7,34        Total T.V.A.  55,13
     2       211,17   20,00      42,23        Total T.T.C. 455,22
     3        55,55   10,00       5,56        Acompte        0,00
                                              NET A PAYER  455,22
""",
        {"BT-109": "400.09", "BT-110": "55.13", "BT-112": "455.22"},
        (("5.5", "133.37", "7.34"), ("10", "55.55", "5.56"), ("20", "211.17", "42.23")),
    ),
    "exempt zero": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55
   Timbres                         1     0,00    25,00       25,00
   Taux       Base HT     TVA
   5,50        133,37     7,34
   20,00       211,17    42,23
   10,00        55,55     5,56
   Exo          25,00     0,00
   Total HT    425,09   TVA  55,13   TTC   480,22
""",
        {"BT-109": "425.09", "BT-110": "55.13", "BT-112": "480.22"},
        (
            ("5.5", "133.37", "7.34"),
            ("10", "55.55", "5.56"),
            ("20", "211.17", "42.23"),
            ("0", "25.00", "0.00"),
        ),
    ),
    "zero percent": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55
   Débours                         1     0,00    25,00       25,00
   TVA 5,5 % sur 133,37        7,34
   TVA 20 % sur 211,17        42,23
   TVA 10 % sur 55,55          5,56
   TVA 0 % sur 25,00           0,00
   Total HT    425,09   TVA  55,13   TTC   480,22
""",
        {"BT-109": "425.09", "BT-110": "55.13", "BT-112": "480.22"},
        (
            ("5.5", "133.37", "7.34"),
            ("10", "55.55", "5.56"),
            ("20", "211.17", "42.23"),
            ("0", "25.00", "0.00"),
        ),
    ),
    "untaxed total": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55
   Timbres                         1     0,00    25,00       25,00
   TVA 5,5 % sur 133,37        7,34
   TVA 20 % sur 211,17        42,23
   TVA 10 % sur 55,55          5,56
   Exonéré                    25,00
   Total HT    425,09   TVA  55,13   TTC   480,22
""",
        {"BT-109": "425.09", "BT-110": "55.13", "BT-112": "480.22"},
        (
            ("5.5", "133.37", "7.34"),
            ("10", "55.55", "5.56"),
            ("20", "211.17", "42.23"),
            ("0", "25.00", "0.00"),
        ),
    ),
    "telecom total sentence": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Abonnements et forfaits HT                      133,37
   Consommations HT                                211,17
   Total hors taxes                                344,54
   TVA (20,00 %)                                    68,91
   Total toutes taxes comprises                    413,45
   Montant à votre charge hors TVA (paiements pour tiers)        12,00
   Montant à payer                                 425,45
""",
        {"BT-110": "68.91", "BT-112": "425.45"},
        (("0", "12.00", "0.00"), ("20", "344.54", "68.91")),
    ),
    "spread header": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55

   VENTILATION TVA
   Taux           20,00      10,00       5,50
   Base          211,17      55,55     133,37
   Taxe           42,23       5,56       7,34
   TOTAL HT 400,09  TOTAL TVA 55,13  TOTAL TTC 455,22
""",
        {"BT-109": "400.09", "BT-110": "55.13", "BT-112": "455.22"},
        (("5.5", "133.37", "7.34"), ("10", "55.55", "5.56"), ("20", "211.17", "42.23")),
    ),
    "foot two lines": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55

   Base 5,5 % : 133,37   Base 10 % : 55,55   Base 20 % : 211,17
   TVA 5,5 % : 7,34   TVA 10 % : 5,56   TVA 20 % : 42,23
   Total HT : 400,09    Total TTC : 455,22
""",
        {"BT-109": "400.09", "BT-110": "55.13", "BT-112": "455.22"},
        (("5.5", "133.37", "7.34"), ("10", "55.55", "5.56"), ("20", "211.17", "42.23")),
    ),
    "foot pairs": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1     5,50   133,37      133,37
   Consommation                    1    20,00   211,17      211,17
   Divers                          1    10,00    55,55       55,55

   Base 5,5 % : 133,37 - TVA 5,5 % : 7,34 / Base 10 % : 55,55 - TVA 10 % : 5,56 / Base 20 % : 211,17 - TVA 20 % : 42,23
   Total HT : 400,09    Total TTC : 455,22
""",
        {"BT-109": "400.09", "BT-110": "55.13", "BT-112": "455.22"},
        (("5.5", "133.37", "7.34"), ("10", "55.55", "5.56"), ("20", "211.17", "42.23")),
    ),
    "usual no rate": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Prestation 1                                    133,37
   Prestation 2                                    211,17
   Base HT       TVA        TTC
   344,54       68,91      413,45
""",
        {"BT-109": "344.54", "BT-110": "68.91", "BT-112": "413.45"},
        (("20", "344.54", "68.91"),),
    ),
    "credit": (
        """
   DURAND SARL                Avoir n° A-1188 du 12/03/2026
   Retour cloisons                                -344,54
   Taux     Base       TVA
   20,00   -344,54    -68,91
   Total HT           -344,54
   TVA                 -68,91
   Total TTC          -413,45
""",
        {"BT-109": "344.54", "BT-110": "68.91", "BT-112": "413.45"},
        (("20", "344.54", "68.91"),),
    ),
    "us tax": (
        """
   ACME Inc    Invoice INV-88   March 12, 2026
   Subscription                                   $344.54
   Subtotal                                       $344.54
   VAT 20%                                         $68.91
   Total due                                      $413.45
""",
        {"BT-109": "344.54", "BT-110": "68.91", "BT-112": "413.45"},
        (("20", "344.54", "68.91"),),
    ),
    "reverse en": (
        """
   ACME Inc    Invoice INV-88   March 12, 2026
   Subscription                                   $344.54
   Total                                          $344.54
   Reverse charge - VAT to be accounted for by the recipient
""",
        {"BT-112": "344.54"},
        (("0", "344.54", "0.00"),),
    ),
    "rounded per line 2": (
        """
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Désignation                    Qté   TVA     PU HT     Montant HT
   Abonnement                      1            133,37      133,37
   Consommation                    1            211,17      211,17
   Divers                          1             55,55       55,55

   Taux         Base HT      Montant TVA    TTC
   5,50 %        133,37         7,30        140,67
   20,00 %       211,17        42,27        253,44
   10,00 %        55,55         5,58         61,13
   Total         400,09        55,15        455,24
""",
        {"BT-109": "400.09", "BT-110": "55.15", "BT-112": "455.24"},
        (("5.5", "133.37", "7.30"), ("10", "55.55", "5.58"), ("20", "211.17", "42.27")),
    ),
    "rounded per line 3": (
        """
   CARBU SA    Facture F-11889 du 12/03/2026
   Carte 1  Gazole        253,44
   Carte 2  Boutique      140,67
   TVA 20,00 %    HT 211,17   TVA 42,27
   TVA 5,50 %     HT 133,37   TVA  7,30
   Total HT    344,54
   Total TVA    49,57
   Total TTC   394,11
""",
        {"BT-109": "344.54", "BT-110": "49.57", "BT-112": "394.11"},
        (("5.5", "133.37", "7.30"), ("20", "211.17", "42.27")),
    ),
}
