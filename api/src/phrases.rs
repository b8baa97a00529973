//! The words of every failure, in Korean and in English.

use actix_web::http::StatusCode;
use domain::{contests::conflicts::Ground, judging::assignment::Unfit, text::Fault};

use crate::{
    error::{Code, Wrong},
    language::Language,
};

type Phrases = (u16, &'static str, [&'static str; 2], [&'static str; 2]);

/// The status, the code, the title and the detail; `{}` in the detail stands for the failure's fact.
#[must_use]
pub fn of(code: Code, language: Language) -> (StatusCode, &'static str, &'static str, &'static str) {
    let (status, name, [title_ko, title_en], [detail_ko, detail_en]) = phrases(code);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, name, language.pick(title_ko, title_en), language.pick(detail_ko, detail_en))
}

#[rustfmt::skip]
#[must_use]
#[expect(clippy::too_many_lines, reason = "a table: one line for each code, and the compiler misses none")]
fn phrases(code: Code) -> Phrases {
    match code {
        Code::MalformedJson => (400, "malformed_json", ["JSON이 올바르지 않습니다", "The body is not valid JSON"], ["{}", "{}"]),
        Code::MalformedRequest => (400, "malformed_request", ["요청이 올바르지 않습니다", "The request is malformed"], ["{}", "{}"]),
        Code::InvalidCursor => (400, "invalid_cursor", ["커서가 올바르지 않습니다", "The cursor is not valid here"], ["같은 목록의 next_cursor를 그대로 쓰거나 처음부터 다시 읽어 주세요.", "Use next_cursor of the same list unchanged, or start from the first page."]),
        Code::InvalidHeader => (400, "invalid_header", ["헤더가 올바르지 않습니다", "A header is not valid"], ["{}", "{}"]),
        Code::SignInRequired => (401, "sign_in_required", ["로그인이 필요합니다", "Sign in first"], ["Authorization 헤더에 Bearer 토큰을 보내 주세요.", "Send a bearer token in the Authorization header."]),
        Code::InvalidToken => (401, "invalid_token", ["토큰이 올바르지 않습니다", "The token is not valid"], ["다시 로그인해 주세요.", "Sign in again."]),
        Code::TokenExpired => (401, "token_expired", ["토큰이 만료되었습니다", "The token has expired"], ["리프레시 토큰으로 새 토큰을 받아 주세요.", "Get a new one with the refresh token."]),
        Code::SessionEnded => (401, "session_ended", ["세션이 끝났습니다", "The session has ended"], ["다시 로그인해 주세요.", "Sign in again."]),
        Code::TokenReused => (401, "token_reused", ["이미 쓴 리프레시 토큰입니다", "The refresh token was used before"], ["보안을 위해 세션을 끝냈습니다. 다시 로그인해 주세요.", "To be safe the session was ended; sign in again."]),
        Code::KeyEnded => (401, "key_ended", ["API 키가 끝났습니다", "The API key has ended"], ["폐기되었거나 만료된 키입니다. 새 키를 쓰세요.", "It was revoked or has expired; use another."]),
        Code::WrongCredentials => (401, "wrong_credentials", ["이메일 또는 비밀번호가 틀렸습니다", "E-mail address or password is wrong"], ["다시 확인해 주세요.", "Check both and try again."]),
        Code::Forbidden => (403, "forbidden", ["권한이 없습니다", "You may not do this"], ["`{}` 권한이 필요합니다.", "It takes the permission `{}`."]),
        Code::KeyLacksScope => (403, "key_lacks_scope", ["API 키의 범위가 모자랍니다", "The API key is not for this"], ["`{}` 범위가 필요합니다.", "It takes the scope `{}`."]),
        Code::NotByKey => (403, "not_by_key", ["API 키로는 할 수 없습니다", "An API key may not do this"], ["로그인해서 직접 해 주세요.", "Sign in and do it in person."]),
        Code::BoardForbidden => (403, "board_forbidden", ["이 게시판에서 허용되지 않습니다", "The board does not let you do this"], ["게시판의 대상 설정을 확인해 주세요.", "See for whom the board opens this action."]),
        Code::NotYours => (403, "not_yours", ["작성자만 바꿀 수 있습니다", "Only its author may change it"], ["작성자나 운영진만 바꿀 수 있습니다.", "Its author and staff may change it."]),
        Code::MemberBlocked => (403, "member_blocked", ["차단된 계정입니다", "The account is blocked"], ["운영진에게 문의해 주세요.", "Ask the staff."]),
        Code::WrongPassword => (403, "wrong_password", ["비밀번호가 틀렸습니다", "The password is wrong"], ["지금 쓰는 비밀번호를 보내 주세요.", "Send the present password of the account."]),
        Code::NotFound => (404, "not_found", ["찾을 수 없습니다", "Not found"], ["주소를 확인해 주세요.", "Check the address."]),
        Code::MethodNotAllowed => (405, "method_not_allowed", ["허용되지 않는 메서드입니다", "The method is not allowed here"], ["Allow 헤더에 있는 메서드를 써 주세요.", "Use one of the methods in the Allow header."]),
        Code::NotAcceptable => (406, "not_acceptable", ["원하는 형식으로 줄 수 없습니다", "It is not given in that form"], ["Accept 헤더에 {} 가운데 하나를 넣어 주세요.", "Name one of these in the Accept header: {}."]),
        Code::Undecidable => (409, "undecidable", ["지금 상태에서는 할 수 없는 결정입니다", "That cannot be decided now"], ["지금 상태: {}. approve와 reject는 보류된 글에, hide는 보이는 글에, lift는 숨기거나 거절한 글에 합니다.", "It is {} now: approve or reject what is held, hide what is published, lift what was hidden or rejected."]),
        Code::OwnPost => (409, "own_post", ["자기 글입니다", "It is your own post"], ["자기 글은 신고할 수 없습니다. 지울 수는 있습니다.", "Nobody reports what they wrote themselves; delete it instead."]),
        Code::WordTaken => (409, "word_taken", ["이미 금지한 말입니다", "The word is banned already"], ["같은 언어에 같은 말이 있습니다.", "The language has this word."]),
        Code::TooManyWords => (409, "too_many_words", ["금지어가 너무 많습니다", "There are too many banned words"], ["{}개까지 둘 수 있습니다. 쓰지 않는 것을 지워 주세요.", "There are at most {}; delete one first."]),
        Code::EmailTaken => (409, "email_taken", ["이미 가입된 이메일입니다", "The address is registered already"], ["로그인하거나 다른 주소를 써 주세요.", "Sign in, or use another address."]),
        Code::EmailUnproven => (409, "email_unproven", ["확인되지 않은 이메일입니다", "The address is not proven"], ["이미 계정이 있는 주소입니다. 토큰에 email_verified가 true여야 연결됩니다.", "An account has this address already; the token must say email_verified: true to be linked to it."]),
        Code::EmailOfSignOn => (409, "email_of_sign_on", ["브랜드 로그인에서 정한 주소입니다", "The brand's sign-on says the address"], ["로그인하는 브랜드 계정에서 바꿔 주세요.", "Change it in the account you sign in with there."]),
        Code::AlreadyVerified => (409, "already_verified", ["이미 확인된 주소입니다", "The address is proven already"], ["더 하실 일이 없습니다.", "There is nothing left to do."]),
        Code::LinkNotGood => (409, "link_not_good", ["쓸 수 없는 링크입니다", "The link is good no more"], ["이미 썼거나 기한이 지났습니다. 새 링크를 받아 주세요.", "It was used or replaced, or has expired; ask for another."]),
        Code::SlugTaken => (409, "slug_taken", ["이미 쓰는 슬러그입니다", "The slug is taken"], ["다른 slug를 보내 주세요.", "Send another slug."]),
        Code::SourceTaken => (409, "source_taken", ["이미 가져온 아이디어입니다", "The idea was imported already"], ["같은 source_id가 있습니다.", "The board has an idea with this source_id."]),
        Code::IdeaClosed => (409, "idea_closed", ["마감된 아이디어입니다", "The idea is closed"], ["투표가 고정되었습니다.", "Its votes are fixed."]),
        Code::IdeaMerged => (409, "idea_merged", ["다른 아이디어와 병합되었습니다", "The idea was merged into another"], ["{} 아이디어에서 계속해 주세요.", "Go on at the idea {}."]),
        Code::MergeIntoItself => (409, "merge_into_itself", ["자기 자신과는 병합할 수 없습니다", "An idea is not merged into itself"], ["into에 다른 아이디어를 보내 주세요.", "Name another idea in `into`."]),
        Code::MergeIntoMerged => (409, "merge_into_merged", ["이미 병합된 아이디어입니다", "The other idea was merged itself"], ["{} 아이디어로 병합해 주세요.", "Merge into {} instead."]),
        Code::NotMerged => (409, "not_merged", ["병합되지 않은 아이디어입니다", "The idea is not merged"], ["되돌릴 것이 없습니다.", "There is nothing to undo."]),
        Code::NotASupporter => (403, "not_a_supporter", ["투표한 회원만 평가할 수 있습니다", "Only who votes for the idea may rate"], ["먼저 이 아이디어에 투표해 주세요.", "Vote for the idea first."]),
        Code::EditsFrozen => (409, "edits_frozen", ["지금 상태에서는 고칠 수 없습니다", "Its status freezes edits"], ["운영진만 고칠 수 있습니다.", "Staff may still change it."]),
        Code::CommentsClosed => (409, "comments_closed", ["댓글이 닫혔습니다", "The conversation is closed"], ["더는 댓글을 받지 않습니다.", "It takes no more comments."]),
        Code::NotYourWords => (403, "not_your_words", ["작성자만 고칠 수 있습니다", "Only its author may change what it says"], ["운영진은 지울 수만 있습니다.", "Staff may delete it, but not rewrite it."]),
        Code::OwnComment => (409, "own_comment", ["자기 댓글입니다", "It is your own comment"], ["자기 댓글에는 agree와 disagree를 할 수 없습니다. 다른 반응은 할 수 있습니다.", "Nobody judges what they said themselves: agree and disagree are for others, the other reactions for all."]),
        Code::ThreadTooDeep => (409, "thread_too_deep", ["답글이 너무 깊습니다", "The thread is too deep"], ["답글은 {}단계까지 달 수 있습니다. 윗댓글에 답해 주세요.", "A thread is at most {} replies deep; reply to a comment further up."]),
        Code::TransitionNotAllowed => (409, "transition_not_allowed", ["갈 수 없는 상태입니다", "The status cannot follow the present one"], ["갈 수 있는 상태: {}", "It may become: {}"]),
        Code::OnlyByMerging => (409, "only_by_merging", ["병합으로만 바뀌는 상태입니다", "Only merging leads here"], ["merge나 unmerge를 써 주세요.", "Use merge or unmerge."]),
        Code::CountChanged => (409, "count_changed", ["그 사이 수가 바뀌었습니다", "The number has changed meanwhile"], ["지금은 {}개입니다. 다시 확인해 주세요.", "There are {} by now; look again."]),
        Code::StatusInUse => (409, "status_in_use", ["아이디어가 쓰는 상태입니다", "Ideas have this status"], ["먼저 아이디어를 다른 상태로 옮겨 주세요.", "Move them to another status first."]),
        Code::StatusKeyTaken => (409, "status_key_taken", ["이미 있는 상태 키입니다", "The board has a status with this key"], ["다른 key를 보내 주세요.", "Send another key."]),
        Code::LastOfCategory => (409, "last_of_category", ["게시판에 꼭 필요한 상태입니다", "The board cannot do without it"], ["open과 merged에는 상태가 하나 이상 있어야 합니다.", "A board needs a status of category open and one of merged."]),
        Code::TooManyStatuses => (409, "too_many_statuses", ["상태가 너무 많습니다", "The board has too many statuses"], ["게시판마다 {}개까지 둘 수 있습니다.", "A board has at most {}."]),
        Code::FieldKeyTaken => (409, "field_key_taken", ["이미 있는 항목 키입니다", "The board has a field with this key"], ["다른 key를 보내 주세요. 보관된 항목이 쓰고 있을 수도 있습니다.", "Send another key; one that was deleted with its answers kept may have it."]),
        Code::TooManyFields => (409, "too_many_fields", ["항목이 너무 많습니다", "The board asks too many fields"], ["게시판마다 {}개까지 물을 수 있습니다.", "A board asks at most {}."]),
        Code::ChoiceInUse => (409, "choice_in_use", ["답변이 쓰는 선택지입니다", "Answers use the choice"], ["답변이 있는 선택지는 그대로 두거나 이름만 바꿔 주세요.", "Keep a choice that was answered; its names may change."]),
        Code::AnsweredInConfidence => (409, "answered_in_confidence", ["운영진만 보기로 하고 받은 답변이 있습니다", "It was answered for staff alone"], ["visible은 staff로 두고 새 항목을 만들어 주세요.", "Leave it to staff, and make another field."]),
        Code::NotACustomer => (409, "not_a_customer", ["고객이 아닙니다", "It is not a customer"], ["운영진을 대신할 수는 없습니다.", "Staff act for customers, not for staff."]),
        Code::CustomerBlocked => (409, "customer_blocked", ["차단된 고객입니다", "The customer is blocked"], ["차단을 풀기 전에는 대신할 수 없습니다.", "Nobody can act for them while they are blocked."]),
        Code::OwnVote => (409, "own_vote", ["고객이 직접 한 투표입니다", "The customer cast the vote"], ["본인만 거둘 수 있습니다.", "Only they can take it back."]),
        Code::KeyNotGood => (409, "key_not_good", ["바꿀 수 없는 키입니다", "The key cannot be replaced"], ["끝났거나 이미 바꾼 키입니다.", "It has ended, or was replaced before."]),
        Code::TooManyKeys => (409, "too_many_keys", ["API 키가 너무 많습니다", "There are too many API keys"], ["{}개까지 쓸 수 있습니다. 쓰지 않는 키를 폐기해 주세요.", "At most {} may be good at a time; end one you do not use."]),
        Code::SegmentInUse => (409, "segment_in_use", ["쓰고 있는 세그먼트입니다", "The segment is in use"], ["이 세그먼트를 참가 대상으로 하는 공모전이 접수를 마치기 전에는 지울 수 없습니다.", "A published contest is for it; it can be deleted once entries are closed."]),
        Code::TooManySegments => (409, "too_many_segments", ["세그먼트가 너무 많습니다", "There are too many segments"], ["{}개까지 만들 수 있습니다.", "There may be at most {}."]),
        Code::TooManyRoadmaps => (409, "too_many_roadmaps", ["로드맵이 너무 많습니다", "The board has too many roadmaps"], ["게시판마다 {}개까지 만들 수 있습니다.", "A board has at most {}."]),
        Code::FollowsStatus => (409, "follows_status", ["상태를 따르는 로드맵입니다", "The roadmap follows the statuses"], ["아이디어의 상태를 바꾸면 그 열로 옮겨집니다.", "Move the idea to the status of the column instead."]),
        Code::AlreadyPublished => (409, "already_published", ["이미 발행된 소식입니다", "The entry is published"], ["publish_at을 null로 바꿔 거둔 뒤 다시 예약해 주세요.", "Withdraw it first: set `publish_at` to null."]),
        Code::PanelPhase => (409, "panel_phase", ["지금은 할 수 없는 단계입니다", "The panel is not that far, or further"], ["체험단의 현재 단계는 {}입니다.", "The panel is in the phase {}."]),
        Code::ObjectionWindowOver => (409, "objection_window_over", ["이의 제기 기간이 끝났습니다", "The time for objections is over"], ["{} 이후에는 추첨 번호를 알 수 있으므로 확정을 되돌릴 수 없습니다.", "From {} on the number of the draw can be known, so what was fixed stays."]),
        Code::LockStays => (409, "lock_stays", ["확정은 되돌릴 수 없습니다", "The lock stays"], ["추첨 번호가 이름 붙은 공개 자료에서 나오므로 이미 알려졌을 수 있습니다. 잘못이 있으면 체험단을 취소하고 새로 여세요.", "The number of the draw comes from named sources, so it may be known already. If something is wrong, cancel the panel and make another."]),
        Code::ObjectionWindow => (409, "objection_window", ["이의 제기 기간입니다", "Objections may still be raised"], ["{} 이후에 추첨하고 숨긴 숫자를 보일 수 있습니다.", "From {} on it may be drawn, and hidden numbers shown."]),
        Code::TermsFrozen => (409, "terms_frozen", ["공개된 조건은 바꿀 수 없습니다", "What was published is not changed"], ["설명과 문의처만 바꾸거나 모집을 늘릴 수 있습니다. 바뀐 곳: {}", "Only description and contact may change, and recruiting may last longer. Changed: {}."]),
        Code::NotInvited => (403, "not_invited", ["모집 대상이 아닙니다", "The panel is for others"], ["`audience`에서 누구를 위한 체험단인지 볼 수 있습니다.", "Its `audience` says whom it is for."]),
        Code::AlreadyApplied => (409, "already_applied", ["이미 신청했습니다", "You have applied already"], ["신청한 내용은 모집이 끝날 때까지 고칠 수 있습니다.", "Change your application until recruiting ends."]),
        Code::PanelFull => (409, "panel_full", ["자리가 모두 찼습니다", "Seats and waitlist are taken"], ["다음 체험단을 기다려 주세요.", "Wait for the next panel."]),
        Code::QuotasFarFromFeasible => (409, "quotas_infeasible", ["할당을 채울 수 없습니다", "The quotas cannot be met"], ["하나만 늦춰서는 되지 않습니다. 여러 개를 함께 늦추거나 자리를 줄여 주세요.", "No single quota is to blame: relax several, or offer fewer seats."]),
        Code::QuotasInfeasible => (409, "quotas_infeasible", ["할당을 채울 수 없습니다", "The quotas cannot be met"], ["다음 가운데 하나를 풀면 됩니다: {}", "Relaxing one of these helps: {}."]),
        Code::QuotaCheckTooComplex => (422, "quota_check_too_complex", ["할당이 너무 복잡합니다", "The quotas are too complex to be checked"], ["값을 합치거나 속성을 줄여 주세요: {}", "Merge values or drop one of: {}."]),
        Code::CommitmentTaken => (409, "commitment_taken", ["다른 사람이 이미 낸 값입니다", "Somebody else hid the same"], ["자기만의 숫자를 골라 주세요.", "Choose a number of your own."]),
        Code::NobodyHidANumber => (409, "nobody_hid_a_number", ["고객이 보인 숫자가 없습니다", "No customer has a part in the number"], ["잠그기 전에 commitments로 숨기고, 잠근 뒤에 고객 한 사람 이상이 reveals로 보여야 합니다.", "Numbers are hidden with `commitments` before the lock, and at least one customer shows theirs with `reveals` after it."]),
        Code::NoPart => (403, "no_part", ["추첨 숫자에 참여할 수 없습니다", "You have no part in the number"], ["신청한 회원과 운영진만 숫자를 숨길 수 있습니다.", "Those who applied, and staff, hide numbers."]),
        Code::NoSeat => (409, "no_seat", ["답할 자리가 없습니다", "There is no seat to answer for"], ["선정된 신청만 확정하거나 사양할 수 있습니다.", "Only an application with a seat is confirmed or declined."]),
        Code::TooLate => (409, "too_late", ["확정 기한이 지났습니다", "The time to confirm is over"], ["자리는 다음 대기자에게 갑니다.", "The seat goes to whoever waits."]),
        Code::SeatNotConfirmed => (409, "seat_not_confirmed", ["확정한 자리가 없습니다", "The seat is not confirmed"], ["자리를 확정한 뒤에 할 수 있습니다.", "Confirm the seat first."]),
        Code::AlreadyShipped => (409, "already_shipped", ["이미 제품을 보냈습니다", "The product was shipped"], ["주소를 바꾸거나 자리를 사양할 수 없습니다. 체험단의 문의처로 알려 주세요.", "Neither the address nor the seat can be changed any more; write to the contact of the panel."]),
        Code::NotShipped => (409, "not_shipped", ["아직 제품을 보내지 않았습니다", "The product was not shipped yet"], ["보낸 것으로 표시되지 않았는데 받으셨다면 체험단의 문의처로 알려 주세요.", "Write to the contact of the panel if it came nevertheless."]),
        Code::AddressUnreadable => (409, "address_unreadable", ["주소를 열 수 없습니다", "The address cannot be opened"], ["암호화한 키가 서버에 없습니다. 발송 전이면 주소를 다시 보내면 됩니다.", "The server has not the key it was sealed with. Until the product is shipped, send it again."]),
        Code::NothingToExcuse => (409, "nothing_to_excuse", ["기다리는 보고서가 없습니다", "No report is waited for"], ["확정한 자리의 보고서를 아직 내지 않았을 때만 사유를 보낼 수 있습니다.", "Only a confirmed seat whose report has not come, and was not missed, needs an excuse."]),
        Code::ExcuseTooLate => (409, "excuse_too_late", ["사유를 보낼 기한이 지났습니다", "The time to excuse yourself is over"], ["기한 뒤 7일까지 보낼 수 있습니다. 벌점에는 이의를 제기할 수 있습니다.", "It ends seven days after the report is due; appeal against the strike instead."]),
        Code::AlreadyAppealed => (409, "already_appealed", ["이미 이의를 제기했습니다", "You have appealed already"], ["한 번만 제기할 수 있습니다. 결정되면 알려 드립니다.", "One appeals once, and is told what is decided."]),
        Code::AppealTooLate => (409, "appeal_too_late", ["이의 제기 기한이 지났습니다", "The time to appeal is over"], ["벌점이 생긴 뒤 30일까지 제기할 수 있습니다.", "It ends thirty days after the strike."]),
        Code::NothingToDecide => (409, "nothing_to_decide", ["결정할 것이 없습니다", "There is nothing to decide"], ["보낸 사유나 이의가 없습니다.", "Nobody has sent an excuse or an appeal."]),
        Code::AlreadyDecided => (409, "already_decided", ["이미 결정되었습니다", "It is decided"], ["한 번 결정하면 바꿀 수 없습니다.", "What is decided once stays so."]),
        Code::ResultsMissing => (409, "results_missing", ["체험단에서 배운 것을 먼저 알려 주세요", "Tell first what was learned"], ["results에 무엇을 배웠고 무엇이 바뀌는지 쓴 뒤에 닫을 수 있습니다.", "A panel is closed once its `results` say what was learned and what changes."]),
        Code::TrialsUnderWay => (409, "trials_under_way", ["아직 체험 중인 분이 있습니다", "People are still trying the product"], ["보고서를 낼 수 있거나 제품을 기다리는 인원과, 지금으로서 가장 늦게 끝나는 때: {}", "How many may still tell of the product or wait for it, and until when at the latest as things stand: {}."]),
        Code::NotDelivered => (409, "not_delivered", ["아직 제품을 받지 않았습니다", "The product has not come yet"], ["제품이 도착한 뒤에 미션과 보고서를 낼 수 있습니다.", "Missions and reports follow once it is there."]),
        Code::MissionNotOpen => (409, "mission_not_open", ["아직 시작하지 않은 미션입니다", "The mission has not begun"], ["{}부터 낼 수 있습니다.", "It may be done from {} on."]),
        Code::MissionsMissing => (422, "missions_missing", ["아직 하지 않은 미션이 있습니다", "Required missions are not done"], ["먼저 해 주세요: {}", "Do these first: {}."]),
        Code::HandedIn => (409, "handed_in", ["보고서나 미션에 낸 파일입니다", "It was handed in"], ["이 파일을 빼고 보고서나 미션을 다시 내세요. 바꿀 수 없게 된 뒤에는 그대로 남습니다.", "Send the report or the mission again without it, as long as that may change. After that it stays."]),
        Code::ReportAccepted => (409, "report_accepted", ["이미 승인된 보고서입니다", "The report is accepted"], ["더는 바꿀 수 없습니다.", "It is not changed any more."]),
        Code::ReportNotAccepted => (409, "report_not_accepted", ["아직 승인되지 않은 보고서입니다", "The report is not accepted"], ["승인한 뒤에 아이디어로 만들 수 있습니다.", "Accept it first."]),
        Code::RevisionSent => (409, "revision_sent", ["수정한 보고서를 이미 냈습니다", "The revision was sent already"], ["운영진의 확인을 기다려 주세요.", "Staff look at it now."]),
        Code::RevisionAsked => (409, "revision_asked", ["수정은 한 번만 요청할 수 있습니다", "A revision is asked for once"], ["보고서를 승인해 주세요.", "Accept the report instead."]),
        Code::Undisclosed => (409, "undisclosed", ["경제적 이해관계 표시가 없습니다", "It does not say who paid for it"], ["reason을 disclosure로 해서 수정을 요청해 주세요.", "Ask for a revision with the reason `disclosure`."]),
        Code::ContestPhase => (409, "contest_phase", ["지금은 할 수 없는 단계입니다", "The contest is not that far, or further"], ["공모전의 현재 단계는 {}입니다.", "The contest is in the phase {}."]),
        Code::RulesFrozen => (409, "rules_frozen", ["공개된 규칙은 바꿀 수 없습니다", "The rules are frozen"], ["문의처만 바꾸거나 마감을 늦출 수 있습니다. 바뀐 곳: {}", "Only the contact may change, and the deadline may be put off. Changed: {}."]),
        Code::ObjectionsOpen => (409, "objections_open", ["이의 제기 기간입니다", "Objections may still be raised"], ["{} 이후에 확정할 수 있습니다.", "The result may be made final from {} on."]),
        Code::ScreeningOpen => (409, "screening_open", ["심사 전 검토가 끝나지 않았습니다", "Screening is not done"], ["결정을 기다리는 작품이 {}개 있습니다. 보완과 이의 제기 기간도 포함합니다.", "{} entries wait for a decision, or may still be mended or appealed for."]),
        Code::NothingToJudge => (409, "nothing_to_judge", ["심사할 작품이 없습니다", "There is nothing to judge"], ["받아들인 작품이 하나도 없습니다. 공모전을 취소할 수 있습니다.", "No entry was accepted; the contest may be cancelled."]),
        Code::JudgesEnter => (409, "judges_enter", ["작품을 낸 사람이 심사위원입니다", "Somebody judges who has entered"], ["{}: 심사를 시작하기 전에 심사에서 빼 주세요.", "{}: let them go as judges before judging begins."]),
        Code::TooManyEntries => (409, "too_many_entries", ["심사할 수 있는 것보다 작품이 많습니다", "There are more entries than can be judged"], ["작품당 심사 수에 따라 {}개까지 받아들일 수 있습니다.", "With so many reviews of each, at most {} are accepted."]),
        Code::ReviewsOpen => (409, "reviews_open", ["심사가 끝나지 않았습니다", "Judges are still at it"], ["보내지 않은 심사가 {}개 있습니다. 기다리거나 거둘 수 있습니다.", "{} reviews are not sent; wait for them, or take them away."]),
        Code::ReviewsMissing => (409, "reviews_missing", ["심사를 받지 않은 작품이 있습니다", "Some entries were not judged"], ["작품 {}개에 보낸 심사가 하나도 없습니다.", "{} entries have no review that was sent."]),
        Code::RoundsLeft => (409, "rounds_left", ["심사 단계가 남았습니다", "Rounds are still to come"], ["{}단계가 더 있습니다. 이번 단계를 먼저 마쳐 주세요.", "{} more; end this round instead."]),
        Code::LastRound => (409, "last_round", ["마지막 심사 단계입니다", "It is the last round"], ["점수를 확정해 주세요.", "Lock the scores instead."]),
        Code::NotComputable => (409, "not_computable", ["결과를 계산할 수 없습니다", "The result cannot be computed"], ["맞지 않는 검사: `{}`. 저장된 내용이 바뀌었거나 너무 많습니다.", "The check `{}` does not hold: what is stored was changed, or is too much."]),
        Code::TiesOpen => (409, "ties_open", ["동점인 작품이 정리되지 않았습니다", "A tie for a prize is not decided"], ["상의 경계에서 기다리는 규칙: {}", "What a prize waits for: {}."]),
        Code::NoLot => (409, "no_lot", ["추첨을 기다리는 상이 없습니다", "No prize waits for a lot"], ["동점 규칙에 추첨이 있고 그 차례가 되었을 때만 뽑습니다.", "It is drawn where the tie order comes to it."]),
        Code::NoTie => (409, "no_tie", ["추가 심사를 기다리는 동점이 없습니다", "No tie waits for an extra review"], ["동점 규칙에 추가 심사가 있고 그 차례가 되었을 때만 맡깁니다.", "It is given where the tie order comes to it."]),
        Code::NotEligible => (403, "not_eligible", ["참가 대상이 아닙니다", "The contest is for others"], ["`audience`에서 누구를 위한 공모전인지 볼 수 있습니다. 운영진은 참가할 수 없습니다.", "Its `audience` says whom it is for; staff do not enter."]),
        Code::EntriesClosed => (409, "entries_closed", ["마감되었습니다", "It is too late"], ["{}에 마감되었습니다. 서버의 시계를 따릅니다.", "Entries were taken until {}, by the clock of the server."]),
        Code::EntriesUsed => (409, "entries_used", ["참가할 수 있는 작품 수를 다 썼습니다", "You are in as many entries as you may"], ["한 사람이 {}개까지 참가할 수 있습니다. 작품 하나를 지우거나 철회하면 다시 낼 수 있습니다.", "One may be in {}; delete or withdraw one first."]),
        Code::EntryState => (409, "entry_state", ["지금 상태에서는 할 수 없습니다", "The entry does not let you do this now"], ["작품의 현재 상태는 {}입니다.", "The entry is {}."]),
        Code::TooManyVersions => (409, "too_many_versions", ["더는 다시 낼 수 없습니다", "The entry was sent too often"], ["{}번까지 낼 수 있습니다. 마지막으로 낸 것이 심사됩니다.", "It is sent at most {} times; what was sent last is judged."]),
        Code::NotLeader => (403, "not_leader", ["팀 대표만 할 수 있습니다", "Only whoever leads the team may do this"], ["팀 대표에게 부탁해 주세요.", "Ask whoever leads it."]),
        Code::NoTeams => (409, "no_teams", ["혼자 참가하는 공모전입니다", "One enters alone"], ["팀을 받지 않습니다.", "The contest takes no teams."]),
        Code::TeamsClosed => (409, "teams_closed", ["팀을 꾸리는 기간이 끝났습니다", "Teams are made no more"], ["{}까지 팀을 꾸릴 수 있었습니다.", "They were made until {}."]),
        Code::TeamSize => (409, "team_size", ["팀의 인원이 맞지 않습니다", "The team has not the right size"], ["{}명이어야 합니다. 답하지 않은 초대도 셉니다.", "It takes {} members; who was asked and has not answered counts."]),
        Code::TeamUnanswered => (409, "team_unanswered", ["초대에 답하지 않은 사람이 있습니다", "Somebody has not answered"], ["모두 답하거나 초대를 거둔 뒤에 낼 수 있습니다.", "Everybody answers, or the invitation is taken back, before it is sent."]),
        Code::AlreadyInTeam => (409, "already_in_team", ["이미 팀에 있습니다", "They are in the team already"], ["초대할 필요가 없습니다.", "There is nothing to ask or to answer."]),
        Code::AlreadyAsked => (409, "already_asked", ["이미 초대했습니다", "They were asked already"], ["한 사람은 한 번만 초대합니다. 다시 초대하려면 먼저 초대를 거둬 주세요.", "One is asked once; take the invitation back to ask again."]),
        Code::InvitationAnswered => (409, "invitation_answered", ["이미 답한 초대입니다", "The invitation was answered"], ["한 번 답하면 바꿀 수 없습니다. 팀에서는 나갈 수 있습니다.", "One answers once, but may leave the team."]),
        Code::LastOfTeam => (409, "last_of_team", ["혼자 남은 팀입니다", "Nobody else is in the team"], ["작품을 지우거나 철회해 주세요.", "Delete the entry, or withdraw it."]),
        Code::OwnEntry => (409, "own_entry", ["자기 작품입니다", "It is an entry of your own"], ["다른 운영자가 결정해야 합니다.", "Somebody else has to decide about it."]),
        Code::NoMending => (409, "no_mending", ["보완을 요청할 수 없습니다", "No mending is allowed"], ["규칙이 허용할 때 한 번만 요청할 수 있습니다.", "It is asked for once, where the rules allow it."]),
        Code::NotRejected => (409, "not_rejected", ["거절되지 않았습니다", "It was not rejected"], ["거절된 것에만 이의를 제기할 수 있습니다.", "One appeals against a rejection."]),
        Code::AppealOver => (409, "appeal_over", ["이의 제기 기간이 끝났습니다", "The time to appeal is over"], ["{}까지 제기할 수 있었습니다.", "It ended at {}."]),
        Code::FileOfEntry => (409, "file_of_entry", ["작품에 붙은 파일입니다", "It is a file of an entry"], ["작품의 attachment_ids에서 빼 주세요.", "Change the `attachment_ids` of the entry instead."]),
        Code::IdeaMade => (409, "idea_made", ["이미 아이디어로 만들었습니다", "An idea was made of it"], ["작품의 idea_id를 보세요.", "See its `idea_id`."]),
        Code::IsJudge => (409, "is_judge", ["이 공모전의 심사위원입니다", "You judge this contest"], ["심사하는 사람은 참가할 수 없습니다.", "Whoever judges it does not enter it."]),
        Code::RunByOthers => (403, "run_by_others", ["이 공모전의 심사위원입니다", "You judge this contest"], ["심사위원은 누구의 작품인지 알 수 없으므로, 결과가 나올 때까지 다른 운영자가 맡아야 합니다.", "Judges learn of no author, so until the result is released others run it."]),
        Code::AlreadyJudge => (409, "already_judge", ["이미 심사위원입니다", "They judge it already"], ["심사위원 목록을 보세요.", "See the judges of the contest."]),
        Code::TooManyJudges => (409, "too_many_judges", ["심사위원이 너무 많습니다", "There are too many judges"], ["{}명까지 위촉할 수 있습니다.", "A contest has at most {}."]),
        Code::ConflictsUndeclared => (409, "conflicts_undeclared", ["아직 이해충돌을 밝히지 않았습니다", "They have not said with whom they are in conflict"], ["심사위원이 먼저 밝혀야 작품을 받을 수 있습니다.", "They do so first; an empty list says that there is nobody."]),
        Code::ConflictOfInterest => (409, "conflict_of_interest", ["이해충돌이 있는 작품입니다", "There is a conflict of interest"], ["이 심사위원은 이 작품을 심사할 수 없습니다: {}", "The judge may not judge this entry: {}."]),
        Code::NotAssignable => (409, "not_assignable", ["심사를 나눌 수 없습니다", "There is no assignment"], ["{}", "{}"]),
        Code::JudgingChanged => (409, "judging_changed", ["그 사이에 바뀌었습니다", "It changed meanwhile"], ["계산하는 동안 심사위원이나 작품, 이해충돌, 표가 바뀌었습니다. 다시 시도해 주세요.", "Judges, entries, conflicts or ballots changed while it was computed; try again."]),
        Code::NothingToAssign => (409, "nothing_to_assign", ["나눌 심사가 없습니다", "There is nothing to assign"], ["모든 작품에 심사위원이 있습니다.", "Every entry has its judges."]),
        Code::ReviewedBefore => (409, "reviewed_before", ["이미 맡았던 작품입니다", "The judge had it before"], ["다른 심사위원을 골라 주세요.", "Choose another judge."]),
        Code::ReviewState => (409, "review_state", ["지금 상태에서는 할 수 없습니다", "The review does not let you do this now"], ["심사의 현재 상태는 {}입니다.", "The review is {}."]),
        Code::JudgesSeeAuthors => (409, "judges_see_authors", ["심사위원이 누구의 작품인지 봅니다", "Judges see who made entries"], ["견본에는 낸 사람이 없으므로 알아볼 수 있습니다. 낸 사람과 팀을 가리는 공모전에서만 만듭니다.", "A sample has no author, so they would know it. It needs a contest that hides authors and teams from judges."]),
        Code::TooManySamples => (409, "too_many_samples", ["견본이 너무 많습니다", "There are too many samples"], ["{}개까지 만들 수 있습니다.", "A contest has at most {}."]),
        Code::NoBallot => (409, "no_ballot", ["고객 투표가 없는 공모전입니다", "Customers have no say in this contest"], ["심사위원만 심사합니다.", "Its judges alone decide."]),
        Code::BallotNotOpen => (409, "ballot_not_open", ["아직 투표 기간이 아닙니다", "Voting has not begun"], ["{}부터 투표할 수 있습니다.", "Ballots are taken from {} on."]),
        Code::BallotClosed => (409, "ballot_closed", ["투표가 끝났습니다", "Voting is over"], ["{}에 끝났습니다. 서버의 시계를 따릅니다.", "Ballots were taken until {}, by the clock of the server."]),
        Code::BallotOpen => (409, "ballot_open", ["투표가 진행 중입니다", "Voting is not over"], ["{}까지는 누구도 집계를 볼 수 없고 점수를 확정할 수 없습니다.", "Until {} nobody sees a tally, and scores are not locked."]),
        Code::NotAVoter => (403, "not_a_voter", ["투표할 수 없는 회원입니다", "You have no vote in this contest"], ["운영진과 심사위원은 투표하지 않고, `ballot.members_before` 전에 가입한 회원만 투표합니다.", "Staff and judges do not vote, nor does who became a member later than `ballot.members_before` says."]),
        Code::BallotNotHeld => (409, "ballot_not_held", ["보류된 표가 아닙니다", "The ballot was not held"], ["보류된 적이 없는 표는 결정할 수 없습니다: {}", "Nothing spoke against this one, so it is not decided about: {}"]),
        Code::BallotChanged => (409, "ballot_changed", ["그사이에 표가 바뀌었습니다", "The ballot changed meanwhile"], ["표를 다시 읽고 그 `version`으로 결정해 주세요: {}", "Read it again and decide with its `version` of now: {}"]),
        Code::BallotsHeld => (409, "ballots_held", ["결정을 기다리는 표가 있습니다", "Ballots wait for a decision"], ["보류되었거나 이의를 제기했거나 아직 제기할 수 있는 표가 {}개 있습니다.", "{} of them are held, appealed, or may still be appealed."]),
        Code::OwnBallot => (409, "own_ballot", ["자기 표입니다", "It is a ballot of your own"], ["다른 운영자가 결정해야 합니다.", "Somebody else has to decide about it."]),
        Code::NotTakingPart => (403, "not_taking_part", ["참가하거나 투표한 사람만 할 수 있습니다", "Only who took part may object"], ["작품을 냈거나 투표한 회원이 이의를 제기할 수 있습니다.", "Who sent an entry or cast a ballot may."]),
        Code::ObjectionsOver => (409, "objections_over", ["이의 제기 기간이 끝났습니다", "The time to object is over"], ["{}까지 제기할 수 있었습니다.", "It ended at {}."]),
        Code::ObjectionsUsed => (409, "objections_used", ["이의를 더 제기할 수 없습니다", "You have objected as often as you may"], ["한 공모전에서 {}번까지 제기할 수 있습니다.", "One objects at most {} times to a result."]),
        Code::OwnObjection => (409, "own_objection", ["직접 제기한 이의입니다", "It is an objection of your own"], ["다른 운영자가 결정해야 합니다.", "Somebody else has to decide about it."]),
        Code::ObjectionsUndecided => (409, "objections_undecided", ["결정하지 않은 이의가 있습니다", "Objections are not decided"], ["결정을 기다리는 이의가 {}건 있습니다.", "{} objections wait for a decision."]),
        Code::WinnersUnverified => (409, "winners_unverified", ["수상자가 확정되지 않았습니다", "Who wins is not certain"], ["수상자 확인이 끝나지 않은 작품: {}", "These entries are neither verified nor have declined, or it is open which of them wins: {}."]),
        Code::NotAwarded => (409, "not_awarded", ["상을 받을 작품이 아닙니다", "The entry is to get no prize"], ["지금 결과로는 받을 상이 없습니다.", "There is no prize for it by the result as it stands."]),
        Code::PrizeDeclined => (409, "prize_declined", ["이미 상을 사양했습니다", "The prize was declined"], ["다음 순위의 작품에 넘어갔습니다.", "It has gone to who was next in line."]),
        Code::PrizeVerified => (409, "prize_verified", ["이미 확인된 수상자입니다", "The winner is verified"], ["나누는 비율은 확인 전까지만 바꿀 수 있습니다.", "What was claimed changes only before staff have looked at it."]),
        Code::NotClaimed => (409, "not_claimed", ["아직 수락하지 않은 상입니다", "Nobody has claimed the prize"], ["팀 대표가 먼저 상을 수락해야 합니다.", "Whoever leads the team has to claim it first."]),
        Code::NothingTaxed => (409, "nothing_taxed", ["세금이 없는 상입니다", "Nothing is withheld from the prize"], ["세무 정보를 받지 마세요. 필요 없는 정보입니다.", "Do not ask for tax data: nobody needs them."]),
        Code::Disqualified => (409, "disqualified", ["이미 실격된 작품입니다", "The entry is disqualified"], ["되돌리려면 reinstate를 쓰세요.", "It can be reinstated."]),
        Code::NotDisqualified => (409, "not_disqualified", ["실격된 작품이 아닙니다", "The entry is not disqualified"], ["되돌릴 것이 없습니다.", "There is nothing to take back."]),
        Code::VoteBudgetSpent => (409, "vote_budget_spent", ["투표를 모두 사용했습니다", "Your votes on this board are spent"], ["이 게시판에서는 {}표까지 쓸 수 있습니다. 표를 거두거나 아이디어가 마감되면 돌아옵니다.", "The board gives {} votes; they come back when you withdraw one or an idea closes."]),
        Code::OthersHaveJoined => (409, "others_have_joined", ["다른 사람이 이미 참여했습니다", "Others have joined in"], ["다른 회원이 투표하거나 댓글을 단 뒤에는 운영진만 바꿀 수 있습니다.", "Once others have voted or commented, only staff may change it."]),
        Code::NotDeleted => (409, "not_deleted", ["삭제되지 않았습니다", "It is not deleted"], ["되살릴 것이 없습니다.", "There is nothing to restore."]),
        Code::RestoreWindowOver => (409, "restore_window_over", ["되살릴 수 있는 기간이 지났습니다", "It can no longer be restored"], ["삭제 후 {}일까지만 되살릴 수 있습니다.", "It can be restored for {} days after its deletion."]),
        Code::SameStatus => (409, "same_status", ["이미 그 상태입니다", "It has this status already"], ["다른 상태를 골라 주세요.", "Choose another status."]),
        Code::BoardHoldsIdeas => (409, "board_holds_ideas", ["아이디어가 있는 게시판입니다", "The board holds ideas"], ["지우는 대신 view를 staff로 바꿔 숨길 수 있습니다.", "Hide it instead: set `view` to staff."]),
        Code::AdminAccount => (409, "admin_account", ["관리자 계정입니다", "It is an admin's account"], ["먼저 역할을 다른 사람에게 넘겨 주세요.", "Give the role to somebody else first."]),
        Code::OwnAccount => (409, "own_account", ["자기 계정입니다", "It is your own account"], ["다른 관리자에게 부탁해 주세요.", "Ask another admin."]),
        Code::SsoNotConfigured => (409, "sso_not_configured", ["SSO가 설정되지 않았습니다", "Single sign-on is not set up"], ["MADANG_SSO_* 설정이 필요합니다.", "The operator sets it up with MADANG_SSO_*."]),
        Code::RequestInProgress => (409, "request_in_progress", ["같은 요청이 처리 중입니다", "The same request is under way"], ["잠시 뒤 같은 Idempotency-Key로 다시 보내 주세요.", "Try again shortly with the same Idempotency-Key."]),
        Code::Stale => (412, "stale", ["그 사이 바뀌었습니다", "It has changed meanwhile"], ["다시 읽고 새 ETag로 보내 주세요.", "Read it again and send its new ETag."]),
        Code::BodyTooLarge => (413, "body_too_large", ["본문이 너무 큽니다", "The body is too large"], ["{}바이트까지 보낼 수 있습니다.", "At most {} bytes are taken."]),
        Code::UploadTooSlow => (408, "upload_too_slow", ["파일이 너무 천천히 옵니다", "The file comes too slowly"], ["{}초 안에 보내 주세요.", "Send it within {} seconds."]),
        Code::RangeNotSatisfiable => (416, "range_not_satisfiable", ["그 범위에는 아무것도 없습니다", "There is nothing in that range"], ["파일은 {}바이트입니다.", "The file has {} bytes."]),
        Code::FileNotAccepted => (422, "file_not_accepted", ["받을 수 없는 파일입니다", "The file is not taken"], ["PNG, JPEG, WebP, GIF, PDF만 받습니다: {}", "PNG, JPEG, WebP, GIF and PDF are taken: {}."]),
        Code::PictureTooLarge => (422, "picture_too_large", ["그림이 너무 큽니다", "The picture is too large"], ["이런 그림은 {}메가픽셀까지 받습니다. 한 변은 16,383픽셀, 움직이는 그림은 500장까지입니다.", "A picture so made may have {} megapixels, sides of 16,383 pixels and, if it moves, 500 frames."]),
        Code::TooManyUnlinked => (409, "too_many_unlinked", ["쓰지 않은 파일이 너무 많습니다", "Too many files stand nowhere"], ["{}개까지 올려 둘 수 있습니다. 글에 붙이거나 지워 주세요.", "At most {} may wait; put them with an idea or a comment, or delete some."]),
        Code::UriTooLong => (414, "uri_too_long", ["주소가 너무 깁니다", "The address is too long"], ["조건을 줄여 주세요.", "Ask for less at once."]),
        Code::UnsupportedMediaType => (415, "unsupported_media_type", ["지원하지 않는 형식입니다", "The media type is not supported"], ["Content-Type: {}으로 보내 주세요.", "Send Content-Type: {}."]),
        Code::InvalidFields => (422, "invalid_fields", ["올바르지 않은 항목이 있습니다", "Some fields are not right"], ["errors에 항목과 조건이 있습니다.", "See `errors`: each names a field and what it must be."]),
        Code::IdempotencyKeyReused => (422, "idempotency_key_reused", ["다른 요청에 쓴 Idempotency-Key입니다", "The Idempotency-Key was used for another request"], ["새 키를 써 주세요.", "Use a new key."]),
        Code::TooManyRequests => (429, "too_many_requests", ["요청이 너무 많습니다", "Too many requests"], ["{}초 뒤에 다시 보내 주세요.", "Try again in {} seconds."]),
        Code::Internal => (500, "internal", ["서버 오류입니다", "The server failed"], ["request_id와 함께 알려 주세요.", "Report it with the request_id."]),
        Code::Unavailable => (503, "unavailable", ["지금은 처리할 수 없습니다", "Not available right now"], ["잠시 뒤 다시 보내 주세요.", "Try again shortly."]),
    }
}

