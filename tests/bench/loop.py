"""What SQLite gives without a server: one thread that votes in a loop, each vote a durable transaction of its own."""

import math
import random
import sqlite3
import time
import uuid

# The statements of one request that casts a vote, as the server sends them.
ACTOR = """SELECT members.id, members.role, members.blocked_at, sessions.revoked_at, sessions.expires_at
    FROM sessions INNER JOIN members ON sessions.member_id = members.id WHERE sessions.id = ? LIMIT ?"""
IDEA = """SELECT ideas.id, ideas.board_id, ideas.author_id, ideas.status, ideas.vote_count, ideas.carried_votes,
    ideas.comment_count, ideas.trending, ideas.created_at, ideas.updated_at, ideas.hidden_at, ideas.version, boards.id,
    boards.slug, boards.name, boards.description, boards.view_audience, boards.vote_audience, boards.comment_audience,
    boards.submit_audience, boards.voters_seen_by_viewers, boards.vote_budget, boards.created_at, boards.updated_at,
    boards.version FROM ideas INNER JOIN boards ON ideas.board_id = boards.id WHERE ideas.id = ? LIMIT ?"""
VOTE = "INSERT INTO votes (idea_id, member_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
EVENT = "INSERT INTO outbox (id, kind, subject, data, occurred_at) VALUES (?, ?, ?, ?, ?)"
COUNT = """UPDATE ideas SET vote_count = ideas.vote_count + ?, trending = madang_with_vote(ideas.trending, ?)
    WHERE ideas.id = ? AND ideas.status = ? AND ideas.hidden_at IS NULL RETURNING ideas.vote_count"""
AT, WEIGHT = "2026-11-01 00:00:00.123456", 98.56906766371858


def with_vote(score, weight):
    """The formula of the trending score, which the server registers as well."""
    return max(score, weight) + math.log1p(math.exp(-abs(score - weight)))


def opened(path):
    """A connection set as the server sets its own."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=64)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY",
                   "cache_size = -8192"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.create_function("madang_with_vote", 2, with_vote)
    return connection


def vote(db, session, idea, event):
    """One vote, from BEGIN to COMMIT; returns whether it was new."""
    db.execute("BEGIN IMMEDIATE")
    member = db.execute(ACTOR, (session, 1)).fetchone()[0]
    board = db.execute(IDEA, (idea, 1)).fetchone()[1]
    new = db.execute(VOTE, (idea, member, AT)).rowcount == 1
    if new:
        data = f'{{"board_id":"{board.hex()}....","idea_id":"{idea.hex()}....","member_id":"{member.hex()}...."}}'
        db.execute(EVENT, (event, "vote.cast", idea, data, AT))
        db.execute(COUNT, (1, WEIGHT, idea, "open")).fetchall()
    db.execute("COMMIT")
    return new


def votes_per_second(path, seconds):
    """Votes of any member on any idea, for so long."""
    db = opened(path)
    sessions = [row[0] for row in db.execute("SELECT id FROM sessions")]
    ideas = [row[0] for row in db.execute("SELECT id FROM ideas")]
    # Ids of events grow, as the server's do.
    first, done, began = uuid.uuid1().time << 67, 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        event = (first + done).to_bytes(16, "big")
        done += vote(db, random.choice(sessions), random.choice(ideas), event)
    db.close()
    return done / took
