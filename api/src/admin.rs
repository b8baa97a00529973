//! The first admin: made from the settings on the first start, or by hand.

use domain::{
    Actor, Stamp,
    members::{Attributes, DisplayName, Email, Locale, Password, Role},
    text::Fault,
};
use persistence::{AloneWith, Database, Error, members};
use serde_json::json;

use crate::{
    audit::Act,
    config::{BadSetting, Config},
    error::Failure,
    passwords,
    serve::StartError,
};

/// Whether there is an admin.
///
/// # Errors
/// When the database fails.
pub(crate) async fn exists(db: &Database) -> Result<bool, Failure> {
    Ok(db.read(|tx| members::any_with_role(tx, Role::Admin)).await?)
}

/// Makes the admin of the settings, unless there is one already.
pub(crate) async fn ensure_first(db: &Database, config: &Config) -> Result<(), StartError> {
    let Some(admin) = &config.admin else { return Ok(()) };
    if exists(db).await? {
        return Ok(());
    }
    create(db, config.clock.stamp(), &admin.email, admin.password.reveal(), "Admin").await?;
    tracing::info!("made the first admin");
    Ok(())
}

/// Makes an admin.
///
/// # Errors
/// When address, password or name cannot be used, or the address is taken.
pub async fn create(
    db: &Database,
    stamp: Stamp,
    email: &str,
    password: &str,
    name: &str,
) -> Result<(), StartError> {
    let bad = |name: &'static str| {
        move |fault: Fault| BadSetting::Value { name, why: format!("cannot be used: {fault:?}") }
    };
    let new = members::NewMember {
        email: Email::try_from(email).map_err(bad("admin e-mail"))?,
        display_name: DisplayName::try_from(name).map_err(bad("admin name"))?,
        email_verified: false,
        password_hash: {
            let password = Password::try_from(password).map_err(bad("admin password"))?;
            Some(passwords::hash_now(password.as_str())?)
        },
        role: Role::Admin,
        locale: Locale::default(),
        attributes: Attributes::new(),
        sso_subject: None,
    };
    let act = Act::new("admin create", None, stamp.at);
    let made = db.write(AloneWith::Nobody, move |tx| {
        let made = members::insert(tx, &stamp, &new)?;
        let after = json!({ "role": new.role.name() });
        act.keep_facts(tx, &Actor::System, Some(made.id.uuid()), (None, Some(after)))
    });
    match made.await {
        Ok(()) => Ok(()),
        Err(Error::Taken(_)) => {
            Err(StartError::Other(format!("{email} is registered already; set its role with another admin")))
        }
        Err(error) => Err(Failure::from(error).into()),
    }
}