/// Why somebody may not judge an entry, in Korean and in English.
#[must_use]
pub fn of_ground(ground: Ground) -> [String; 2] {
    let words = match ground {
        Ground::OwnTeam => ["자기 팀의 작품", "it is of their own team"],
        Ground::Idea => ["작품이 나온 아이디어의 작성자", "it grew out of an idea of theirs"],
        Ground::Employer => ["팀원과 같은 회사나 기관", "somebody of the team works in the same house"],
        Ground::Household => ["팀원과 함께 사는 사람", "they live with somebody of the team"],
        Ground::Declared => ["심사위원이 밝힌 이해충돌", "they have said so themselves"],
        Ground::Staff => ["운영진이 기록한 이해충돌", "staff have said so"],
    };
    words.map(str::to_owned)
}

/// Why entries cannot be given to judges and what would help, in Korean and in English.
#[must_use]
pub fn of_unfit(unfit: &Unfit) -> [String; 2] {
    match unfit {
        Unfit::Plan(_) => [
            "한 번에 나눌 수 있는 것보다 많습니다. 작품이나 작품당 심사 수가 적어야 합니다.".to_owned(),
            "It is more than is assigned at once: fewer entries, or fewer reviews of each, can be."
                .to_owned(),
        ],
        Unfit::TooFewJudges { entry, free, needed } => [
            format!(
                "작품 {entry}: 심사위원 {needed}명이 필요한데 이해충돌이 없는 사람은 {free}명입니다. 심사위원을 더 위촉해 주세요."
            ),
            format!(
                "Entry {entry} needs {needed} judges, and {free} are not in conflict with it; appoint more."
            ),
        ],
        Unfit::TooFewPlaces { needed, places } => [
            format!(
                "심사 {needed}건이 필요한데 심사위원이 맡을 수 있는 것은 모두 {places}건입니다. 심사위원을 더 위촉하거나 한도를 늘려 주세요."
            ),
            format!(
                "{needed} reviews are needed, and all judges together take {places}; appoint more, or let them take more."
            ),
        ],
        Unfit::Crowded { entry, full } => {
            let full = full.join(", ");
            [
                format!(
                    "작품 {entry}: 맡을 수 있는 심사위원의 한도가 모두 찼습니다({full}). 심사위원을 더 위촉하거나 한도를 늘려 주세요."
                ),
                format!(
                    "Entry {entry}: whoever could judge it is full ({full}); appoint more, or let them take more."
                ),
            ]
        }
    }
}

