//! The keys that the addresses of those with a seat are sealed with, so that neither the database nor a backup of it tells where
//! anybody lives ([decision 30](../../docs/decisions/0030-sealed-addresses.md)).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use domain::{
    Actor, ApplicationId, Refusal,
    panels::{Barred, addresses::Address},
};
use persistence::{AloneWith, Database, Error, Result as Rows, panels::shipments};
use serde_json::json;

use crate::{
    audit::Act,
    clock::{Clock, random},
    config::{BadSetting, Config},
    error::Failure,
    key_file,
};

const SETTING: &str = "MADANG_ADDRESS_KEYS";
const KEY_FILE: &str = "address-keys";
const NONCE: usize = 12;
/// How many addresses are sealed anew in one transaction.
const BATCH: i64 = 200;

/// The keys by their ids. The first seals, all open.
pub struct AddressKeys(Vec<(String, ChaCha20Poly1305)>);

impl AddressKeys {
    /// The configured keys (`id:base64,…`), or those in the data folder, where one is made on the first start.
    ///
    /// # Errors
    /// [`BadSetting`] when a key cannot be read or made, has not 32 bytes, or stands under the id of another.
    pub fn of(config: &Config) -> Result<Self, BadSetting> {
        let bad = |why: &str| BadSetting::Value { name: SETTING, why: why.to_owned() };
        let text = match &config.address_keys {
            Some(keys) => keys.reveal().to_owned(),
            None => key_file::read_or_make(&config.data_dir.join(KEY_FILE))?,
        };
        let mut keys: Vec<(String, ChaCha20Poly1305)> = Vec::new();
        for (id, secret) in key_file::parsed(SETTING, &text)? {
            if keys.iter().any(|(other, _)| *other == id) {
                return Err(bad("holds two keys with one id"));
            }
            let cipher = ChaCha20Poly1305::new_from_slice(&secret);
            keys.push((id, cipher.map_err(|_| bad("holds a key that has not 32 bytes"))?));
        }
        Ok(Self(keys))
    }

