"""Random damage to invoices, repeatable, to compare two ways of judging them."""

from __future__ import annotations

import copy
import random

from lxml import etree

VALUES = (
    "", "  ", "0", "-1", "12.345", "1e3", "NaN", "true", "AE", "S", "E", "O", "Z", "K", "FR", "XX",
    "USD", "20991301", "2026-02-31", "999999999", "abc def", "384", "381", "261", "503", "386",
    "0002", "B2B", "S8", "M9", "GROUP", "DETAIL", "é<&>\n",
)  # fmt: skip
CODES = ("0002", "0225", "0009", "VA", "FC", "102", "EUR", "USD", "ZZ", "", "7161", "5153")


def mutate(root: etree._Element, chance: random.Random) -> etree._Element:
    """Return a copy with one to four things changed: gone, doubled, another value, another code."""
    root = copy.deepcopy(root)
    nodes = list(root.iter(etree.Element))
    for _time in range(chance.randint(1, 4)):
        node = chance.choice(nodes)
        change = chance.randrange(7)
        if change == 0 and node.getparent() is not None:
            node.getparent().remove(node)
        elif change == 1 and node.getparent() is not None:
            node.addnext(copy.deepcopy(node))
        elif change == 2 and not len(node):
            node.text = chance.choice(VALUES)
        elif change == 3 and node.attrib:
            node.set(chance.choice(list(node.attrib)), chance.choice(CODES))
        elif change == 4 and node.attrib:
            del node.attrib[chance.choice(list(node.attrib))]
        elif change == 5:
            node.set("schemeID", chance.choice(CODES))
        else:
            other = chance.choice(nodes)
            if not len(other) and not len(node):
                node.text = other.text
    return root
