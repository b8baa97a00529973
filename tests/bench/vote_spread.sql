-- The statements of one request that casts a vote, as the server sends them. The first two look their row up by a
-- number in a table made for it (one more index probe in each) and hand the ids on to the others.
\set member random(1, :members)
\set idea random(1, :ideas)
\set n :n + 1
BEGIN;
SELECT "members"."id" AS member_id, "members"."role", "members"."blocked_at", "sessions"."revoked_at", "sessions"."expires_at" FROM ("sessions" INNER JOIN "members" ON ("sessions"."member_id" = "members"."id")) WHERE ("sessions"."id" = (SELECT id FROM bench_sessions WHERE n = :member)) LIMIT 1 \gset
SELECT "ideas"."id" AS idea_id, "ideas"."board_id" AS board_id, "ideas"."author_id", "ideas"."status", "ideas"."vote_count", "ideas"."carried_votes", "ideas"."comment_count", "ideas"."trending", "ideas"."created_at", "ideas"."updated_at", "ideas"."hidden_at", "ideas"."version", "boards"."id", "boards"."slug", "boards"."name", "boards"."description", "boards"."view_audience", "boards"."vote_audience", "boards"."comment_audience", "boards"."submit_audience", "boards"."voters_seen_by_viewers", "boards"."vote_budget", "boards"."created_at", "boards"."updated_at", "boards"."version" FROM ("ideas" INNER JOIN "boards" ON ("ideas"."board_id" = "boards"."id")) WHERE ("ideas"."id" = (SELECT id FROM bench_ideas WHERE n = :idea)) LIMIT 1 \gset
INSERT INTO "votes" ("idea_id", "member_id", "created_at") VALUES (:idea_id, :member_id, '2026-11-01 00:00:00.123456') ON CONFLICT DO NOTHING;
INSERT INTO "outbox" ("id", "kind", "subject", "data", "occurred_at") VALUES (lpad(to_hex(:run::bigint * 1099511627776 + :client_id * 4294967296 + :n), 32, '0')::uuid, 'vote.cast', :idea_id, '{"board_id":"' || :board_id || '","idea_id":"' || :idea_id || '","member_id":"' || :member_id || '"}', '2026-11-01 00:00:00.123456');
UPDATE "ideas" SET "vote_count" = ("ideas"."vote_count" + 1), "trending" = madang_with_vote("ideas"."trending", 98.56906766371858) WHERE (("ideas"."id" = :idea_id) AND (("ideas"."status" = 'open') AND ("ideas"."hidden_at" IS NULL))) RETURNING "ideas"."vote_count";
COMMIT;
