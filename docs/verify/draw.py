#!/usr/bin/env python3
"""Computes a draw of Madang again from its published proof: draw.py FILE. Python 3.9, nothing else.

Exit code 0 when everything that is there comes out the same, else 1. Not checked here: the signature of a drand round
(look the round up at api.drand.sh) and the estimated chances. `madang draw verify` checks both.
"""
import hashlib, hmac, json, sys
from fractions import Fraction

def H(data): return hashlib.sha256(data).digest()
def lp(*parts): return b"".join(len(p).to_bytes(4, "big") + p for p in parts)
def canonical(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

def root(lines):  # RFC 6962
    if not lines: return H(b"")
    if len(lines) == 1: return H(b"\0" + lines[0])
    split = 1 << (len(lines) - 1).bit_length() - 1
    return H(b"\1" + root(lines[:split]) + root(lines[split:]))

def priority(seed, line):
    ticket = line["t"].encode()
    return min(hmac.digest(seed, lp(b"draw/prio/v1", ticket, j.to_bytes(4, "big")), "sha256") for j in range(line["w"] or 1))

def complete(bounds, rows):
    """Whole numbers for the cells within all bounds, or None: simplex for feasibility, and branching. A row is (cells, bounds)."""
    bounds, count = list(bounds) + [b for _, b in rows], len(bounds)
    value = [Fraction(low) for low, _ in bounds[:count]] + [Fraction(sum(bounds[c][0] for c in cells)) for cells, _ in rows]
    basic = {count + r: {c: Fraction(1) for c in cells} for r, (cells, _) in enumerate(rows)}
    while True:
        off = [v for v in basic if not bounds[v][0] <= value[v] <= bounds[v][1]]
        if not off: break
        out = min(off)
        rises, row = value[out] < bounds[out][0], basic[out]
        movers = [v for v, f in row.items() if f and (value[v] < bounds[v][1] if (f > 0) == rises else value[v] > bounds[v][0])]
        if not movers: return None
        into = min(movers)
        step = (bounds[out][0 if rises else 1] - value[out]) / row[into]
        value[into] += step
        for v, r in basic.items(): value[v] += r.get(into, 0) * step
        del basic[out]
        solved = {v: -f / row[into] for v, f in row.items() if v != into} | {out: 1 / row[into]}
        for r in basic.values():
            by = r.pop(into, 0)
            for v, f in solved.items(): r[v] = r.get(v, 0) + by * f
        basic[into] = solved
    for c in range(count):
        if value[c].denominator != 1:
            floor, (low, high) = value[c] // 1, bounds[c]
            halves = [bounds[:c] + [half] + bounds[c + 1:count] for half in ((low, floor), (floor + 1, high))]
            return complete(halves[0], rows) or complete(halves[1], rows)
    return [int(v) for v in value[:count]]

def draw(spec, pool, seed):
    limits = [(a, v, tuple(b)) for a, of in sorted(spec["quotas"].items()) for v, b in sorted(of.items())]
    counts_for = {l["t"]: [n for n, (a, v, _) in enumerate(limits) if l["f"][a] == v] for l in pool}
    cell = {l["t"]: tuple(l["f"][a] for a in sorted(spec["quotas"])) for l in pool}
    name, merit = [f"{a}={v}" for a, v, _ in limits], spec.get("merit", [])
    order = [l["t"] for l in sorted(pool, key=lambda l: (priority(seed, l), l["t"]))]
    home = {l["t"]: l.get("h") for l in pool} if spec.get("household") else {}
    seen, doubles = {home.get(t) for t in merit} - {None}, set()
    for t in order:
        if t not in merit and home.get(t):
            if home[t] in seen: doubles.add(t)
            seen.add(home[t])
    cells = sorted(set(cell.values()))
    of_cell = {cell[t]: counts_for[t] for t in cell}
    rows = [([i for i, c in enumerate(cells) if n in of_cell[c]], b) for n, (_, _, b) in enumerate(limits)]
    rows.append((list(range(len(cells))), (spec["seats"], spec["seats"])))
    seated, stand = [sum(cell[t] == c for t in merit) for c in cells], [sum(cell[t] == c and t not in doubles for t in order) for c in cells]
    witness = complete(list(zip(seated, stand)), rows) if all(a <= b for a, b in zip(seated, stand)) else None
    if witness is None: raise SystemExit("FALSE feasible: the seats cannot be filled within the quotas")
    count, selected, waitlist, walk = [sum(n in counts_for[t] for t in merit) for n in range(len(limits))], list(merit), [], []
    for t in order:
        free, own, c = spec["seats"] - len(selected), counts_for[t], cells.index(cell[t])
        if t in merit or (not free and t in doubles): continue
        full = [name[n] for n in own if count[n] >= limits[n][2][1]]
        reason = None
        if t in doubles: reason = {"kind": "household_represented_by_other_ticket", "values": []}
        elif free and full: reason = {"kind": "max_reached", "values": full}
        elif free:
            if seated[c] == stand[c]: better = None
            elif witness[c] > seated[c]: better = witness
            else: better = complete([(s + (i == c), m) for i, (s, m) in enumerate(zip(seated, stand))], rows)
            if better is None:
                stand[c] = seated[c]
                lacking = [name[n] for n, (_, _, b) in enumerate(limits) if count[n] + (n in own) < b[0]]
                reason = {"kind": "would_make_minimum_unreachable", "values": lacking}
            else:
                witness, seated[c] = better, seated[c] + 1
                selected.append(t)
                for n in own: count[n] += 1
        if free: walk.append({"t": t, "outcome": "skipped" if reason else "selected", "reason": reason})
        if t not in doubles and (reason or not free): waitlist.append(t)

    def replace(left):
        if left not in now: raise SystemExit("FALSE replacements: somebody left who had no seat")
        now.remove(left)
        base = [sum(n in counts_for[t] for t in now) for n in range(len(limits))]
        for given_up in range(len(spec.get("relax", [])) + 1):
            relaxed = spec.get("relax", [])[:given_up]
            for t in waiting:
                if all(a in relaxed or b[0] <= base[n] + (n in counts_for[t]) <= b[1] for n, (a, _, b) in enumerate(limits)):
                    now.append(t); waiting.remove(t)
                    return {"left": left, "taken_by": t, "relaxed": relaxed}
        return {"left": left, "taken_by": None, "relaxed": []}
    now, waiting = list(selected), list(waitlist)
    return walk, selected, waitlist, replace

def main(path):
    with open(path, encoding="utf-8") as file: proof = json.load(file)
    spec, pool, failed = proof["spec"], proof.get("pool"), []
    def check(name, expected, found):
        print(("ok    " if expected == found else "FALSE ") + name)
        if expected != found: failed.append(name)
    check("rule", [1, "priority-first/1"], [spec["v"], spec["alg"]])
    for name in ("pool", "excluded"):
        if name in proof:
            tickets = [l["t"] for l in proof[name]]
            check(name + " in order", sorted(set(tickets)), tickets)
            check(name + " size", len(tickets), spec[name + "_size"])
            check(name + " root", root([canonical(l) for l in proof[name]]).hex(), spec[name + "_root"])
    number, beacon, evidence = bytes.fromhex(proof["beacon"]["bytes"]), spec["beacon"], proof["beacon"].get("evidence") or {}
    kind = beacon["kind"]
    if kind == "manual_sources" and "values" in evidence:
        values = evidence["values"] if len(evidence["values"]) == len(beacon["sources"]) else []
        check("beacon", lp(*(v.encode() for v in values)) if values and all(values) else None, number)
    if kind == "multi_party" and "nonces" in evidence:
        shown = [bytes.fromhex(n) for c, n in sorted(evidence["nonces"].items()) if H(bytes.fromhex(n)).hex() == c and c in beacon["commitments"]]
        check("beacon", lp(*shown) if shown and len(shown) == len(evidence["nonces"]) else None, number)
    if kind == "drand" and "signature" in evidence: check("beacon", H(bytes.fromhex(evidence["signature"])), number)
    spec_hash = H(canonical(spec))
    seed = H(lp(b"draw/seed/v1", spec_hash, number))
    for name, value in (("spec_hash", spec_hash), ("seed", seed)):
        if name in proof: check(name, value.hex(), proof[name])
    if pool is not None:
        walk, selected, waitlist, replace = draw(spec, pool, seed)
        for name, value in (("walk", walk), ("selected", selected), ("waitlist", waitlist)):
            if name in proof: check(name, value, proof[name])
        if "replacements" in proof: check("replacements", [replace(r["left"]) for r in proof["replacements"]], proof["replacements"])
        print("selected: " + " ".join(selected))
    return 1 if failed else 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
