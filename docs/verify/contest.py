#!/usr/bin/env python3
"""Computes the result of a contest of Madang again from its published bundle: contest.py FILE. Python 3.9, nothing else.

Prints each check, with a ? what there is nothing to check by, and last the result as canonical JSON; exit code 0 when everything
that is there comes out the same, else 1. The arithmetic is that of `additive-severity/1` in the same order, so the bytes are the same.
Not checked here: the signature of a drand round (look the round up at api.drand.sh), and that the bundle is that of the contest:
compare its lock_hash with the one the contest shows since its lock.
"""
import hashlib, hmac, json, math, sys

def H(data): return hashlib.sha256(data).digest()
def lp(*parts): return b"".join(len(p).to_bytes(4, "big") + p for p in parts)
def canonical(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
def shown(x): return round(x * 1e4) / 1e4 + 0.0
def millionths(x): return round(x * 1e6)
def plain(x): return abs(x) <= 1e6 and x == shown(x) and (x != 0 or math.copysign(1, x) > 0)
def name(text): return 1 <= len(text) <= 64
def need(holds, why):
    if not holds: raise ValueError(why)
def add(numbers):
    total = 0.0  # from the first to the last; sum() need not be
    for number in numbers: total += number
    return total

def root(lines):  # RFC 6962
    if len(lines) < 2: return H(b"\0" + lines[0] if lines else b"")
    split = 1 << (len(lines) - 1).bit_length() - 1
    return H(b"\1" + root(lines[:split]) + root(lines[split:]))
def root_of(lines): return root(sorted(canonical(line).encode() for line in lines)).hex()

def rounded(v): return not isinstance(v, float) or plain(v) if not isinstance(v, (list, dict)) else all(map(rounded, v.values() if isinstance(v, dict) else v))
def read(bundle):
    """Numbers as doubles, lists that are sets sorted, and what makes no sense refused. How large a bundle may be is not asked."""
    need(rounded(bundle.get("rules", {})), "rules")
    rubric = [{"key": c["key"], "weight": float(c["weight"]), "scale": [float(x) for x in c["scale"]]} for c in bundle["rubric"]]
    keys, pairs, lists = {c["key"] for c in rubric}, set(), []
    need(rubric and len(keys) == len(rubric) and rounded(rubric) and all(name(c["key"]) and c["weight"] > 0 and c["scale"][0] < c["scale"][1] for c in rubric), "rubric")
    for key in ("scores", "extra_reviews"):
        lists.append([{"entry": s["entry"], "judge": s["judge"], "marks": {k: float(m) for k, m in s["marks"].items()}} for s in bundle.get(key, [])])
        for nth, s in enumerate(lists[-1]):
            need(name(s["entry"]) and name(s["judge"]) and (s["entry"], s["judge"]) not in pairs and set(s["marks"]) == keys, f"{key}[{nth}]")
            need(rounded(s["marks"]) and all(c["scale"][0] <= s["marks"][c["key"]] <= c["scale"][1] for c in rubric), f"{key}[{nth}].marks")
            pairs.add((s["entry"], s["judge"]))
    ballots = [{"voter": b["voter"], "stars": sorted(set(b["stars"])), "state": b["state"]} for b in bundle.get("ballots", [])]
    need(len({b["voter"] for b in ballots}) == len(ballots) and all(map(name, (b["voter"] for b in ballots))), "ballots")
    need(all(len(b["stars"]) <= (bundle.get("stars") or 10) and b["state"] in ("counted", "held", "rejected") for b in ballots), "ballots")
    weight, order, prizes = float(bundle["jury_weight"]), bundle.get("tie_order", []), bundle.get("prizes")
    need(plain(weight) and 0.5 <= weight <= 1 and len(set(order)) == len(order), "jury_weight")
    if prizes: prizes = {k: float(v) if k == "least" else v for k, v in prizes.items() if v is not None}
    return rubric, *lists, ballots, weight, order, prizes

def parts_of(rubric, score):
    """The score of 0 to 100, and the part of the heaviest criterion."""
    parts = [(score["marks"][c["key"]] - c["scale"][0]) / (c["scale"][1] - c["scale"][0]) for c in rubric]
    heaviest = max(range(len(rubric)), key=lambda n: (rubric[n]["weight"], -n))
    return 100.0 * add(c["weight"] * p for c, p in zip(rubric, parts)) / add(c["weight"] for c in rubric), parts[heaviest]

def fit(reviews):
    """θ, SE, b and ICC(1,k): entries eliminated, Cholesky on what is left."""
    if not reviews: return {}, {}, None
    reviews = sorted(reviews)
    judges = sorted({j for _, j, _ in reviews})
    number, size, mean, rows = {j: n for n, j in enumerate(judges)}, len(judges), add(y for *_, y in reviews) / len(reviews), {}
    for e, j, y in reviews: rows.setdefault(e, []).append((number[j], y - mean))
    S, right = [[0.0] * size for _ in judges], [0.0] * size
    for row in rows.values():
        for j, y in row: S[j][j] += 1.0; right[j] += y
    for j in range(size): S[j][j] += 0.5
    for row in rows.values():
        share, level = 1.0 / (len(row) + 0.3), add(y for _, y in row) / (len(row) + 0.3)
        for n, (j, _) in enumerate(row):
            right[j] -= level
            for k, _ in row[:n + 1]: S[j][k] -= share
    for j in range(size):
        for k in range(j):
            f = -S[j][k]
            for i in range(j, size): S[i][j] = f * S[i][k] + S[i][j]
        S[j][j] = math.sqrt(S[j][j])
        for i in range(j + 1, size): S[i][j] /= S[j][j]
    inverse = []  # of the factor, column by column
    for n in range(size):
        x = [0.0] * n + [1.0] + [0.0] * (size - n - 1)
        for i in range(n, size):
            x[i] /= S[i][i]
            f = -x[i]
            for k in range(i + 1, size): x[k] = f * S[k][i] + x[k]
        inverse.append(x)
    half = [add(inverse[k][i] * right[k] for k in range(i + 1)) for i in range(size)]
    b = [add(inverse[k][i] * half[i] for i in range(k, size)) for k in range(size)]
    theta = {e: (add(y for _, y in row) - add(b[j] for j, _ in row)) / (len(row) + 0.3) for e, row in rows.items()}
    rss = add(r * r for r in (y - theta[e] - b[j] for e, row in rows.items() for j, y in row))
    variance, entries = rss / max(float(len(reviews)) - float(len(rows) + size) + 1.0, 1.0), {}
    for e, row in rows.items():
        d, sums = len(row) + 0.3, [add(inverse[j][i] for j, _ in row) for i in range(row[0][0], size)]
        entries[e] = (mean + theta[e], math.sqrt(variance * (1.0 / d + add(s * s for s in sums) / (d * d))))
    icc = None
    if len(rows) >= 2 and len(reviews) > len(rows):
        means = {e: add(y for _, y in row) / len(row) for e, row in rows.items()}
        between = add(len(row) * means[e] * means[e] for e, row in rows.items()) / (len(rows) - 1)
        within = add((y - means[e]) * (y - means[e]) for e, row in rows.items() for _, y in row) / (len(reviews) - len(rows))
        if between > 1e-9: icc = (between - within) / between
    return entries, dict(zip(judges, b)), icc

def ln(number):
    m, k = math.frexp(number)
    m, k = m * 2, k - 1.0
    if m > math.sqrt(2): m, k = m / 2, k + 1.0
    s, series = (m - 1.0) / (m + 1.0), 0.0
    for n in reversed(range(12)): series = series * (s * s) + 1.0 / (2 * n + 1)
    return 2.0 * s * series + k * math.log(2)
def standard(values):
    mean = add(values) / len(values) if values else 0.0
    spread = math.sqrt(add((v - mean) * (v - mean) for v in values) / len(values)) if values else 0.0
    return [(v - mean) / spread if spread > 1e-9 else 0.0 for v in values]

def tied(a, b): return abs(a["theta"] - b["theta"]) < math.sqrt(a["se"] * a["se"] + b["se"] * b["se"])
def ahead(a, b): return a["key"] > b["key"] and not tied(a, b)
def level(a, b): return a["key"] == b["key"] or tied(a, b)
def names(standings): return [s["entry"] for s in standings]

def prize_lines(standings, prizes, order, marked, extra, seed):
    top, best, first, heavy, others = {}, {}, {}, {}, {}
    for e, j, y, _ in marked: top[j] = max(y, top.get(j, y))
    for e, j, y, part in marked:
        first[e] = first.get(e, 0) + (millionths(y) == millionths(top[j]))
        heavy.setdefault(e, []).append(millionths(part))
    for e, j, y in extra: others.setdefault(e, {})[j] = millionths(y)
    lot = lambda e: hmac.digest(seed, lp(b"draw/prio/v1", H(lp(b"draw/ticket/v1", b"additive-severity/1", e.encode(), bytes(16)))[:16].hex().encode(), bytes(4)), "sha256")
    def take(among, places):
        among = names(among)
        if len(among) == 1: return among, None
        for rule in order:
            if rule not in ("heaviest_criterion", "first_ranks") and len(among) <= places: return among, None
            if rule == "joint_prize": return among, rule
            judges = set.intersection(*(set(others.get(e, {})) for e in among))
            if rule == "extra_review" and not judges: raise LookupError(rule)
            if rule == "lot" and seed is None: raise LookupError(rule)
            value = {"heaviest_criterion": lambda e: sum(heavy[e]) // len(heavy[e]), "first_ranks": lambda e: first[e],
                     "extra_review": lambda e: sum(others[e][j] for j in judges), "lot": lambda e: bytes(255 - b for b in lot(e))}[rule]
            most = max(map(value, among))
            among = [e for e in among if value(e) == most]
            if len(among) <= places: return among, rule
        if len(among) > places: raise LookupError(None)
        return among, None
    remaining = [s for s in standings if "least" not in prizes or millionths(s["theta"]) >= millionths(prizes["least"])]
    lines, places, given = [], 0, 0
    for more in prizes["places"]:
        places += more
        seats = max(0, places - given)
        inside, outside = remaining[:seats], remaining[seats:]
        within, beyond, before = inside, outside, None
        while before != (before := len(within) + len(beyond)):
            certain = [s for s in inside if s not in within]
            within = [s for s in within if any(level(s, o) for o in beyond) and not any(ahead(s, o) for o in certain)]
            certain = [s for s in outside if s not in beyond]
            beyond = [s for s in beyond if any(level(s, o) for o in within) and not any(ahead(o, s) for o in certain)]
        pool = within + beyond
        line = {"places": seats, "contested": names(pool), "decided": [], "open": [], "awaits": None}
        awarded = [e for e in names(inside) if e not in line["contested"]]
        while len(awarded) < len(inside):
            among = [s for s in pool if not any(ahead(o, s) for o in pool)]
            try: taken, rule = take(among, len(inside) - len(awarded))
            except LookupError as missing:
                line["open"], line["awaits"] = names(pool), missing.args[0]
                break
            pool = [s for s in pool if s["entry"] not in taken]
            awarded += taken
            line["decided"].append({"taken": taken, "of": names(among), "by": rule})
        line["awarded"] = [e for e in names(remaining) if e in awarded]
        remaining, given = [s for s in remaining if s["entry"] not in awarded], given + len(awarded)
        lines.append(line)
        if line["open"]: break
    return lines

def outcome(bundle, rubric, scores, extra, ballots, weight, order, prizes, seed):
    marked = [(s["entry"], s["judge"], *parts_of(rubric, s)) for s in scores]
    entries, severity, icc = fit([m[:3] for m in marked])
    competing, stars = [e for e in entries if e not in bundle.get("calibration", [])], {}
    for b in ballots:
        for e in b["stars"] if b["state"] == "counted" else []: stars[e] = stars.get(e, 0) + 1
    jury = standard([entries[e][0] for e in competing])
    public = standard([ln(1 + stars.get(e, 0)) for e in competing])
    standings = [{"entry": e, "theta": entries[e][0], "se": entries[e][1], "jury": 50.0 + 10.0 * j, "public": 50.0 + 10.0 * p} for e, j, p in zip(competing, jury, public)]
    for s in standings:
        s["final"] = weight * s["jury"] + (1.0 - weight) * s["public"]
        s["key"] = millionths(s["final"])
    standings = sorted((s for s in standings if s["entry"] not in bundle.get("withdrawn", [])), key=lambda s: (-s["key"], s["entry"].encode()))
    result = {"entries": [], "severity": {j: shown(b) for j, b in severity.items()}, "icc": icc if icc is None else shown(icc)}
    for s in standings:
        row = {key: shown(s[key]) for key in ("theta", "se", "jury", "public", "final")}
        others = sorted(o["entry"] for o in standings if o is not s and tied(s, o))
        result["entries"].append({"entry": s["entry"], **row, "rank": 1 + sum(o["key"] > s["key"] for o in standings), "tied_with": others})
    if prizes:
        compete = [m for m in marked if m[0] in competing]
        result["lines"] = prize_lines(standings, prizes, order, compete, [(s["entry"], s["judge"], parts_of(rubric, s)[0]) for s in extra], seed)
    return result

def said(rules):
    """What rules say is computed with; of a round with a cut they stand under `contest`, and the jury alone decides who goes on."""
    terms = rules.get("contest", rules)
    order, places = terms["tie_order"], [prize["places"] for prize in terms["prizes"]]
    rubric = [[c["key"], c["weight"], c["scale"]] for c in terms["rubric"]]
    if "contest" in rules:
        need(rules["round"] > 0, "round")
        cut = terms["judging"]["rounds"][rules["round"] - 1]["cut_to"]
        later = [n for n, rule in enumerate(order) if rule not in ("heaviest_criterion", "first_ranks")]
        return {"rubric": rubric, "jury_weight": 1.0, "tie_order": order[:min(later, default=len(order))] + ["joint_prize"], "prizes": {"places": [need(cut, "cut_to") or cut]}, "stars": None, "lot": None}
    least = {} if terms.get("least_score") is None else {"least": terms["least_score"]}
    lot = terms.get("lot", {"kind": "drand"}) if places and "lot" in order else None
    return {"rubric": rubric, "jury_weight": terms["jury_weight"], "tie_order": order, "prizes": {"places": places, **least} if places else None,
            "stars": (terms.get("ballot") or {}).get("stars"), "lot": lot}

def main(path):
    with open(path, encoding="utf-8") as file: bundle = json.load(file)
    failed, unchecked = [], []
    def check(name, expected, found):
        print(("ok    " if expected == found else "FALSE ") + name)
        if expected != found: failed.append(name)
    def check_any(name, expected, within):
        if (within or {}).get(name) is not None: return check(name, expected, within[name])
        print(f"?     {name} (there is nothing to check it by)")
        unchecked.append(name)
    check("formula", "additive-severity/1", bundle["formula"])
    try: rubric, scores, extra, ballots, weight, order, prizes = read(bundle)
    except (ValueError, KeyError, TypeError) as why: raise SystemExit(f"FALSE inputs: {why}")
    rules, draw = bundle.get("rules", {}), bundle.get("draw") or {}
    if "rubric" in (rules.get("contest") if isinstance(rules.get("contest"), dict) else rules):
        used = {"rubric": [[c["key"], c["weight"], c["scale"]] for c in rubric], "jury_weight": weight, "tie_order": order, "prizes": prizes, "stars": bundle.get("stars"),
                "lot": {key: value for key, value in draw["beacon"].items() if key in ("kind", "sources")} if draw else None}
        try: expected = said(rules)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as why: check(f"rules: {why}", True, False)
        else:
            for key in used: check("rules." + key, expected[key], used[key])
    else: check_any("rules", None, None)
    rules_hash, number = H(canonical(rules).encode()).hex(), draw.get("number")
    lock = {"alg": "additive-severity/1", "ballots_root": root_of(ballots), "beacon": draw.get("beacon"), "calibration": sorted(set(bundle.get("calibration", []))),
            "jury_weight": weight, "prizes": prizes, "rubric": rubric, "rules_hash": rules_hash, "scores_root": root_of(scores), "stars": bundle.get("stars"), "tie_order": order}
    lock_hash = H(canonical(lock).encode())
    inputs = {"extra_root": root_of(extra), "lock_hash": lock_hash.hex(), "number": number and number["bytes"], "withdrawn": sorted(set(bundle.get("withdrawn", [])))}
    check_any("rules_hash", rules_hash, bundle)
    for key, value in {**{key: lock[key] for key in ("scores_root", "ballots_root")}, "lock_hash": lock_hash.hex(), "inputs_hash": H(canonical(inputs).encode()).hex()}.items():
        check_any(key, value, bundle.get("hashes"))
    seed = None
    if number:
        beacon, evidence, found = draw["beacon"], number.get("evidence") or {}, bytes.fromhex(number["bytes"])
        proof = {"drand": "signature", "manual_sources": "values", "multi_party": "nonces"}[beacon["kind"]]
        if not evidence.get(proof): check("beacon", proof, None)
        if beacon["kind"] == "manual_sources" and evidence.get("values"):
            same = len(evidence["values"]) == len(beacon["sources"]) and all(evidence["values"])
            check("beacon", lp(*(v.encode() for v in evidence["values"])) if same else None, found)
        if beacon["kind"] == "multi_party" and evidence.get("nonces"):
            shown_by = [bytes.fromhex(n) for c, n in sorted(evidence["nonces"].items()) if H(bytes.fromhex(n)).hex() == c and c in beacon["commitments"]]
            check("beacon", lp(*shown_by) if len(shown_by) == len(evidence["nonces"]) else None, found)
        if beacon["kind"] == "drand" and evidence.get("signature"): check("beacon", H(bytes.fromhex(evidence["signature"])), found)
        seed = H(lp(b"draw/seed/v1", lock_hash, found))
        check_any("seed", seed.hex(), draw)
    result = outcome(bundle, rubric, scores, extra, ballots, weight, order, prizes, seed)
    if bundle.get("result") is None: check_any("result", None, None)
    else:
        for key in sorted(set(result) | set(bundle["result"])): check(key, canonical(result.get(key, "absent")), canonical(bundle["result"].get(key, "absent")))
    print(f"lock_hash {lock_hash.hex()}: it is the contest's bundle if the contest shows the same.")
    if failed: print("The bundle is FALSE.")
    elif "result" in unchecked: print("The bundle says no result; this one comes out of it.")
    else: print("The result is as its bundle says" + (", which leaves out what is marked with ?." if unchecked else "."))
    print(canonical(result))
    return 1 if failed else 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