    /// The address as it is kept: the id of the key, a colon, and in base64url a nonce and what it and the key make of the address. It
    /// opens for this application alone.
    ///
    /// # Errors
    /// [`Error::Broken`] when it cannot be sealed, which nothing leads to.
    pub fn seal(&self, id: ApplicationId, address: &Address) -> Rows<String> {
        let broken = |what: &str| Error::Broken(format!("an address is not sealed: {what}"));
        let [(key, cipher), ..] = self.0.as_slice() else { return Err(broken("no key")) };
        let plain = serde_json::to_vec(address).map_err(|error| broken(&error.to_string()))?;
        let nonce = random::<NONCE>();
        let payload = Payload { msg: &plain, aad: &bound_to(id) };
        let sealed =
            cipher.encrypt(&Nonce::from(nonce), payload).map_err(|error| broken(&error.to_string()))?;
        Ok(format!("{key}:{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// The address in a sealed text of this application.
    ///
    /// # Errors
    /// [`Barred::AddressUnreadable`] when its key is not among these, or the text was changed or is of another application.
    pub fn open(&self, id: ApplicationId, sealed: &str) -> Result<Address, Refusal> {
        self.opened(id, sealed).ok_or(Refusal::Panel(Barred::AddressUnreadable))
    }

    fn opened(&self, id: ApplicationId, sealed: &str) -> Option<Address> {
        let (name, text) = sealed.rsplit_once(':')?;
        let (_, cipher) = self.0.iter().find(|(key, _)| key == name)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: &bound_to(id) };
        let plain = cipher.decrypt(&Nonce::from(*nonce), payload).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// Whether a text was sealed with the key that seals now.
    fn is_latest(&self, sealed: &str) -> bool {
        let name = sealed.rsplit_once(':').map(|(name, _)| name);
        self.0.first().is_some_and(|(key, _)| Some(key.as_str()) == name)
    }
}

/// The keys as whoever keeps an instance finds them.
#[must_use]
pub fn whereabouts(config: &Config) -> String {
    match &config.address_keys {
        Some(_) => format!("the keys of addresses, in {SETTING},"),
        None => format!("the keys of addresses, in {},", config.data_dir.join(KEY_FILE).display()),
    }
}

/// What a sealed address belongs to: moved to another row it does not open.
fn bound_to(id: ApplicationId) -> Vec<u8> {
    [b"madang/address/1:".as_slice(), id.uuid().as_bytes()].concat()
}

/// What came of sealing addresses anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Under the key that seals now, which they were not before.
    pub anew: usize,
    /// Under it already.
    pub kept: usize,
    /// Under a key that is not there.
    pub unreadable: usize,
}

/// Seals every address anew that an older key sealed, so that this can be retired. Any number may do it, also while the server
/// runs: what somebody changes meanwhile stays as they changed it.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn reseal(db: &Database, keys: &AddressKeys, clock: &Clock) -> Result<Resealed, Failure> {
    let (mut total, mut after) = (Resealed::default(), None);
    loop {
        let found = db.read(move |tx| shipments::addresses(tx, after, BATCH)).await?;
        let Some((last, _)) = found.last() else { break };
        after = Some(*last);
        let mut changes = Vec::new();
        for (id, sealed) in found {
            match keys.open(id, &sealed) {
                Err(_) => total.unreadable += 1,
                Ok(_) if keys.is_latest(&sealed) => total.kept += 1,
                Ok(address) => changes.push((id, keys.seal(id, &address)?, sealed)),
            }
        }
        total.anew += changes.len();
        let store = move |tx: &mut persistence::AnyConnection| {
            changes.iter().try_for_each(|(id, new, old)| shipments::reseal(tx, *id, old, new))
        };
        db.write(AloneWith::Nobody, store).await?;
    }
    let act = Act::new("reseal addresses", None, clock.stamp().at);
    let counts = json!({ "anew": total.anew, "kept": total.kept, "unreadable": total.unreadable });
    let kept = db.write(AloneWith::Nobody, move |tx| {
        act.keep_facts(tx, &Actor::System, None, (None, Some(counts.clone())))
    });
    kept.await?;
    Ok(total)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::config::Secret;

    fn keys(text: &str) -> Result<AddressKeys, BadSetting> {
        let config = Config::of(&Default::default()).unwrap();
        AddressKeys::of(&Config { address_keys: Some(Secret::new(text)), ..config })
    }

    fn key(id: &str, byte: u8) -> String {
        format!("{id}:{}", base64::engine::general_purpose::STANDARD.encode([byte; 32]))
    }

    fn address() -> Address {
        let address = Address {
            recipient: "홍길동".to_owned(),
            phone: "010-1234-5678".to_owned(),
            postal_code: "03187".to_owned(),
            line1: "서울특별시 종로구 종로 6".to_owned(),
            line2: None,
            request: None,
        };
        address.checked().unwrap()
    }

    #[test]
    fn an_address_opens_with_its_key_and_for_its_application_alone() {
        let [a, b] = [0, 1].map(|byte| ApplicationId::new(DateTime::UNIX_EPOCH, [byte; 10]));
        let old = keys(&key("2026", 250)).unwrap();
        let sealed = old.seal(a, &address()).unwrap();
        assert_ne!(sealed, old.seal(a, &address()).unwrap());
        let rotated = keys(&format!("{},{}", key("2027", 9), key("2026", 250))).unwrap();
        assert_eq!(rotated.open(a, &sealed).unwrap(), address());
        assert!(!rotated.is_latest(&sealed) && rotated.is_latest(&rotated.seal(a, &address()).unwrap()));
        let mut changed = sealed.clone().into_bytes();
        let last = changed.len() - 3;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let other = keys(&key("2026", 251)).unwrap();
        for (keys, id, text) in [
            (&old, b, &*sealed),
            (&old, a, &*changed),
            (&other, a, &*sealed),
            (&old, a, ""),
            (&old, a, "2026:"),
            (&old, a, "2026:AAAA"),
        ] {
            assert_eq!(keys.open(id, text), Err(Barred::AddressUnreadable.into()), "{text}");
        }
    }

    #[test]
    fn keys_that_are_none_are_named_in_one_line() {
        for (text, why) in [
            ("", "holds no key"),
            ("abc", "must be id:base64url,…"),
            ("a:c2hvcnQ", "holds a key of fewer than 32 bytes"),
            ("a:!!", "holds a key that is not base64url"),
            (&*format!("{},{}", key("a", 1), key("a", 2)), "holds two keys with one id"),
            (&*format!("a:{}", URL_SAFE_NO_PAD.encode([1; 33])), "holds a key that has not 32 bytes"),
        ] {
            let error = keys(text).err().unwrap().to_string();
            assert_eq!(error, format!("MADANG_ADDRESS_KEYS: {why}"));
        }
    }
}