/// The stable code and the message of a field that is wrong.
#[must_use]
pub fn of_field(wrong: &Wrong, language: Language) -> (&'static str, String) {
    let say = |ko: String, en: String| language.pick(ko, en);
    match wrong {
        Wrong::Unknown => {
            ("unknown_field", say("모르는 항목입니다.".into(), "There is no such field.".into()))
        }
        Wrong::Type(found) => {
            ("invalid_type", say(format!("형식이 다릅니다: {found}"), format!("Has the wrong form: {found}")))
        }
        Wrong::Meaning(fault) => match fault {
            Fault::TooShort { least } => (
                "too_short",
                say(
                    format!("{least}자 이상이어야 합니다."),
                    format!("Must have at least {least} characters."),
                ),
            ),
            Fault::TooLong { most } => (
                "too_long",
                say(format!("{most}자까지 쓸 수 있습니다."), format!("Must have at most {most} characters.")),
            ),
            Fault::ControlCharacter => (
                "control_character",
                say("제어 문자는 쓸 수 없습니다.".into(), "Must not hold control characters.".into()),
            ),
            Fault::NotA(form) => {
                ("invalid_form", say(format!("{form} 형식이 아닙니다."), format!("Is not a valid {form}.")))
            }
            Fault::TooMany { most } => (
                "too_many",
                say(format!("{most}개까지 보낼 수 있습니다."), format!("Must have at most {most} items.")),
            ),
            Fault::Required => ("required", say("꼭 필요합니다.".into(), "Is needed here.".into())),
        },
    }
}
