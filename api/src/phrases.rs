//! The words of every failure, in Korean and in English.

use actix_web::http::StatusCode;
use domain::text::Fault;

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
