"""Draws small publications and finds the least cost of complementary suppression with HiGHS.

    python3 -m pip install highspy==1.16.0
    python3 optima.py ../fixtures/optima.json

All counts are drawn here from a seed. One whole-number programme per publication, written apart from
the package: a yes or no for each cell that may be withheld, and for each protected cell and side a
table of its own that differs from the true one in withheld cells only.
"""

import itertools
import json
import random
import sys

import highspy

SMALL, MARGIN, FAR = 4, 1, 60


def dimension(name, n, group):
    """Leaves in groups up to one total, as `drawn::Dimension::hierarchy` names them."""
    level = leaves = [f"{name}{leaf:02}" for leaf in range(n)]
    totals, depth = [], 0
    while group and len(level) > group:
        depth += 1
        parts = [level[at : at + group] for at in range(0, len(level), group)]
        groups = [(f"{name}-level{depth}-{at:02}", part) for at, part in enumerate(parts)]
        totals += groups
        level = [total for total, _ in groups]
    return leaves, totals + [(f"{name}-all", level)]


def publication(shape, counts, faces):
    dimensions = [dimension("abcd"[at], n, group) for at, (n, group) in enumerate(shape)]
    values = dict(zip(itertools.product(*(leaves for leaves, _ in dimensions)), counts))
    sums = []
    for at, (_, totals) in enumerate(dimensions):
        others = [
            leaves + [total for total, _ in t] if other < at else leaves
            for other, (leaves, t) in enumerate(dimensions)
        ]
        for total, parts in totals:
            for place in itertools.product(*others[:at], [total], *others[at + 1 :]):
                values[place] = sum(values[place[:at] + (p,) + place[at + 1 :]] for p in parts)
    for place in values:
        for at, (_, totals) in enumerate(dimensions):
            for total, parts in totals:
                if place[at] == total:
                    sums.append((place, [place[:at] + (p,) + place[at + 1 :] for p in parts]))
    if faces:
        shown = {place for place in values if any(name.endswith("-all") for name in place)}
        values = {place: value for place, value in values.items() if place in shown}
        sums = [(t, parts) for t, parts in sums if t in shown and all(p in shown for p in parts)]
    return values, sums


def least_cost(values, sums):
    model = highspy.Highs()
    model.silent()
    protected = [place for place, value in values.items() if 1 <= value <= SMALL]
    free = [place for place in values if place not in protected]
    choice = {place: model.addBinary(obj=max(1, values[place].bit_length())) for place in free}
    for goal in protected:
        value = values[goal]
        for end in (min(1, max(0, value - MARGIN)), max(SMALL + 1, value + MARGIN)):
            if end == value:
                continue
            table = {p: model.addIntegral(lb=0, ub=v + FAR) for p, v in values.items()}
            for place, cell in choice.items():
                model.addConstr(table[place] - FAR * cell <= values[place])
                model.addConstr(table[place] + values[place] * cell >= values[place])
            for total, parts in sums:
                model.addConstr(sum(table[part] for part in parts) - table[total] == 0)
            model.addConstr(table[goal] >= end if end > value else table[goal] <= end)
    model.setOptionValue("time_limit", 60.0)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return round(model.getInfo().objective_function_value)


def main():
    draw = random.Random(20_260_124)
    shapes = [
        ([(3, 0), (3, 0)], False),
        ([(4, 0), (3, 0)], False),
        ([(5, 0), (4, 0)], False),
        ([(2, 0), (2, 0), (3, 0)], False),
        ([(6, 3), (3, 0)], False),
        ([(2, 0), (3, 0), (3, 0)], True),
    ]
    found = []
    while len(found) < 330:
        shape, faces = shapes[len(found) % len(shapes)]
        n = 1
        for leaves, _ in shape:
            n *= leaves
        counts = [draw.randrange(draw.choice([3, 8, 20, 60])) for _ in range(n)]
        cost = least_cost(*publication(shape, counts, faces))
        if cost is None:
            print("given up:", shape, counts, file=sys.stderr)
            continue
        found.append({"shape": shape, "faces": faces, "counts": counts, "cost": cost})
        print(len(found), file=sys.stderr)
    with open(sys.argv[1], "w") as file:
        file.write("[" + ",\n".join(json.dumps(one) for one in found) + "]\n")


main()
