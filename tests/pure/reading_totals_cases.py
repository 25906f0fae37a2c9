"""Feet of bills as many trades print them: name → (text, languages, totals expected, VAT rows expected or None)."""

from __future__ import annotations

MORE = {
    "inline": (
        """
   Prestation de conseil          1 234,56
   Total HT : 1 234,56 €  -  TVA 20 % : 246,91 €  -  Total TTC : 1 481,47 €
""",
        ("fr",),
        {"net": "1234.56", "vat": "246.91", "gross": "1481.47", "payable": "1481.47"},
        None,
    ),
    "boxes": (
        """
   Total HT      TVA 20%      Total TTC     Net à payer
   1 234,56      246,91       1 481,47      1 481,47 €
""",
        ("fr",),
        {"net": "1234.56", "vat": "246.91", "gross": "1481.47", "payable": "1481.47"},
        [("20", "1234.56", "246.91")],
    ),
    "boxes many": (
        """
   Total brut HT   Remise    Net HT     TVA 20,00 %    Total TTC    Acompte    NET A PAYER
        1 300,00    65,44  1 234,56          246,91     1 481,47     481,47       1 000,00
""",
        ("fr",),
        {
            "net": "1234.56",
            "vat": "246.91",
            "gross": "1481.47",
            "payable": "1000.00",
            "prepaid": "481.47",
        },
        None,
    ),
    "lawyer": (
        """
   Honoraires                                           1 500,00
   Débours (timbre, hors TVA)                              13,00
   Total honoraires HT                                  1 500,00
   TVA 20 %                                               300,00
   Débours non soumis à TVA                                13,00
   Total TTC                                            1 813,00
   Provision versée le 12/01/2026                        -600,00
   Solde à régler                                       1 213,00 €
""",
        ("fr",),
        {
            "net": "1513.00",
            "vat": "300.00",
            "gross": "1813.00",
            "payable": "1213.00",
            "prepaid": "600.00",
        },
        None,
    ),
    "stay tax": (
        """
   Chambre                       2     110,00     220,00
   Petits déjeuners              4      12,00      48,00
   Taxe de séjour                4       1,10       4,40
   Total TTC                                      272,40
   TVA 10,00 %   Base HT 243,64                    24,36
   Exonéré (taxe de séjour)                         4,40
   Carte bancaire                                 272,40
   Reste à payer                                    0,00
""",
        ("fr",),
        {
            "net": "248.04",
            "vat": "24.36",
            "gross": "272.40",
            "payable": "0.00",
            "prepaid": "272.40",
        },
        None,
    ),
    "leasing": (
        """
   Loyer financier mai 2026                     350,00     20,00 %     70,00     420,00
   Assurance véhicule (exonérée, art. 261 C)     12,00      0,00 %      0,00      12,00

   Total HT                                     362,00
   TVA                                           70,00
   Total TTC prélevé le 05/05/2026              432,00 €
""",
        ("fr",),
        {"net": "362.00", "vat": "70.00", "gross": "432.00", "payable": "432.00"},
        [("20", "350.00", "70.00"), ("0", "12.00", "0.00")],
    ),
    "escompte": (
        """
   Pièces détachées      2      50,00      100,00
   Total HT                                100,00
   TVA 20 %                                 20,00
   Total TTC                               120,00
   Escompte de 2 % pour paiement sous 8 jours, soit 2,40 €
""",
        ("fr",),
        {"net": "100.00", "vat": "20.00", "gross": "120.00", "payable": "120.00"},
        None,
    ),
    "eco": (
        """
   Lave-linge 8 kg           1     416,67     416,67
   dont éco-participation 8,33 HT
   Total HT                                   416,67
   TVA 20,00%                                  83,33
   Total TTC                                  500,00
""",
        ("fr",),
        {"net": "416.67", "vat": "83.33", "gross": "500.00", "payable": "500.00"},
        None,
    ),
    "total row": (
        """
   Période              HT        TVA        TTC
   Janvier           500,00     100,00     600,00
   Février           500,00     100,00     600,00
   Total           1 000,00     200,00   1 200,00
""",
        ("fr",),
        {"net": "1000.00", "vat": "200.00", "gross": "1200.00", "payable": "1200.00"},
        None,
    ),
    "million": (
        """
   Montant total HT            1 234 567,89 EUR
   TVA 20,00 %                   246 913,58 EUR
   Montant total TTC           1 481 481,47 EUR
""",
        ("fr",),
        {"net": "1234567.89", "vat": "246913.58", "gross": "1481481.47", "payable": "1481481.47"},
        None,
    ),
    "insurance": (
        """
   Prime annuelle HT                  412,00
   Taxes d'assurance                   37,08
   Frais d'échéance                    10,00
   Total TTC à payer                  459,08 €
   Opération exonérée de TVA (article 261 C du CGI)
""",
        ("fr",),
        {"net": "459.08", "vat": "0.00", "gross": "459.08", "payable": "459.08"},
        None,
    ),
    "zero row": (
        """
   Base HT     Taux      Montant TVA
    60,00     0,00 %         0,00            Total HT      160,00
   100,00    20,00 %        20,00            Total TVA      20,00
                                             Total TTC     180,00
""",
        ("fr",),
        {"net": "160.00", "vat": "20.00", "gross": "180.00", "payable": "180.00"},
        [("0", "60.00", "0.00"), ("20", "100.00", "20.00")],
    ),
    "fuel": (
        """
   SANS PLOMB 95
   VOLUME 35,02 L
   PRIX 1,856 EUR/L
   TOTAL TTC       65,00 EUR
   HT              54,17 EUR
   TVA 20,00%      10,83 EUR
""",
        ("fr",),
        {"net": "54.17", "vat": "10.83", "gross": "65.00", "payable": "65.00"},
        [("20", "54.17", "10.83")],
    ),
    "above": (
        """
          MONTANT TTC                  À PAYER AVANT LE
            81,47 €                      15/04/2026

   Total HT     67,89
   TVA (20%)    13,58
""",
        ("fr",),
        {"net": "67.89", "vat": "13.58", "gross": "81.47", "payable": "81.47"},
        None,
    ),
    "situation": (
        """
   Travaux cumulés HT                   45 000,00
   Situations précédentes HT            30 000,00
   Montant HT de la présente situation  15 000,00
   TVA 20 %                              3 000,00
   Montant TTC                          18 000,00
   Retenue de garantie 5 % TTC             900,00
   Net à payer                          17 100,00
""",
        ("fr",),
        {
            "net": "15000.00",
            "vat": "3000.00",
            "gross": "18000.00",
            "payable": "17100.00",
            "prepaid": "900.00",
        },
        None,
    ),
    "wholesale": (
        """
   Report                               8 412,10
   Tomates grappe      12 kg    2,10       25,20   1
   Total marchandises HT                8 437,30
   Code TVA 1 : 5,50 %   Base  8 000,00   Montant   440,00
   Code TVA 2 : 20,00 %  Base    437,30   Montant    87,46
   Total TTC                            8 964,76
""",
        ("fr",),
        {"net": "8437.30", "vat": "527.46", "gross": "8964.76", "payable": "8964.76"},
        [("5.5", "8000.00", "440.00"), ("20", "437.30", "87.46")],
    ),
    "points": (
        """
   Montant HT : 100.00 EUR
   TVA 20.0% : 20.00 EUR
   Montant TTC : 120.00 EUR
""",
        ("fr",),
        {"net": "100.00", "vat": "20.00", "gross": "120.00", "payable": "120.00"},
        None,
    ),
    "only lines and total": (
        """
   Description            Qté      PU       Total
   Coupe                    1   30,00       30,00
   Couleur                  1   42,00       42,00

   Total à payer                            72,00 €
   TVA incluse 20 %                         12,00 €
""",
        ("fr",),
        {"net": "60.00", "vat": "12.00", "gross": "72.00", "payable": "72.00"},
        None,
    ),
    "no vat words": (
        """
   Description            Qté      PU       Total
   Cours de yoga            4   30,00      120,00
   Total                                   120,00 €
   Association non assujettie à la TVA
""",
        ("fr",),
        {"net": "120.00", "vat": "0.00", "gross": "120.00", "payable": "120.00"},
        None,
    ),
    "saas usd": (
        """
   Description     Qty    Unit price    Tax     Amount
   Team plan        5      $10.00       20%     $50.00
   Subtotal                                     $50.00
   Total excluding tax                          $50.00
   VAT - France (20% on $50.00)                 $10.00
   Total                                        $60.00
   Amount due                                   $60.00
""",
        ("en",),
        {"net": "50.00", "vat": "10.00", "gross": "60.00", "payable": "60.00"},
        [("20", "50.00", "10.00")],
    ),
    "paid saas": (
        """
   Subtotal                                     €50.00
   VAT (20%)                                    €10.00
   Total                                        €60.00
   Amount paid                                  €60.00
   Amount due                                    €0.00
""",
        ("en",),
        {"net": "50.00", "vat": "10.00", "gross": "60.00", "payable": "0.00", "prepaid": "60.00"},
        None,
    ),
    "reverse 0%": (
        """
   Subtotal                €120.00
   VAT (0%)                  €0.00
   Total                   €120.00
   Reverse charge
""",
        ("en",),
        {"net": "120.00", "vat": "0.00", "gross": "120.00", "payable": "120.00"},
        None,
    ),
    "deposit invoice": (
        """
   Devis D2026-15 d'un montant de 12 000,00 € TTC
   Acompte de 30 % à la commande HT              3 000,00
   TVA 20 %                                        600,00
   Total TTC                                     3 600,00
   Net à payer                                   3 600,00 €
""",
        ("fr",),
        {"net": "3000.00", "vat": "600.00", "gross": "3600.00", "payable": "3600.00"},
        None,
    ),
    "final after deposit": (
        """
   Total HT                          10 000,00
   TVA 20 %                           2 000,00
   Total TTC                         12 000,00
   Déduction facture d'acompte n° FA-12 du 03/02/2026 (TTC)     3 600,00
   Reste à payer TTC                  8 400,00
""",
        ("fr",),
        {
            "net": "10000.00",
            "vat": "2000.00",
            "gross": "12000.00",
            "payable": "8400.00",
            "prepaid": "3600.00",
        },
        None,
    ),
    "taux col int": (
        """
   TVA      Base        Montant
   20      540,44       108,09
   10      993,50        99,35
   Total HT   1 533,94
   Total TVA    207,44
   Total TTC  1 741,38
""",
        ("fr",),
        {"net": "1533.94", "vat": "207.44", "gross": "1741.38", "payable": "1741.38"},
        [("20", "540.44", "108.09"), ("10", "993.50", "99.35")],
    ),
    "letters": (
        """
   Arrêté la présente facture à la somme de mille deux cents euros
   TOTAL H.T.      1 000,00
   T.V.A. 20%        200,00
   TOTAL T.T.C.    1 200,00
""",
        ("fr",),
        {"net": "1000.00", "vat": "200.00", "gross": "1200.00", "payable": "1200.00"},
        None,
    ),
    "rounded per line": (
        """
   Ticket
   Article A    3,33
   Article B    3,33
   Article C    3,34
   TOTAL TTC   10,00
   TVA 5,5%  HT 9,48  TVA 0,52  TTC 10,00
""",
        ("fr",),
        {"net": "9.48", "vat": "0.52", "gross": "10.00", "payable": "10.00"},
        [("5.5", "9.48", "0.52")],
    ),
    "parts": (
        """
   Réf.       Désignation            Qté    P.U. HT   Rem. %    Net HT     TVA
   AB-120     Plaquettes avant         1      58,40     30,0     40,88       1
   AB-981     Disque de frein          2      62,00     30,0     86,80       1
   CONS       Consigne étrier          1      45,00      0,0     45,00       0

   Total net HT   Port HT   Base TVA 20 %   Montant TVA   Non taxable    Total TTC
        127,68       9,90          137,58         27,52         45,00       210,10
""",
        ("fr",),
        {"net": "182.58", "vat": "27.52", "gross": "210.10", "payable": "210.10"},
        None,
    ),
    "carrier": (
        """
   Transport Lyon - Paris, 12 palettes                 480,00
   Surcharge carburant 12,50 %                          60,00
   Total HT                                            540,00
   TVA 20,00 % sur 540,00                              108,00
   Net à payer EUR                                     648,00
   Échéance : 30/06/2026
""",
        ("fr",),
        {"net": "540.00", "vat": "108.00", "gross": "648.00", "payable": "648.00"},
        [("20", "540.00", "108.00")],
    ),
    "telecom": (
        """
   Votre facture du 12/05/2026
   Montant prélevé à partir du 24/05/2026                  49,98 €

   Abonnements, forfaits et options     33,32 €
   Consommations                         8,33 €
   Total HT                             41,65 €
   TVA 20,00 %                           8,33 €
   Total TTC                            49,98 €
   dont total hors forfait TTC          10,00 €
""",
        ("fr",),
        {"net": "41.65", "vat": "8.33", "gross": "49.98", "payable": "49.98"},
        None,
    ),
    "syndic": (
        """
   Appel de fonds 2e trimestre 2026
   Charges courantes                       412,35
   Fonds travaux (loi ALUR)                 20,62
   Solde antérieur                         150,00
   Total de l'appel                        432,97
   Montant à payer                         582,97
""",
        ("fr",),
        {
            "net": "432.97",
            "vat": "0.00",
            "gross": "432.97",
            "payable": "582.97",
            "prepaid": "-150.00",
        },
        None,
    ),
    "mixed export": (
        """
   Subtotal                              1,200.00 EUR
   Shipping                                 45.00 EUR
   Total excl. VAT                       1,245.00 EUR
   VAT 0 % (intra-community supply)          0.00 EUR
   Total                                 1,245.00 EUR
""",
        ("en",),
        {"net": "1245.00", "vat": "0.00", "gross": "1245.00", "payable": "1245.00"},
        None,
    ),
    "doctor": (
        """
   Honoraires consultation       1      60,00
   Total                                60,00 €
   Exonéré de TVA - article 261-4-1° du CGI
   Réglé par chèque le 12/05/2026       60,00 €
""",
        ("fr",),
        {"net": "60.00", "vat": "0.00", "gross": "60.00", "payable": "60.00"},
        None,
    ),
    "rent": (
        """
   Loyer du mois de mai 2026             850,00
   Provision pour charges                 75,00
   Total                                 925,00
   TVA 20 %                              185,00
   Total TTC                           1 110,00
""",
        ("fr",),
        {"net": "925.00", "vat": "185.00", "gross": "1110.00", "payable": "1110.00"},
        None,
    ),
    "cash receipt": (
        """
   2x CAFE                4,00
   1x CROISSANT           1,20
   TOTAL                  5,20
   ESPECES               10,20
   RENDU                  5,00
   TVA 10%   4,73   0,47
""",
        ("fr",),
        {"net": "4.73", "vat": "0.47", "gross": "5.20", "payable": "5.20"},
        [("10", "4.73", "0.47")],
    ),
    "toll": (
        """
   Péages mai 2026           HT          TVA         TTC
   Trajets                 81,25       16,25       97,50
   Frais de gestion         1,75        0,35        2,10
   Total à prélever        83,00       16,60       99,60 €
""",
        ("fr",),
        {"net": "83.00", "vat": "16.60", "gross": "99.60", "payable": "99.60"},
        None,
    ),
    "hotel by rate": (
        """
   Total HT 10 %         90,91
   TVA 10 %               9,09
   Total HT 20 %         16,67
   TVA 20 %               3,33
   Total TTC            120,00
   CB VISA              120,00
   Solde                  0,00
""",
        ("fr",),
        {
            "net": "107.58",
            "vat": "12.42",
            "gross": "120.00",
            "payable": "0.00",
            "prepaid": "120.00",
        },
        [("10", "90.91", "9.09"), ("20", "16.67", "3.33")],
    ),
    "discount ttc": (
        """
   Sous-total TTC                132,00
   Code promo BIENVENUE          -12,00
   Total TTC                     120,00
   dont TVA 20 %                  20,00
""",
        ("fr",),
        {"net": "100.00", "vat": "20.00", "gross": "120.00", "payable": "120.00"},
        None,
    ),
    "rounding": (
        """
   Total HT                99,99
   TVA 20 %                20,00
   Total TTC              119,99
   Arrondi                  0,01
   Net à payer            120,00
""",
        ("fr",),
        {"net": "99.99", "vat": "20.00", "gross": "119.99", "payable": "120.00"},
        None,
    ),
    "octroi": (
        """
   Total marchandises HT            200,00
   Octroi de mer 2,5 %                5,00
   Total HT                         205,00
   TVA 8,5 %                         17,43
   Total TTC                        222,43
""",
        ("fr",),
        {"net": "205.00", "vat": "17.43", "gross": "222.43", "payable": "222.43"},
        None,
    ),
    "lines only no totals": (
        """
   Désignation        Qté      P.U. HT      TVA      Total HT
   Conseil              2       500,00     20 %      1 000,00
   Formation            1       300,00     20 %        300,00
""",
        ("fr",),
        {"net": "1300.00", "vat": "260.00", "gross": "1560.00", "payable": "1560.00"},
        None,
    ),
    "deposit percent": (
        """
   Total HT                           8 000,00
   TVA 10,0 %                           800,00
   Total TTC                          8 800,00
   Acompte 30 % à la signature        2 640,00
   Solde à la livraison               6 160,00
""",
        ("fr",),
        {
            "net": "8000.00",
            "vat": "800.00",
            "gross": "8800.00",
            "payable": "6160.00",
            "prepaid": "2640.00",
        },
        None,
    ),
    "english uk": (
        """
   Net                 £100.00
   VAT @ 20%            £20.00
   Gross               £120.00
""",
        ("en",),
        {"net": "100.00", "vat": "20.00", "gross": "120.00", "payable": "120.00"},
        None,
    ),
    "german": (
        """
   Gesamt netto                  1.000,00 €
   USt 19,00 %                     190,00 €
   Gesamt brutto                 1.190,00 €
   abzgl. Anzahlung                190,00 €
   Zahlbetrag                    1.000,00 €
""",
        ("de",),
        {
            "net": "1000.00",
            "vat": "190.00",
            "gross": "1190.00",
            "payable": "1000.00",
            "prepaid": "190.00",
        },
        None,
    ),
    "three blocks": (
        """
   TOTAL H.T.                 412,50
   Remise 5 %                  20,63
   NET H.T.                   391,87
   T.V.A. 20,00               78,37
   TOTAL T.T.C.               470,24
   ACOMPTE                      0,00
   NET A PAYER                470,24
""",
        ("fr",),
        {"net": "391.87", "vat": "78.37", "gross": "470.24", "payable": "470.24"},
        None,
    ),
    "water": (
        """
   Distribution de l'eau      HT 120,00    TVA 5,5 %     6,60    TTC 126,60
   Collecte eaux usées        HT 100,00    TVA 10 %     10,00    TTC 110,00
   Total de la facture        HT 220,00    TVA          16,60    TTC 236,60
   Acomptes versés                                              -100,00
   Net à payer                                                   136,60 €
""",
        ("fr",),
        {
            "net": "220.00",
            "vat": "16.60",
            "gross": "236.60",
            "payable": "136.60",
            "prepaid": "100.00",
        },
        [("5.5", "120.00", "6.60"), ("10", "100.00", "10.00")],
    ),
    "subscription foreign vat": (
        """
   Subtotal                    €24.17
   VAT (20.0%)                  €4.83
   Total                       €29.00
   Applied balance            -€29.00
   Amount due                   €0.00
""",
        ("en",),
        {"net": "24.17", "vat": "4.83", "gross": "29.00", "payable": "0.00", "prepaid": "29.00"},
        None,
    ),
    "hotel, the tax of the town beside two rates": (
        """
   Nuitée chambre double          2     169,00     338,00
   Petit déjeuner                 2      11,50      23,00
   Bar                            2       5,50      11,00
   Taxe de séjour                 2       2,61       5,22

                                  Total TTC        377,22 €
                                  Solde réglé par carte     377,22 €

   TVA         Base HT     Montant TVA       TTC
   10,00 %      328,18           32,82    361,00
   20,00 %        9,17            1,83     11,00
   Taxe de séjour collectée pour la commune, non soumise à TVA.
""",
        ("fr",),
        {"net": "342.57", "vat": "34.65", "gross": "377.22", "payable": "377.22"},
        [("10", "328.18", "32.82"), ("20", "9.17", "1.83"), ("0", "5.22", "0.00")],
    ),
    "a deposit to pay": (
        """
   Libellé                               Montant HT      TVA     Montant TTC
   Acompte de 30 % sur devis D65097        993,00 €      20 %     1 191,60 €

                                     Total HT            993,00 €
                                     TVA 20 %            198,60 €
                                     Acompte à verser TTC          1 191,60 €
""",
        ("fr",),
        {"net": "993.00", "vat": "198.60", "gross": "1191.60", "payable": "1191.60"},
        [("20", "993.00", "198.60")],
    ),
    "disbursements after the total with tax": (
        """
   Consultation et étude des pièces                180,00 €
   Rédaction des conclusions                       900,00 €
   Total honoraires H.T.                         1 080,00 €
   T.V.A. au taux de 20 %                          216,00 €
   Total honoraires T.T.C.                       1 296,00 €
   Débours (non soumis à T.V.A.)
   Droit de plaidoirie                              13,00 €
   TOTAL GÉNÉRAL                                 1 309,00 €
   NET À RÉGLER, à réception                     1 309,00 €
""",
        ("fr",),
        {"net": "1093.00", "vat": "216.00", "gross": "1309.00", "payable": "1309.00"},
        [("20", "1080.00", "216.00"), ("0", "13.00", "0.00")],
    ),
    "paid more than the bill": (
        """
   Total HT                        445,27
   TVA 19 %                         84,60
   Total TTC                       529,87
   Acomptes versés               1 059,74
   Net à payer                    -529,87
""",
        ("fr",),
        {
            "net": "445.27",
            "vat": "84.60",
            "gross": "529.87",
            "payable": "-529.87",
            "prepaid": "1059.74",
        },
        None,
    ),
    "insurance2": (
        """
   AVIS D'ÉCHÉANCE
   Garantie                    Cotisation HT        Taxes     Cotisation TTC
   Responsabilité civile              412,00        37,08             449,08
   Protection juridique                48,00         6,43              54,43
   Contribution attentats                                               6,50
   Frais de quittance                                                  12,00
   Montant total à régler                                             522,01 €
   Les cotisations d'assurance sont exonérées de TVA (article 261 C 2° du CGI)
""",
        ("fr",),
        {"net": "522.01", "vat": "0.00", "gross": "522.01", "payable": "522.01"},
        None,
    ),
    "rent2": (
        """
   QUITTANCE / AVIS D'ÉCHÉANCE
   Loyer 2e trimestre 2026              6 300,00
   Provision sur charges                  450,00
   Taxe foncière (quote-part)             210,00
   Total HT                             6 960,00
   TVA 20,00 %                          1 392,00
   Total à payer TTC                    8 352,00
   Dépôt de garantie détenu : 6 300,00 €
""",
        ("fr",),
        {"net": "6960.00", "vat": "1392.00", "gross": "8352.00", "payable": "8352.00"},
        None,
    ),
    "wine": (
        """
   Désignation                         Btl    P.U. HT     Montant HT
   Crozes-Hermitage 2022  75 cl         24       8,40         201,60
   Champagne brut  75 cl                12      18,90         226,80
   Droits d'accise                                              1,36
   Total HT                                                   429,76
   TVA 20 %                                                    85,95
   Total TTC                                                  515,71
   Consignes                                                   12,00
   Net à payer                                                527,71
""",
        ("fr",),
        {"net": "441.76", "vat": "85.95", "gross": "527.71", "payable": "527.71"},
        None,
    ),
    "coop": (
        """
   Réf   Désignation                Qté     Unité   PU HT     Montant HT   TVA
   1201  Ammonitrate 33,5 %        3,000    T      412,00       1 236,00    20
   3304  Semences blé             25,000    Q       38,50         962,50    10
   9901  Redevance pollution                                       18,40    20

   Base HT 20 %   1 254,40    TVA    250,88
   Base HT 10 %     962,50    TVA     96,25
   Total HT       2 216,90    Total TVA   347,13    Total TTC   2 564,03
   Ristourne à valoir                                            -64,03
   NET À PAYER                                                2 500,00
""",
        ("fr",),
        {
            "net": "2216.90",
            "vat": "347.13",
            "gross": "2564.03",
            "payable": "2500.00",
            "prepaid": "64.03",
        },
        None,
    ),
    "fuel cards": (
        """
   Produit          Quantité     Montant HT    TVA %    Montant TVA    Montant TTC
   Gazole           412,35 L         602,03    20,00         120,41         722,44
   AdBlue            20,00 L          25,00    20,00           5,00          30,00
   Péage                              81,25    20,00          16,25          97,50
   Frais de carte                      6,00    20,00           1,20           7,20
   Total carte                       714,28                  142,86         857,14

   Total facture HT                  714,28
   Total TVA                         142,86
   Total facture TTC                 857,14
   Prélèvement SEPA le 31/05/2026    857,14 €
""",
        ("fr",),
        {"net": "714.28", "vat": "142.86", "gross": "857.14", "payable": "857.14"},
        None,
    ),
    "belgian": (
        """
   Omschrijving / Description       Aantal    Prijs       Totaal
   Consultance                         10     95,00       950,00
   Total HTVA                                             950,00
   TVA 21 %                                               199,50
   Total TVAC                                           1 149,50
   À payer pour le 30/06/2026                           1 149,50 EUR
""",
        ("fr",),
        {"net": "950.00", "vat": "199.50", "gross": "1149.50", "payable": "1149.50"},
        None,
    ),
    "training": (
        """
   Formation Excel, 2 stagiaires, 14 heures          1 680,00 €
   Frais de dossier                                     60,00 €
   Total net de taxe                                 1 740,00 €
   Exonération de TVA, article 261.4.4° a du CGI
   Règlement à réception
""",
        ("fr",),
        {"net": "1740.00", "vat": "0.00", "gross": "1740.00", "payable": "1740.00"},
        None,
    ),
    "progress": (
        """
   Lot 04 Charpente - Situation n° 3
   Montant du marché HT                    120 000,00
   Avancement cumulé 60 %                   72 000,00
   Situations antérieures                   48 000,00
   Montant de la situation HT               24 000,00
   TVA 20 %                                  4 800,00
   Montant TTC                              28 800,00
   Retenue de garantie 5 %                   1 440,00
   Compte prorata 1,5 % HT                     360,00
   Net à payer                              27 000,00
""",
        ("fr",),
        {
            "net": "24000.00",
            "vat": "4800.00",
            "gross": "28800.00",
            "payable": "27000.00",
            "prepaid": "1800.00",
        },
        None,
    ),
    "natural gas": (
        """
   Abonnement (HT)                               24,60
   Consommation 1 204 kWh (HT)                   86,45
   Contribution tarifaire d'acheminement          8,12
   Accise sur le gaz naturel                     19,55
   Total hors TVA                               138,72
   TVA à 5,50 % (sur 32,72 €)                     1,80
   TVA à 20,00 % (sur 106,00 €)                  21,20
   Total TTC                                    161,72
   Votre échéancier : mensualités déjà réglées  150,00
   Reste à payer                                 11,72 €
""",
        ("fr",),
        {
            "net": "138.72",
            "vat": "23.00",
            "gross": "161.72",
            "payable": "11.72",
            "prepaid": "150.00",
        },
        [("5.5", "32.72", "1.80"), ("20", "106.00", "21.20")],
    ),
    "mobile": (
        """
   Forfait Pro 100 Go                    33,32     39,98
   Achats et communications hors forfait  2,50      3,00
   Total HT                              35,82
   TVA 20 %                               7,16
   Total TTC                             42,98 €
   Services de tiers (non soumis à TVA opérateur)    5,00
   Montant prélevé                       47,98 €
""",
        ("fr",),
        {"net": "40.82", "vat": "7.16", "gross": "47.98", "payable": "47.98"},
        None,
    ),
    "subcontract": (
        """
   Pose de cloisons          m2     120     38,00     4 560,00
   Montant HT                                          4 560,00
   TVA : autoliquidation
   Montant à payer                                     4 560,00
""",
        ("fr",),
        {"net": "4560.00", "vat": "0.00", "gross": "4560.00", "payable": "4560.00"},
        None,
    ),
    "car parts2": (
        """
   TOTAL BRUT HT        REMISE       PORT      TOTAL NET HT     TVA 20,00 %     TOTAL TTC
        1 204,50        240,90      12,00            975,60          195,12      1 170,72
   REGLEMENT : LCR 30 JOURS FIN DE MOIS       ECHEANCE : 30/06/2026
""",
        ("fr",),
        {"net": "975.60", "vat": "195.12", "gross": "1170.72", "payable": "1170.72"},
        None,
    ),
    "value over label": (
        """
     1 250,00 €          250,00 €          1 500,00 €
      Total HT           TVA 20 %          Total TTC
""",
        ("fr",),
        {"net": "1250.00", "vat": "250.00", "gross": "1500.00", "payable": "1500.00"},
        None,
    ),
    "ticket": (
        """
   VIS INOX X100            8,90
   2 X 3,45
   CHARNIERE                6,90
   SOUS TOTAL              15,80
   REMISE FIDELITE         -1,58
   A PAYER                 14,22
   CB                      14,22
   DONT TVA 20,00% 2,37
""",
        ("fr",),
        {"net": "11.85", "vat": "2.37", "gross": "14.22", "payable": "14.22"},
        None,
    ),
    "agency uk": (
        """
   Fee for April 2026                        £4,000.00
   Expenses                                    £120.00
   Subtotal                                  £4,120.00
   VAT at 20%                                  £824.00
   Total due                                 £4,944.00
""",
        ("en",),
        {"net": "4120.00", "vat": "824.00", "gross": "4944.00", "payable": "4944.00"},
        None,
    ),
    "credits saas": (
        """
   Subtotal                   $120.00
   Discount (10% off)         -$12.00
   Total excluding tax        $108.00
   VAT - France (0% on $108.00)   $0.00
   Total                      $108.00
   Amount due                 $108.00 USD
   Reverse charge
""",
        ("en",),
        {"net": "108.00", "vat": "0.00", "gross": "108.00", "payable": "108.00"},
        None,
    ),
}
