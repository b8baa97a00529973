//! The cryptography that requests to S3 are signed with, by the crates that everything else here uses.

use hmac::{Hmac, KeyInit as _, Mac as _};
use object_store::{
    Error, Result,
    client::{CryptoProvider, DigestAlgorithm, DigestContext, HmacContext, Signer, SigningAlgorithm},
};
use sha2::{Digest as _, Sha256};

#[derive(Debug)]
pub(super) struct RustCrypto;

struct Hashing(Sha256, [u8; 32]);

struct Signing(Hmac<Sha256>, [u8; 32]);

fn unknown(what: &str) -> Error {
    Error::NotSupported { source: format!("{what} is not used by S3").into() }
}

impl CryptoProvider for RustCrypto {
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<Box<dyn DigestContext>> {
        match algorithm {
            DigestAlgorithm::Sha256 => Ok(Box::new(Hashing(Sha256::new(), [0; 32]))),
            _ => Err(unknown("another digest")),
        }
    }

    fn hmac(&self, algorithm: DigestAlgorithm, secret: &[u8]) -> Result<Box<dyn HmacContext>> {
        let mac = match algorithm {
            DigestAlgorithm::Sha256 => Hmac::new_from_slice(secret),
            _ => return Err(unknown("another digest")),
        };
        let mac = mac.map_err(|error| Error::Generic { store: "S3", source: error.into() })?;
        Ok(Box::new(Signing(mac, [0; 32])))
    }

    fn sign(&self, _: SigningAlgorithm, _: &[u8]) -> Result<Box<dyn Signer>> {
        Err(unknown("RSA"))
    }
}

impl DigestContext for Hashing {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finish(&mut self) -> Result<&[u8]> {
        self.1 = self.0.finalize_reset().into();
        Ok(&self.1)
    }
}

impl HmacContext for Signing {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finish(&mut self) -> Result<&[u8]> {
        self.1 = self.0.clone().finalize().into_bytes().into();
        Ok(&self.1)
    }
}
