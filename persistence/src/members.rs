//! The rows of members.

pub(crate) mod attributes;
pub mod erasure;
pub mod numbers;

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    MemberId, Stamp,
    events::Event,
    members::{Attributes, DisplayName, Email, Locale, Member, Origin, Origins, Role, Source},
    page::{Limit, Page, Place},
};

use self::attributes::{attributes, json_of, json_of_origins, origins};
use crate::{
    connection::{AnyConnection, MultiBackend, instr},
    error::{Error, Result, Unique, taken},
    key::{KeyValue, key},
    outbox,
    schema::members,
    segments,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = members, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    email: String,
    email_verified: bool,
    display_name: String,
    role: String,
    locale: String,
    attributes: String,
    attribute_sources: String,
    blocked_at: Option<NaiveDateTime>,
    trusted: bool,
    erased_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i32,
}

impl TryFrom<Row> for Member {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("member {}: odd {what}", row.id.uuid()));
        Ok(Self {
            id: row.id.into(),
            email: Email::try_from(&*row.email).map_err(|_| odd("email"))?,
            email_verified: row.email_verified,
            display_name: DisplayName::try_from(&*row.display_name).map_err(|_| odd("display_name"))?,
            role: Role::named(&row.role).ok_or_else(|| odd("role"))?,
            locale: Locale::named(&row.locale).ok_or_else(|| odd("locale"))?,
            attributes: attributes(&row.attributes).ok_or_else(|| odd("attributes"))?,
            origins: origins(&row.attribute_sources).ok_or_else(|| odd("attribute_sources"))?,
            blocked_at: row.blocked_at.map(|at| at.and_utc()),
            trusted: row.trusted,
            erased_at: row.erased_at.map(|at| at.and_utc()),
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            version: row.version,
        })
    }
}

/// What makes a member: from a registration, a sign-on token or the command line.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub email: Email,
    pub email_verified: bool,
    pub display_name: DisplayName,
    pub role: Role,
    pub locale: Locale,
    /// As the sign-on said them.
    pub attributes: Attributes,
    pub password_hash: Option<String>,
    /// `sub` of the brand's own sign-on.
    pub sso_subject: Option<String>,
}

/// Which members a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The beginning of the address, or a part of the name.
    pub text: Option<String>,
    pub role: Option<Role>,
    pub blocked: Option<bool>,
}

/// # Errors
/// [`Error::Taken`] when the address belongs to somebody.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, new: &NewMember) -> Result<Member> {
    let id: MemberId = stamp.id(0);
    let said = Origin { source: Source::Sso, at: stamp.at };
    let origins: Origins = new.attributes.keys().map(|name| (name.clone(), said)).collect();
    diesel::insert_into(members::table)
        .values((
            members::id.eq(key(id)),
            members::email.eq(new.email.as_str()),
            members::email_key.eq(new.email.key()),
            members::email_verified.eq(new.email_verified),
            members::password_hash.eq(new.password_hash.as_deref()),
            members::sso_subject.eq(new.sso_subject.as_deref()),
            members::display_name.eq(new.display_name.as_str()),
            members::role.eq(new.role.name()),
            members::locale.eq(new.locale.name()),
            members::attributes.eq(json_of(&new.attributes)),
            members::attribute_sources.eq(json_of_origins(&origins)),
            members::created_at.eq(stamp.at.naive_utc()),
            members::updated_at.eq(stamp.at.naive_utc()),
            members::version.eq(1),
        ))
        .execute(conn)
        .map_err(taken(Unique::Email))?;
    numbers::store(conn, id, &new.attributes)?;
    outbox::write(conn, stamp, &[Event::MemberRegistered { member: id }])?;
    let member = find(conn, id)?;
    segments::follow(conn, &member, stamp.at)?;
    Ok(member)
}

/// The member at the address of `new`, or else the new one.
///
/// # Errors
/// [`Error::Contended`] when another made them at the same moment; they are found when it is tried again.
pub fn find_or_insert(conn: &mut AnyConnection, stamp: &Stamp, new: &NewMember) -> Result<Member> {
    match find_by_email(conn, &new.email)? {
        Some((member, _)) => Ok(member),
        None => insert(conn, stamp, new).map_err(|error| match error {
            Error::Taken(Unique::Email) => Error::Contended,
            error => error,
        }),
    }
}

/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: MemberId) -> Result<Member> {
    members::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()
}

/// The member at an address, with the hash of the password if there is one.
///
/// # Errors
/// Only when the database fails.
pub fn find_by_email(conn: &mut AnyConnection, email: &Email) -> Result<Option<(Member, Option<String>)>> {
    let row: Option<(Row, Option<String>)> = members::table
        .filter(members::email_key.eq(email.key()))
        .select((Row::as_select(), members::password_hash))
        .first(conn)
        .optional()?;
    row.map(|(row, hash)| Ok((row.try_into()?, hash))).transpose()
}

/// # Errors
/// Only when the database fails.
pub fn find_by_sso_subject(conn: &mut AnyConnection, subject: &str) -> Result<Option<Member>> {
    members::table
        .filter(members::sso_subject.eq(subject))
        .select(Row::as_select())
        .first::<Row>(conn)
        .optional()?
        .map(Member::try_from)
        .transpose()
}

