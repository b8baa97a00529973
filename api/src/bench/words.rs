//! The words of the data set, and the chance it is made of: the same each time.

/// Words that feedback is made of, the commonest first; made-up ones follow.
pub(super) const REAL: &str = "앱 배송 환불 결제 주문 로그인 화면 기능 알림 쿠폰 검색 고객센터 상품 리뷰 포인트 회원 버튼 오류 설정 이벤트 \
    app 가격 교환 반품 장바구니 할인 적립 요금제 사진 글자 크기 다크모드 속도 업데이트 비밀번호 계정 탈퇴 인증 문자 이메일 \
    ios 포장 택배 기사 주소 변경 취소 영수증 카드 간편결제 정기배송 구독 해지 무료 체험 재고 품절 입고 색상 사이즈 옵션 \
    android 매장 직원 서비스 품질 성분 향 용기 리필 플라스틱 환경 재활용 안내 설명서 번역 한국어 영어 접근성 음성 자막 \
    update 위젯 바로가기 목록 정렬 필터 카테고리 즐겨찾기 공유 친구 가족 선물 메시지 댓글 답변 공지 약관 개인정보 보안 \
    login 지도 위치 예약 일정 달력 시간 주말 새벽 당일 도착 지연 분실 파손 교체 수리 보증 기간 부품 센터 방문 상담 채팅 \
    dark 등급 혜택 생일 추천 순위 통계 기록 내역 다운로드 파일 첨부 용량 동영상 재생 저장 삭제 복구 백업 연동 블루투스 \
    mode 배터리 충전 소음 온도 습도 필터교체 청소 세척 냄새 촉감 두께 무게 높이 손잡이 뚜껑 유리 나무 금속 고무 방수 \
    5g 와이파이 네트워크 연결 끊김 지원 기기 태블릿 워치 노트북 키보드 마우스 모니터 스피커 이어폰 카메라 조명 의자 책상 \
    qr 아이 부모님 어르신 반려동물 강아지 고양이 여행 캠핑 운동 건강 식단 간식 음료 커피 과일 채소 냉동 냉장 유통기한 알레르기";
/// What a Korean noun is followed by; often nothing.
const PARTICLES: [&str; 12] = ["", "", "", "을", "를", "이", "가", "은", "는", "에서", "으로", "도"];
const MADE_UP: usize = 6_000;

/// Words by rank, each met as often as its rank says (Zipf).
pub(super) struct Vocabulary {
    words: Vec<String>,
    /// The sum of the weights up to and with each word.
    weights: Vec<f64>,
}

impl Vocabulary {
    pub(super) fn new() -> Self {
        const SYLLABLES: &str = "가거고구기나너노누니다더도두디라러로루리마머모무미바버보부비사서소수시아어오우이자저조주지\
            차처초추치카커코쿠키타터토투티파퍼포푸피하허호후히간건곤군길날널논단달담당동들람량력련록론류률만말망면명문물민\
            반발방번변별본분빛산상생선설성세손솔송순실심안양연영온용운원월은음의인일임입장전정제종주중진집차창천청체총춘충";
        let mut chance = Chance::of(u64::MAX, 0);
        let syllables: Vec<char> = SYLLABLES.chars().filter(|c| !c.is_whitespace()).collect();
        let mut words: Vec<String> = REAL.split_whitespace().map(str::to_owned).collect();
        for _ in 0..MADE_UP {
            let length = 2 + chance.below(3);
            words.push((0..length).map(|_| syllables[chance.below(syllables.len())]).collect());
        }
        let mut whole = 0.0;
        let weigh = |rank: usize| {
            whole += 1.0 / (rank + 3) as f64;
            whole
        };
        let weights = (0..words.len()).map(weigh).collect();
        Self { words, weights }
    }

    pub(super) fn text(&self, chance: &mut Chance, words: usize) -> String {
        let mut text = String::new();
        for nth in 0..words {
            let wanted = chance.fraction() * self.weights.last().copied().unwrap_or(0.0);
            let rank = self.weights.partition_point(|weight| *weight < wanted);
            let separator = if nth == 0 {
                ""
            } else if nth % 12 == 0 {
                ". "
            } else {
                " "
            };
            text.push_str(separator);
            text.push_str(&self.words[rank.min(self.words.len() - 1)]);
            text.push_str(PARTICLES[chance.below(PARTICLES.len())]);
        }
        text
    }

    /// What is searched for: words from the commonest to the rarest, single syllables, pairs of words, and nothing at all.
    pub(super) fn queries(&self) -> Vec<String> {
        let word = |rank: usize| self.words[rank % self.words.len()].clone();
        let common = (0..12).map(|n| word(n * 3));
        let middle = (0..14).map(|n| word(60 + n * 40));
        let rare = (0..14).map(|n| word(1_000 + n * 370));
        let single = ["앱", "향", "환", "결", "률", "빛"].map(str::to_owned);
        let pairs = [(0, 1), (2, 3), (1, 500), (2, 2_000), (30, 60), (900, 3_000)];
        let pairs = pairs.map(|(a, b)| format!("{} {}", word(a), word(b)));
        let rest = ["app", "ios", "login", "5g", "dark mode", "환불정책", "배송비 무료", "없는낱말이다"]
            .map(str::to_owned);
        common.chain(middle).chain(rare).chain(single).chain(pairs).chain(rest).collect()
    }
}

/// splitmix64 (Steele, Lea and Flood, OOPSLA 2014): chance that comes out the same each time.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn of(kind: u64, nth: usize) -> Self {
        let mut seed = Self(kind << 48 ^ nth as u64);
        Self(seed.next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// 0 up to, not with, `most`, which is above 0.
    pub(super) fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }

    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