/// Whether anybody holds the role.
///
/// # Errors
/// Only when the database fails.
pub fn any_with_role(conn: &mut AnyConnection, role: Role) -> Result<bool> {
    let id: Option<KeyValue> =
        members::table.filter(members::role.eq(role.name())).select(members::id).first(conn).optional()?;
    Ok(id.is_some())
}

/// Members in the order they joined, newest first.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    filter: &Filter,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Member>> {
    let mut query = filtered(filter).select(Row::as_select()).order(members::id.desc()).limit(limit.probe());
    if let Some(after) = after {
        query = query.filter(members::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let found = rows.into_iter().map(Member::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |member| Place { lap: 0, key: 0, id: member.id.uuid() }))
}

/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, filter: &Filter) -> Result<i64> {
    Ok(filtered(filter).count().get_result(conn)?)
}

fn filtered(filter: &Filter) -> members::BoxedQuery<'static, MultiBackend> {
    let mut query = members::table.into_boxed();
    if let Some(text) = &filter.text {
        let address = instr(members::email_key, text.to_lowercase()).eq(1);
        query = query.filter(address.or(instr(members::display_name, text.clone()).gt(0)));
    }
    if let Some(role) = filter.role {
        query = query.filter(members::role.eq(role.name()));
    }
    match filter.blocked {
        Some(true) => query.filter(members::blocked_at.is_not_null()),
        Some(false) => query.filter(members::blocked_at.is_null()),
        None => query,
    }
}

/// Stores what changed between `before` and `after`, says so in the outbox, and lets the segments follow.
///
/// # Errors
/// [`Error::Taken`] when the new address belongs to somebody else, [`Error::Contended`] when `before` is no more.
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, before: &Member, after: Member) -> Result<Member> {
    let member = after.id;
    let mut events = Vec::new();
    let profile = |member: &Member| {
        (member.email.as_str().to_owned(), member.display_name.clone(), member.locale, member.trusted)
    };
    let said = |member: &Member| (member.attributes.clone(), member.origins.clone());
    if profile(before) != profile(&after) || said(before) != said(&after) {
        events.push(Event::MemberUpdated { member });
    }
    if before.email != after.email {
        events.push(Event::MemberEmailChanged { member });
    }
    // Another address that is proven as well is news of its own.
    if after.email_verified && (!before.email_verified || before.email != after.email) {
        events.push(Event::MemberEmailVerified { member });
    }
    if before.role != after.role {
        events.push(Event::MemberRoleChanged { member, from: before.role, to: after.role });
    }
    match (before.blocked_at, after.blocked_at) {
        (None, Some(_)) => events.push(Event::MemberBlocked { member }),
        (Some(_), None) => events.push(Event::MemberUnblocked { member }),
        _ => {}
    }
    if events.is_empty() && before.email_verified == after.email_verified {
        return Ok(after);
    }
    let rows = diesel::update(members::table.find(key(member)))
        .filter(members::version.eq(before.version))
        .set((
            members::email.eq(after.email.as_str()),
            members::email_key.eq(after.email.key()),
            members::email_verified.eq(after.email_verified),
            members::display_name.eq(after.display_name.as_str()),
            members::role.eq(after.role.name()),
            members::locale.eq(after.locale.name()),
            members::attributes.eq(json_of(&after.attributes)),
            members::attribute_sources.eq(json_of_origins(&after.origins)),
            members::blocked_at.eq(after.blocked_at.map(|at| at.naive_utc())),
            members::trusted.eq(after.trusted),
            members::erased_at.eq(after.erased_at.map(|at| at.naive_utc())),
            members::updated_at.eq(stamp.at.naive_utc()),
            members::version.eq(members::version + 1),
        ))
        .execute(conn)
        .map_err(taken(Unique::Email))?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    if before.attributes != after.attributes {
        numbers::store(conn, member, &after.attributes)?;
    }
    outbox::write(conn, stamp, &events)?;
    let asked = |member: &Member| (member.attributes.clone(), member.role, member.locale);
    if asked(before) != asked(&after) {
        segments::follow(conn, &after, stamp.at)?;
    }
    find(conn, member)
}

/// Ties a member to the brand's own sign-on; a password somebody set before the address was proven no longer opens it.
///
/// # Errors
/// Only when the database fails.
pub fn link_sso(conn: &mut AnyConnection, id: MemberId, subject: &str) -> Result<()> {
    diesel::update(members::table.find(key(id)))
        .set((members::sso_subject.eq(subject), members::password_hash.eq(None::<String>)))
        .execute(conn)?;
    Ok(())
}

/// How a member signs in.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub password_hash: Option<String>,
    /// Whether the brand's own sign-on knows them.
    pub by_sign_on: bool,
}

/// # Errors
/// [`Error::Missing`].
pub fn sign_in_of(conn: &mut AnyConnection, id: MemberId) -> Result<SignIn> {
    let (password_hash, subject): (Option<String>, Option<String>) =
        members::table.find(key(id)).select((members::password_hash, members::sso_subject)).first(conn)?;
    Ok(SignIn { password_hash, by_sign_on: subject.is_some() })
}

/// Sets the password that a member chose by a link. Their sessions are for the caller to end.
///
/// # Errors
/// Only when the database fails.
pub fn reset_password(conn: &mut AnyConnection, stamp: &Stamp, id: MemberId, hash: &str) -> Result<()> {
    diesel::update(members::table.find(key(id))).set(members::password_hash.eq(hash)).execute(conn)?;
    outbox::write(conn, stamp, &[Event::MemberPasswordReset { member: id }])
}
